// SPDX-License-Identifier: GPL-3.0-or-later
internal import Glibc
internal import ProcessIO
internal import Synchronization

/// What the daemon says of itself, one line for each event on the error output.
///
///     journal    <6>Ada: 0:12:31 SPRINT 3 …         the priority in front, as sd-daemon(3) has it; time and name are the journal's
///     terminal   18:04:31 Ada: 0:12:31 SPRINT 3 …   with the local time
///     plain      sprintd: Ada: 0:12:31 SPRINT 3 …   a file or a pipe
///
/// The form and the level are the process's. Any thread may write; each line is one call of the system, so that lines stay whole.
package enum Log {
    /// syslog(3)'s numbers, of which five are used.
    package enum Level: UInt8, Sendable, CaseIterable, Comparable {
        /// Something was lost or does not work.
        case error = 3
        /// Something will be lost unless somebody does something.
        case warning = 4
        /// Seldom, and worth knowing.
        case notice = 5
        /// What happens: sessions, phases, devices, sensors.
        case info = 6
        /// For those who look for a fault.
        case debug = 7

        package static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }

        package var name: String {
            switch self {
            case .error: "error"
            case .warning: "warning"
            case .notice: "notice"
            case .info: "info"
            case .debug: "debug"
            }
        }

        package init?(name: String) {
            guard let level = Self.allCases.first(where: { $0.name == name }) else { return nil }
            self = level
        }
    }

    package enum Form: UInt8, Sendable {
        case journal
        case terminal
        case plain
    }

    private static let storedForm = Atomic<UInt8>(Form.plain.rawValue)
    private static let storedLevel = Atomic<UInt8>(Level.info.rawValue)

    package static var form: Form {
        get { Form(rawValue: storedForm.load(ordering: .relaxed)) ?? .plain }
        set { storedForm.store(newValue.rawValue, ordering: .relaxed) }
    }

    /// What is less important is left out.
    package static var level: Level {
        get { Level(rawValue: storedLevel.load(ordering: .relaxed)) ?? .info }
        set { storedLevel.store(newValue.rawValue, ordering: .relaxed) }
    }

    /// What fits the error output as it is now.
    package static var fittingForm: Form {
        if isJournal(.process) { return .journal }
        return StandardStream.error.isTerminal ? .terminal : .plain
    }

    package static func write(_ level: Level, _ text: String) {
        guard level <= self.level else { return }
        StandardStream.error.writeIgnoringFailure(line(level, text, form, time: LocalTime.now))
    }

    /// - Parameter time: seconds since 1970-01-01 00:00 UTC.
    static func line(_ level: Level, _ text: String, _ form: Form, time: Int64) -> String {
        let oneLine = String(String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? " " : $0 }))
        switch form {
        case .journal: return "<\(level.rawValue)>\(oneLine)\n"
        case .terminal: return "\(clock(time)) \(oneLine)\n"
        case .plain: return "sprintd: \(oneLine)\n"
        }
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
    }

    private static func clock(_ time: Int64) -> String {
        let seconds = (time + LocalTime.offset(at: time)) % 86_400
        return [seconds / 3600, seconds / 60 % 60, seconds % 60].map { ($0 < 10 ? "0" : "") + String($0) }
            .joined(separator: ":")
    }

    /// `JOURNAL_STREAM` is the device and inode number of the stream that the journal reads (systemd.exec(5)): whoever redirects the error output has
    /// the variable all the same.
    static func isJournal(_ environment: Environment) -> Bool {
        var status = stat()
        // SAFETY: fstat fills the structure that it is given and keeps no pointer.
        guard let stream = environment["JOURNAL_STREAM"], unsafe fstat(STDERR_FILENO, &status) == 0 else { return false }
        return stream == "\(status.st_dev):\(status.st_ino)"
    }
}
