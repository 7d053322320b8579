// SPDX-License-Identifier: GPL-3.0-or-later
internal import Glibc

/// The calendar of whoever runs the program: the time zone of `TZ`, else of `/etc/localtime`, with its summer time as it was or is on the day
/// in question.
package enum LocalTime {
    /// Seconds since 1970-01-01 00:00 UTC.
    package static var now: Int64 {
        Int64(time(nil))
    }

    /// Seconds east of UTC.
    ///
    /// - Parameter time: seconds since 1970-01-01 00:00 UTC.
    package static func offset(at time: Int64) -> Int64 {
        var seconds = time_t(time)
        // SAFETY: the structure has a pointer in it, which is null until localtime_r fills it.
        var parts = unsafe tm()
        // POSIX does not ask localtime_r to look at TZ.
        tzset()
        // SAFETY: localtime_r reads the one structure and fills the other, and keeps no pointer.
        guard unsafe localtime_r(&seconds, &parts) != nil else { return 0 }
        return Int64(unsafe parts.tm_gmtoff)
    }

    /// Days since 1970-01-01 on the local calendar.
    ///
    /// - Parameter time: seconds since 1970-01-01 00:00 UTC.
    package static func day(of time: Int64) -> Int {
        let local = min(max(time, -1 << 40), 1 << 40) + offset(at: min(max(time, -1 << 40), 1 << 40))
        return Int(local >= 0 ? local / 86_400 : (local - 86_399) / 86_400)
    }

    /// What the zone is called on a day, as `CET`.
    package static func name(at time: Int64) -> String {
        var seconds = time_t(time)
        // SAFETY: as above.
        var parts = unsafe tm()
        tzset()
        // SAFETY: as above; the zone's name is a text that the library keeps until the zone is changed, and is copied.
        guard unsafe localtime_r(&seconds, &parts) != nil, let name = unsafe parts.tm_zone else { return "UTC" }
        return unsafe String(cString: name)
    }
}
