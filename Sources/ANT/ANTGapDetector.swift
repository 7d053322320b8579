// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement

/// Finds messages that a sensor must have sent but nobody delivered.
///
/// Two kinds of evidence: silence of 1.5 message periods or more, and the stick's own "receive failed" events. They
/// speak of the same messages, so the larger count is taken, not the sum. Silence without such an event may be a host
/// that was busy: it is held until the next message, and each message that then comes sooner than half a period takes
/// one off.
struct ANTGapDetector: Sendable, BitwiseCopyable {
    struct Gap: Equatable, Sendable, BitwiseCopyable {
        var count: UInt32
        var from: Timestamp
        var to: Timestamp
    }

    private var last: Timestamp?
    /// The stick that delivered `last`.
    private var stick: UInt32 = 0
    private var failures: UInt32 = 0
    private var held: Gap?

    init() {}

    mutating func receiveFailed(stick: UInt32) {
        if last != nil, stick == self.stick, failures < .max { failures += 1 }
    }

    /// - Parameter period: between two messages, in 1/32768 s; 0 when unknown: then only events count.
    mutating func receive(at time: Timestamp, stick: UInt32, period: UInt16, found: (Gap) -> Void) {
        guard let last else {
            self.last = time
            self.stick = stick
            return
        }
        let elapsed = time.nanoseconds(since: last)
        let nanoseconds = Int64(period) * 1_000_000_000 / 32_768
        // A second stick hears the same messages at the same moments.
        if stick != self.stick, elapsed < nanoseconds / 2 { return }
        defer {
            self.last = time
            self.stick = stick
            failures = 0
        }
        if var gap = held {
            if elapsed < nanoseconds / 2 {
                gap.count -= 1
                held = gap.count == 0 ? nil : gap
            } else {
                held = nil
                found(gap)
            }
        }
        var missing: Int64 = 0
        if nanoseconds > 0, elapsed &- nanoseconds >= nanoseconds / 2 {
            missing = (elapsed &+ nanoseconds / 2) / nanoseconds - 1
        }
        let count = max(UInt32(clamping: missing), stick == self.stick ? failures : 0)
        guard count > 0 else { return }
        let gap = Gap(count: count, from: last, to: time)
        if failures > 0 { found(gap) } else { held = gap }
    }

    /// The gap still held when no further message will come.
    mutating func finish() -> Gap? {
        defer { held = nil }
        return held
    }
}
