// SPDX-License-Identifier: GPL-3.0-or-later
internal import Glibc
package import Measurement

/// The clock that never steps. It counts through suspend, so that a recording's clock and the wall clock drift apart no further than
/// their rates do.
package enum MonotonicClock {
    /// `CLOCK_BOOTTIME`.
    package static var now: Timestamp {
        var time = timespec()
        // SAFETY: clock_gettime fills the structure that it is given and keeps no pointer.
        _ = unsafe clock_gettime(CLOCK_BOOTTIME, &time)
        return Timestamp(nanoseconds: Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec))
    }

    /// What the calling thread has had of a processor, in nanoseconds.
    package static var threadTime: Int64 {
        var time = timespec()
        // SAFETY: clock_gettime fills the structure that it is given and keeps no pointer.
        _ = unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }

    /// Returns early when a signal arrives.
    package static func sleep(nanoseconds: Int64) {
        let bounded = min(max(nanoseconds, 0), 3_600_000_000_000)
        var time = timespec(tv_sec: Int(bounded / 1_000_000_000), tv_nsec: Int(bounded % 1_000_000_000))
        // SAFETY: nanosleep reads the structure and keeps no pointer.
        _ = unsafe nanosleep(&time, nil)
    }
}
