// SPDX-License-Identifier: GPL-3.0-or-later

/// A point on a recording's clock, in nanoseconds.
///
/// Live frames carry `CLOCK_BOOTTIME`; recordings carry whatever epoch their format has (pcapng: Unix). Only
/// differences mean anything until the pipeline has subtracted the first frame's time.
///
/// Values lie in ±2^61 ns (about 73 years), so that no difference or sum of two overflows: foreign
/// times beyond that are clamped, and readers that care refuse them first with ``init(exactly:)``.
@frozen
@usableFromInline
package struct Timestamp: Hashable, Sendable, BitwiseCopyable {
    /// Nanoseconds since the clock's epoch.
    @usableFromInline package let nanoseconds: Int64

    /// The largest magnitude a timestamp holds, in nanoseconds.
    @inlinable package static var limit: Int64 { 1 << 61 }

    @inlinable package static var zero: Timestamp { Timestamp(nanoseconds: 0) }

    /// Clamps to ±``limit``.
    @inlinable
    package init(nanoseconds: Int64) {
        self.nanoseconds = min(max(nanoseconds, -(1 << 61)), 1 << 61)
    }

    /// - Returns: `nil` when the time lies beyond ±``limit``.
    @inlinable
    package init?(exactly nanoseconds: Int64) {
        guard nanoseconds.magnitude <= Self.limit.magnitude else { return nil }
        self.nanoseconds = nanoseconds
    }

    /// - Parameter seconds: any value; not-a-number becomes 0, what is out of range is clamped.
    @inlinable
    package init(seconds: Double) {
        let scaled = seconds * 1e9
        if scaled.isNaN {
            self.init(nanoseconds: 0)
        } else if scaled >= 0x1p61 {
            self.init(nanoseconds: 1 << 61)
        } else if scaled <= -0x1p61 {
            self.init(nanoseconds: -(1 << 61))
        } else {
            // Not `rounded()`: it calls the C library's `round`, which the core does not link.
            self.init(nanoseconds: Int64(scaled < 0 ? scaled - 0.5 : scaled + 0.5))
        }
    }

    /// Seconds since the clock's epoch.
    @inlinable
    package var seconds: Double { Double(nanoseconds) / 1e9 }

    /// Seconds from `earlier` to this point; negative when `earlier` is later.
    @inlinable
    package func seconds(since earlier: Timestamp) -> Double {
        Double(nanoseconds &- earlier.nanoseconds) / 1e9
    }

    /// Nanoseconds from `earlier` to this point; negative when `earlier` is later.
    @inlinable
    package func nanoseconds(since earlier: Timestamp) -> Int64 {
        nanoseconds &- earlier.nanoseconds
    }

    /// This point moved by some seconds, clamped to the range.
    @inlinable
    package func advanced(bySeconds seconds: Double) -> Timestamp {
        let step = Timestamp(seconds: seconds)
        return Timestamp(nanoseconds: nanoseconds &+ step.nanoseconds)
    }
}

extension Timestamp: Comparable {
    @inlinable
    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.nanoseconds < right.nanoseconds
    }
}
