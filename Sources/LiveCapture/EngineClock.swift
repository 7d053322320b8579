// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement
import ProcessIO

/// The clock that live frames are stamped with: `CLOCK_BOOTTIME`, or for a simulation one that begins with it and runs faster.
package struct EngineClock: Sendable {
    /// How many of its seconds go by in one.
    package let rate: Double
    private let origin: Timestamp

    package init(rate: Double = 1) {
        self.rate = rate
        origin = MonotonicClock.now
    }

    package var now: Timestamp {
        let now = MonotonicClock.now
        return rate == 1 ? now : origin.advanced(bySeconds: now.seconds(since: origin) * rate)
    }

    /// True time until this clock shows `time`; never negative.
    package func wait(until time: Timestamp) -> Duration {
        .nanoseconds(max(0, Timestamp(seconds: time.seconds(since: now) / rate).nanoseconds))
    }

    /// The wall clock less this one, in nanoseconds.
    package var wallOffset: Int64 {
        let boot = MonotonicClock.now
        return WallClock.offset &+ boot.nanoseconds(since: now)
    }
}
