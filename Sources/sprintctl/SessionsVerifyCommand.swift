// SPDX-License-Identifier: GPL-3.0-or-later
internal import ArgumentParser
internal import ProcessIO
internal import Replay
internal import SessionStore

struct SessionsVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Read every block of sessions and check every CRC.",
        discussion: "Ends with 65 when any session is broken.")

    @OptionGroup var selection: SessionsCommand.Selection

    func run() throws {
        let state = selection.state
        var broken = 0
        for name in try selection.resolved() {
            let folder = try state.folder(of: name)
            if case .imported(let path, _) = state.folders.source(of: name) {
                if try !verifyImport(path, of: name) { broken += 1 }
                continue
            }
            do {
                let scan = try CaptureScan("\(folder)/\(SessionWriter.captureName)", files: PosixFileSystem())
                if let fault = scan.fault {
                    broken += 1
                    try StandardStream.output.write("\(name): broken at byte \(scan.goodBytes): \(fault)\n")
                } else {
                    try StandardStream.output.write("\(name): ok, \(scan.frames) frames\n")
                }
            } catch let error as FileError {
                broken += 1
                try StandardStream.output.write("\(name): broken: \(error)\n")
            }
        }
        if broken > 0 { throw CommandFailure(.badData, "\(broken) broken") }
    }

    /// Reads an imported file to its end.
    private func verifyImport(_ path: String, of name: String) throws(CommandFailure) -> Bool {
        do throws(CommandFailure) {
            var file = try Connection.open(path)
            while try Connection.next(&file, frame: { _, _ in }, sample: { _ in }) {}
            let (records, bad) = file.recordCounts
            try StandardStream.output.write("\(name): ok, \(records) records\(bad > 0 ? ", \(bad) of them bad" : "")\n")
            return true
        } catch {
            guard !error.isClosedPipe else { throw error }
            try StandardStream.output.write("\(name): broken: \(error.message)\n")
            return false
        }
    }
}
