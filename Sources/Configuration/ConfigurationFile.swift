// SPDX-License-Identifier: GPL-3.0-or-later
internal import AthleteFile
internal import FileIO
package import ProcessIO
internal import Scoring
internal import ServiceIO

/// Reads `sprintd.toml`; `systemd/sprintd.toml` is the documented example of it. All that is wrong is found in one go.
///
/// A key that is not known and a value out of its range are errors: a misspelt key would otherwise be a silent default.
package struct ConfigurationFile {
    /// Bytes; a larger file is no configuration.
    package static let largest = 262_144

    /// Without what was found to be wrong.
    package private(set) var configuration = ServiceConfiguration()
    /// What is wrong, each as `FILE:LINE:COLUMN: reason` where it has a place.
    package private(set) var problems: [String] = []

    private let path: String
    /// With a slash at its end; paths in the file begin here.
    private let folder: String
    private var plans: [String: Plan] = [:]

    /// - Throws: what ``WholeFile/read(_:limit:)`` throws when the file cannot be read.
    package init(atPath path: String) throws(CommandFailure) {
        self.init(try WholeFile.read(path, limit: Self.largest), path: path)
    }

    /// - Parameter bytes: the file's content.
    package init(_ bytes: [UInt8], path: String) {
        self.path = path
        folder = String(path[..<(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)])
        do {
            take(try TOMLDocument(try AthleteFile.text(bytes), tablesInArrays: true, arraysOfTables: true))
        } catch {
            problem(error)
        }
    }

    /// - Throws: `.configuration` with the first problem, and how many more there are.
    package func checked() throws(CommandFailure) -> ServiceConfiguration {
        guard let first = problems.first else { return configuration }
        let more = problems.count > 1 ? " (and \(problems.count - 1) more: sprintd --check-config shows all)" : ""
        throw CommandFailure(.configuration, first + more)
    }

    private mutating func problem(_ error: AthleteFileError) { problems.append("\(path):\(error)") }

    private mutating func attempt(_ body: (inout ConfigurationFile) throws(AthleteFileError) -> Void) {
        do throws(AthleteFileError) {
            try body(&self)
        } catch {
            problem(error)
        }
    }
}

// MARK: - Keys

extension ConfigurationFile {
    /// Every key that there is, as it would be written with dots; `[]` stands behind an array of tables.
    package static let keys: [String] =
        ["state", "log_level", "plans", "session", "socket", "usb", "bluetooth", "plan[]", "athlete[]"]
        + ["silence_s", "starts", "plan", "commit_interval_s", "release_sensors"].map { "session.\($0)" }
        + ["enabled", "path"].map { "socket.\($0)" } + ["usb.enabled"]
        + ["enabled", "adapter"].map { "bluetooth.\($0)" } + PlanFile.keys.map { "plan[].\($0)" } + ["athlete[].file"]
        + AthleteFile.keys.map { "athlete[].\($0)" }

    private mutating func take(_ document: TOMLDocument) {
        // Plans first: athletes name them.
        for entry in document.entries where entry.path == ["plans"] { takePlans(entry) }
        for entry in document.entries where entry.path == ["plan"] { takePlans(entry, document) }
        for entry in document.entries { attempt { file throws(AthleteFileError) in try file.take(entry, document) } }
    }

    private mutating func take(_ entry: TOMLDocument.Entry, _ document: TOMLDocument) throws(AthleteFileError) {
        // Dots in a quoted key make no path.
        switch (entry.path[0], entry.path.count) {
        case ("state", 1): configuration.state = try place(entry)
        case ("log_level", 1):
            configuration.logLevel = try entry.choice(
                Dictionary(uniqueKeysWithValues: Log.Level.allCases.map { ($0.name, $0) }))
        case ("plans", 1): return
        case ("session", 1), ("socket", 1), ("usb", 1), ("bluetooth", 1):
            guard entry.value == .table else { throw entry.mistyped("a table") }
        case ("session", 2): try takeSession(entry)
        case ("socket", 2):
            switch entry.path[1] {
            case "enabled": configuration.socket.isEnabled = try entry.bool()
            case "path": configuration.socket.path = try socketPlace(entry)
            default: throw entry.unknown
            }
        case ("usb", 2):
            guard entry.path[1] == "enabled" else { throw entry.unknown }
            configuration.usb.isEnabled = try entry.bool()
        case ("bluetooth", 2):
            switch entry.path[1] {
            case "enabled": configuration.bluetooth.isEnabled = try entry.bool()
            case "adapter": configuration.bluetooth.adapter = try adapter(entry)
            default: throw entry.unknown
            }
        case ("athlete", 1): try takeAthletes(entry, document)
        // Below these, ``TOMLDocument/tables(of:)`` has found what is of no element.
        case ("athlete", _), ("plan", _): return
        default: throw entry.unknown
        }
    }

    private mutating func takeSession(_ entry: TOMLDocument.Entry) throws(AthleteFileError) {
        switch entry.path[1] {
        case "silence_s": configuration.session.silence = try entry.number(in: 10...86_400, unit: "s")
        case "starts":
            configuration.session.startsBySign = try entry.choice(["by itself": true, "by command": false])
        case "plan": configuration.plan = try plan(named: try entry.string(), from: folder, entry)
        case "commit_interval_s": configuration.session.commitInterval = try entry.number(in: 0.1...60, unit: "s")
        case "release_sensors": configuration.session.releasesSensors = try entry.bool()
        default: throw entry.unknown
        }
    }

    /// - Returns: the path, from the file's folder on if it does not begin with a slash.
    private func place(_ entry: TOMLDocument.Entry) throws(AthleteFileError) -> String {
        let text = try entry.string()
        guard !text.hasPrefix("~") else { throw entry.error("write the whole path: ~ is something that a shell knows") }
        guard !text.utf8.contains(0) else { throw entry.error("holds a character that no path can") }
        return text.hasPrefix("/") ? text : folder + text
    }

    /// - Returns: a path that a local socket can have: `sun_path` of unix(7) takes 107 bytes and a NUL.
    private func socketPlace(_ entry: TOMLDocument.Entry) throws(AthleteFileError) -> String {
        let path = try place(entry)
        guard path.utf8.count <= 107 else { throw entry.error("is \(path.utf8.count) bytes long, and may be 107") }
        return path
    }

    private func adapter(_ entry: TOMLDocument.Entry) throws(AthleteFileError) -> UInt16 {
        let text = try entry.string()
        guard text.hasPrefix("hci"), let number = UInt16(text.dropFirst(3)), "hci\(number)" == text else {
            throw entry.error("\"\(text)\" is no adapter: write hci0, as sprintctl doctor does")
        }
        return number
    }
}

// MARK: - Plans

extension ConfigurationFile {
    /// All plan files of a folder.
    private mutating func takePlans(_ entry: TOMLDocument.Entry) {
        attempt { file throws(AthleteFileError) in
            let plans = try file.place(entry)
            let names: [String]
            do throws(ErrorNumber) {
                names = try FileTree.names(in: plans).filter { $0.hasSuffix(".toml") && !$0.hasPrefix(".") }.sorted()
            } catch {
                throw entry.error("\(plans): \(error.text)")
            }
            for name in names {
                do throws(CommandFailure) {
                    let plan = try PlanFile.plan(atPath: plans + "/" + name)
                    try file.add(plan, at: entry)
                } catch {
                    file.problems.append(error.message)
                }
            }
        }
    }

    /// Those that stand in the file itself.
    private mutating func takePlans(_ entry: TOMLDocument.Entry, _ document: TOMLDocument) {
        attempt { file throws(AthleteFileError) in
            guard case .array = entry.value else { throw entry.mistyped("tables, each [[plan]]") }
            for (place, members) in try document.tables(of: entry) {
                guard let place else { throw entry.mistyped("tables, each [[plan]]") }
                file.attempt { file throws(AthleteFileError) in
                    let plan = try PlanFile.plan(members, at: place)
                    do throws(CommandFailure) {
                        try file.add(plan, at: place)
                    } catch {
                        file.problems.append(error.message)
                    }
                }
            }
        }
    }

    private mutating func add(_ plan: Plan, at entry: TOMLDocument.Entry) throws(CommandFailure) {
        func refuse(_ reason: String) -> CommandFailure {
            CommandFailure(.configuration, "\(path):\(entry.line):\(entry.column): \(reason)")
        }
        guard Plan.named(plan.name) == nil else {
            throw refuse("the plan \"\(plan.name)\" has the name of a built-in one")
        }
        guard plans[plan.name] == nil else { throw refuse("there are two plans \"\(plan.name)\"") }
        plans[plan.name] = plan
    }

    /// - Parameter folder: where a path that does not begin with a slash begins.
    private func plan(
        named name: String, from folder: String, _ entry: TOMLDocument.Entry
    ) throws(AthleteFileError) -> Plan {
        if let plan = plans[name] { return plan }
        let isRelative = PlanFile.isPath(name) && !name.hasPrefix("/")
        do throws(CommandFailure) {
            return try PlanFile.plan(isRelative ? folder + name : name, .configuration)
        } catch {
            throw entry.error(error.message)
        }
    }
}

// MARK: - Athletes

extension ConfigurationFile {
    private mutating func takeAthletes(
        _ entry: TOMLDocument.Entry, _ document: TOMLDocument
    ) throws(AthleteFileError) {
        guard case .array = entry.value else { throw entry.mistyped("tables, each [[athlete]]") }
        for (place, members) in try document.tables(of: entry) {
            guard let place else { throw entry.mistyped("tables, each [[athlete]]") }
            attempt { file throws(AthleteFileError) in try file.takeAthlete(members, at: place) }
        }
    }

    private mutating func takeAthlete(
        _ members: [TOMLDocument.Entry], at place: TOMLDocument.Entry
    ) throws(AthleteFileError) {
        var athlete: Athlete
        if let file = members.first(where: { $0.path == ["file"] }) {
            if let other = members.first(where: { $0.path != ["file"] }) {
                throw other.error("has no place beside file, which says everything of the athlete")
            }
            let path = try self.place(file)
            do throws(CommandFailure) {
                athlete = try AthleteFile.athlete(atPath: path, plans: Set(plans.keys))
            } catch {
                // It names the other file, and the place in it.
                problems.append(error.message)
                return
            }
        } else {
            let before = problems.count
            athlete = AthleteFile.athlete(members, plans: Set(plans.keys)) { problem($0) }
            guard problems.count == before else { return }
        }
        guard !configuration.participants.contains(where: { $0.athlete.name == athlete.name }) else {
            let name = athlete.name.map { "two athletes are called \"\($0)\"" } ?? "two athletes have no name"
            throw AthleteFileError(line: place.line, column: place.column, reason: name)
        }
        var intended: Plan?
        if let name = athlete.plan {
            let isInline = members.contains { $0.path == ["plan"] }
            // An athlete's file has its own folder before it already.
            intended = try plan(
                named: name, from: isInline ? folder : "", members.first { $0.path == ["plan"] } ?? place)
        }
        configuration.participants.append(.init(athlete: athlete, plan: intended))
    }
}
