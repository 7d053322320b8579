// SPDX-License-Identifier: GPL-3.0-or-later
internal import ArgumentParser
internal import ProcessIO
internal import SessionStore

struct SessionsVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Read every block of sessions and check every CRC.",
        discussion: "Ends with 65 when any session is broken.")

    @OptionGroup var state: SessionsCommand.State

    @Argument(help: "Sessions by name; all when none is given.")
    var names: [String] = []

    func run() throws {
        var broken = 0
        for name in try state.names(names) {
            let folder = try state.folder(of: name)
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
}
