// SPDX-License-Identifier: GPL-3.0-or-later
internal import Glibc

/// What the machine's time zone makes of a point in time.
package enum LocalTime {
    /// Seconds that clocks here are (were, will be) ahead of UTC at that time; negative west of Greenwich.
    ///
    /// - Parameter unixSeconds: since 1970-01-01 00:00 UTC.
    package static func offsetFromUTC(at unixSeconds: Int64) -> Int64 {
        var seconds = time_t(unixSeconds)
        var parts = unsafe tm()
        // SAFETY: localtime_r reads one and fills the other structure that it is given, and keeps no pointer.
        guard unsafe localtime_r(&seconds, &parts) != nil else { return 0 }
        return unsafe Int64(parts.tm_gmtoff)
    }
}
