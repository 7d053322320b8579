// SPDX-License-Identifier: GPL-3.0-or-later
internal import Glibc
internal import Measurement

/// The clock on the wall: it may be wrong, and steps when somebody puts it right.
package enum WallClock {
    /// `CLOCK_REALTIME` − `CLOCK_BOOTTIME` in nanoseconds. Both run at the same rate, so it changes only when the wall clock steps.
    ///
    /// Of three readings the one with the least time between its ends: a thread that loses its processor between the two clocks would show
    /// a step that never was.
    package static var offset: Int64 {
        var best: (spread: Int64, offset: Int64)?
        for _ in 0..<3 {
            let before = MonotonicClock.now.nanoseconds
            var time = timespec()
            // SAFETY: clock_gettime fills the structure that it is given and keeps no pointer.
            _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
            let after = MonotonicClock.now.nanoseconds
            let wall = Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
            let spread = after - before
            if best.map({ spread < $0.spread }) ?? true { best = (spread, wall &- before &- spread / 2) }
        }
        return best?.offset ?? 0
    }
}
