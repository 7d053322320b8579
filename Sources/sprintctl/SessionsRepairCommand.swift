// SPDX-License-Identifier: GPL-3.0-or-later
internal import Analysis
internal import ArgumentParser
internal import ProcessIO
internal import SessionStore

struct SessionsRepairCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair", abstract: "Finish sessions whose process died.",
        discussion: "sprintd does the same at its start. What is cut off a capture is kept beside it.")

    @OptionGroup var selection: SessionsCommand.Selection
    private var state: SessionsCommand.State { selection.state }

    func run() throws {
        let wanted = try selection.resolved()
        guard !wanted.isEmpty else { return }
        let lock = try state.lock()
        let recovery = SessionRecovery(lock)
        var failures = SessionFailures()
        for name in wanted {
            let text: String?
            do {
                let outcome = try recovery.recover(name)
                text = outcome == .untouched ? try finishImport(name, lock) : outcome.text(session: name)
            } catch {
                let failure: CommandFailure
                switch error {
                case let error as SessionError: failure = CommandFailure(error)
                case let error as FileError: failure = CommandFailure(error)
                case let error as CommandFailure: failure = error
                default: throw error
                }
                try failures.add(name, failure)
                continue
            }
            if let text { try StandardStream.output.write(text + "\n") }
        }
        try failures.end(of: wanted.count, "could not be repaired")
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
