// SPDX-License-Identifier: GPL-3.0-or-later
internal import ArgumentParser
internal import Glibc
internal import ProcessIO
internal import SessionStore

struct SessionsDeleteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "delete", abstract: "Delete a session for good.")

    @OptionGroup var state: SessionsCommand.State

    @Flag(help: "Do not ask.")
    var yes = false

    @Argument(help: "The session's name.")
    var name: String

    func run() throws {
        let folder = try state.folder(of: name)
        if !yes {
            guard isatty(STDIN_FILENO) == 1 else {
                throw CommandFailure(.usage, "\(folder): not deleted: say --yes where there is nobody to ask")
            }
            try StandardStream.output.write("Delete \(folder)? [y/N] ")
            guard ["y", "yes"].contains(readLine()?.lowercased() ?? "") else { return }
        }
        let lock = try state.lock()
        do throws(FileError) {
            try state.folders.delete(name, lock: lock)
        } catch {
            throw CommandFailure(error)
        }
    }
}
