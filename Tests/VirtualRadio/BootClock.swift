// SPDX-License-Identifier: GPL-3.0-or-later
import Glibc

/// `CLOCK_BOOTTIME`, in nanoseconds: the clock that recordings are stamped with.
package enum BootClock {
    package static var now: Int64 {
        var time = timespec()
        // SAFETY: filled during the call.
        _ = unsafe clock_gettime(CLOCK_BOOTTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
