// SPDX-License-Identifier: GPL-3.0-or-later
internal import ArgumentParser
internal import ProcessIO
internal import SessionStore

struct SessionsRepairCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair", abstract: "Finish sessions whose process died.",
        discussion: "sprintd does the same at its start. What is cut off a capture is kept beside it.")

    @OptionGroup var state: SessionsCommand.State

    @Argument(help: "Sessions by name; all unfinished ones when none is given.")
    var names: [String] = []

    func run() throws {
        let wanted = try state.names(names)
        guard !wanted.isEmpty else { return }
        let recovery = SessionRecovery(try state.lock())
        for name in wanted {
            do {
                let text = try recovery.recover(name).text(session: name)
                if let text { try StandardStream.output.write(text + "\n") }
            } catch let error as SessionError {
                throw CommandFailure(error)
            }
        }
    }
}
