// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement
import ProcessIO

/// The clock that live frames are stamped with: `CLOCK_BOOTTIME`, or for a simulation one that begins with it and runs faster, or one that
/// the simulation itself moves.
package struct EngineClock: Sendable {
    /// How many of its seconds go by in one.
    package let rate: Double
    private let origin: Timestamp
    private let driven: (@Sendable () -> Timestamp)?
    /// The wall clock less `CLOCK_BOOTTIME`, in nanoseconds.
    let trueWallOffset: @Sendable () -> Int64

    /// How often one that is moved from outside is looked at.
    private static let look = Duration.milliseconds(2)

    package init(rate: Double = 1) {
        self.rate = rate
        origin = MonotonicClock.now
        driven = nil
        trueWallOffset = { WallClock.offset }
    }

    /// A clock that goes only when it is moved: a simulation that waits for the engine, and not for time, loses no frame on any machine.
    ///
    /// - Parameters:
    ///   - driven: what it shows; never falls.
    ///   - wallOffset: the wall clock less `CLOCK_BOOTTIME`, in nanoseconds: may step.
    package init(driven: @escaping @Sendable () -> Timestamp, wallOffset: @escaping @Sendable () -> Int64) {
        rate = 1
        origin = .zero
        self.driven = driven
        trueWallOffset = wallOffset
    }

    package var now: Timestamp {
        if let driven { return driven() }
        let now = MonotonicClock.now
        return rate == 1 ? now : origin.advanced(bySeconds: now.seconds(since: origin) * rate)
    }

    /// True time until this clock shows `time`; never negative. Of one that is moved from outside, until it should be looked at again.
    package func wait(until time: Timestamp) -> Duration {
        let left = time.seconds(since: now)
        guard driven == nil else { return left > 0 ? Self.look : .zero }
        return .nanoseconds(max(0, Timestamp(seconds: left / rate).nanoseconds))
    }

    /// The wall clock less this one, in nanoseconds.
    package var wallOffset: Int64 {
        let boot = MonotonicClock.now
        return trueWallOffset() &+ boot.nanoseconds(since: now)
    }
}
