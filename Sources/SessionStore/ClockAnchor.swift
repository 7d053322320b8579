// SPDX-License-Identifier: GPL-3.0-or-later
import JSON
package import Measurement

/// What two clocks showed at one moment.
package struct ClockAnchor: Equatable, Sendable {
    /// The clock that frames are stamped with, `CLOCK_BOOTTIME`: it never steps.
    package var boot: Timestamp
    /// The wall clock, since 1970-01-01 00:00 UTC.
    package var unix: Timestamp

    package init(boot: Timestamp, unix: Timestamp) {
        self.boot = boot
        self.unix = unix
    }

    /// Each time is seconds and nanoseconds, two numbers that every JSON reader keeps whole.
    func write(to writer: inout JSONWriter) {
        let times: [(StaticString, Timestamp)] = [("boot", boot), ("unix", unix)]
        for (key, time) in times {
            writer.key(key)
            writer.array { writer in
                writer.integer(Int(time.nanoseconds / 1_000_000_000))
                writer.integer(Int(time.nanoseconds % 1_000_000_000))
            }
        }
    }

    init?(_ value: JSONValue) {
        func time(_ key: String) -> Timestamp? {
            guard let parts = value[key]?.elements, parts.count == 2,
                let seconds = parts[0].number.flatMap({ Int64(exactly: $0) }),
                let nanoseconds = parts[1].number.flatMap({ Int64(exactly: $0) })
            else { return nil }
            let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
            let (sum, outside) = scaled.addingReportingOverflow(nanoseconds)
            return overflow || outside ? nil : Timestamp(exactly: sum)
        }
        guard let boot = time("boot"), let unix = time("unix") else { return nil }
        self.init(boot: boot, unix: unix)
    }
}
