// SPDX-License-Identifier: GPL-3.0-or-later
internal import Analysis
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
        let lock = try state.lock()
        let recovery = SessionRecovery(lock)
        var failures: [CommandFailure] = []
        for name in wanted {
            let text: String?
            do {
                let outcome = try recovery.recover(name)
                text = outcome == .untouched ? try finishImport(name, lock) : outcome.text(session: name)
            } catch {
                // The sessions after it are none the worse.
                let failure = (error as? SessionError).map { CommandFailure($0) } ?? error as? CommandFailure
                guard let failure else { throw error }
                StandardStream.error.writeIgnoringFailure("sprintctl: \(name): \(failure.message)\n")
                failures.append(failure)
                continue
            }
            if let text { try StandardStream.output.write(text + "\n") }
        }
        if let first = failures.first {
            throw CommandFailure(first.status, "\(failures.count) of \(wanted.count) sessions could not be repaired")
        }
    }

    /// Makes the analysis of an imported session that lacks it; one whose import was cut off before the file was whole is removed: the file is
    /// where it was imported from.
    private func finishImport(_ name: String, _ lock: borrowing StateLock) throws -> String? {
        guard !state.folders.isFinished(name) else { return nil }
        guard case .imported(let path, let known) = state.folders.source(of: name) else {
            let files = PosixFileSystem()
            let left = try files.list(try state.folder(of: name))
            guard !left.isEmpty, left.allSatisfy({ $0.hasPrefix("import.") })
            else { return nil }
            try state.folders.delete(name, lock: lock)
            return "removed \(name), an import that was cut off"
        }
        let document = try Connection.analysis(
            ofFile: path, athlete: nil, plan: nil, known: known, start: SessionName.start(of: name))
        try state.folders.replaceDerived(
            SessionWriter.analysisName, of: name, with: Array((document.json(pretty: true) + "\n").utf8))
        return "analysed \(name) again"
    }
}
