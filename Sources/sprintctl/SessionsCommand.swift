// SPDX-License-Identifier: GPL-3.0-or-later
internal import ArgumentParser
internal import AthleteFile
internal import ProcessIO
internal import Scoring
internal import SessionStore

struct SessionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions",
        abstract: "List, show, check, repair, score anew, export and delete the kept sessions.",
        subcommands: [
            SessionsListCommand.self, SessionsShowCommand.self, SessionsVerifyCommand.self,
            SessionsRepairCommand.self, SessionsRescoreCommand.self, SessionsDeleteCommand.self,
            SessionsExportMissingCommand.self, SessionsReindexCommand.self,
        ])

    /// Where the sessions are.
    struct State: ParsableArguments {
        @Option(
            name: .customLong("state"),
            help: ArgumentHelp("The state folder, when it is not sprintd's usual one.", valueName: "dir"))
        var given: String?

        /// As given, else the user's where it is there, else the system's.
        var path: String {
            if let given { return given }
            let environment = Environment.process
            // As sprintd has it: a path that does not begin with a slash is none (XDG Base Directory Specification 0.8).
            let home = environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
            let own = (home ?? (environment["HOME"] ?? "") + "/.local/state") + "/sprintd"
            let files = PosixFileSystem()
            let system = "/var/lib/sprintd"
            return !files.exists(own) && (try? files.list(system)) != nil ? system : own
        }

        var folders: SessionFolders { SessionFolders(state: path, files: PosixFileSystem()) }

        /// - Parameter wanted: names as typed; none means all.
        func names(_ wanted: [String]) throws(CommandFailure) -> [String] {
            for name in wanted { _ = try folder(of: name) }
            guard wanted.isEmpty else { return wanted }
            do throws(FileError) {
                return try folders.names()
            } catch {
                throw CommandFailure(error)
            }
        }

        func folder(of name: String) throws(CommandFailure) -> String {
            guard let folder = folders.path(of: name) else {
                throw CommandFailure(.noInput, "\(path): there is no session '\(name)'")
            }
            return folder
        }

        /// Told where there is no session, or none of whom is asked for.
        func emptyText(athlete: String?) -> String {
            athlete.map { "There is no session of '\($0)' in \(path).\n" } ?? "There is no session yet in \(path).\n"
        }

        func lock() throws(CommandFailure) -> StateLock {
            do throws(SessionError) {
                return try StateLock(state: path, files: PosixFileSystem())
            } catch {
                throw CommandFailure(error)
            }
        }
    }

    /// Which sessions a command is for.
    struct Selection: ParsableArguments {
        @OptionGroup var state: State

        @Argument(help: "Sessions by name; all when none is given.")
        var names: [String] = []

        func resolved() throws(CommandFailure) -> [String] { try state.names(names) }
    }

    /// Whose sessions a command is for.
    struct AthleteFilter: ParsableArguments {
        @Option(
            name: .customLong("athlete"),
            help: ArgumentHelp(
                "Only this athlete's: a name, or an athlete file (.toml, or with a / in it) that has one.",
                valueName: "name|file"))
        var given: String?

        /// `nil` for everybody's.
        func name() throws(CommandFailure) -> String? {
            guard let given, given.hasSuffix(".toml") || given.utf8.contains(UInt8(ascii: "/")) else { return given }
            guard let name = try AthleteFile.athlete(atPath: given).name else {
                throw CommandFailure(.configuration, "\(given): has no name, by which sessions are found")
            }
            return name
        }
    }
}

extension CommandFailure {
    init(_ error: FileError) {
        self.init(error.isRefusal ? .noPermission : .inputOutput, error.description)
    }

    init(_ error: SessionError) {
        switch error {
        case .file(let file): self.init(file)
        case .metadata: self.init(.badData, error.description)
        case .busy: self.init(.temporaryFailure, error.description)
        }
    }
}
