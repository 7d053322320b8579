// SPDX-License-Identifier: GPL-3.0-or-later
internal import ArgumentParser
internal import ProcessIO
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
            if let home = environment["XDG_STATE_HOME"] { return home + "/sprintd" }
            let own = (environment["HOME"] ?? "") + "/.local/state/sprintd"
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

        func lock() throws(CommandFailure) -> StateLock {
            do throws(SessionError) {
                return try StateLock(state: path, files: PosixFileSystem())
            } catch {
                throw CommandFailure(error)
            }
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
