// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement

/// Says how long to wait before a recorded frame is due.
///
/// The first frame is due when it is asked for, every other one as long after it as it was recorded, divided by the
/// rate. One that is late is due at once and moves none behind it, so a replay that was held up catches up.
///
///     recorded   |--1 s--|----2 s----|          rate 2
///     due        |-½ s|--1 s--|
package struct ReplayClock: Sendable {
    package enum Rate: Equatable, Sendable {
        /// 1 is as recorded, 2 is twice as fast.
        case multiple(Double)
        /// As fast as frames can be taken.
        case maximum

        /// - Parameter multiple: above 0; infinity means ``maximum``.
        /// - Returns: `nil` for what is no rate.
        package init?(_ multiple: Double) {
            guard multiple > 0 else { return nil }
            self = multiple.isInfinite ? .maximum : .multiple(multiple)
        }
    }

    private let rate: Rate
    private var start: (recorded: Timestamp, replayed: Timestamp)?

    package init(rate: Rate) { self.rate = rate }

    /// - Parameters:
    ///   - recorded: the frame's time, on the recording's clock.
    ///   - now: on the caller's clock.
    /// - Returns: nanoseconds from `now` until the frame is due; 0 when it is due already.
    package mutating func wait(for recorded: Timestamp, now: Timestamp) -> Int64 {
        guard case .multiple(let multiple) = rate else { return 0 }
        guard let start else {
            start = (recorded, now)
            return 0
        }
        let due = start.replayed.advanced(
            bySeconds: recorded.seconds(since: start.recorded) / multiple)
        return max(0, due.nanoseconds(since: now))
    }
}
