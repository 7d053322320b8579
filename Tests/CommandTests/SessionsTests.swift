// SPDX-License-Identifier: GPL-3.0-or-later
import Foundation
import Testing

/// Killed at random moments, every session is whole after the next start; and the commands that look after sessions.
@Suite(.enabled(if: Programs.areBuilt, "the programs are not beside the tests"), .timeLimit(.minutes(15)))
struct SessionsTests {
    let folder: TemporaryFolder
    let capture: String
    let state: String

    init() throws {
        folder = try TemporaryFolder()
        capture = try folder.file("short.pcapng", try ShortCapture.bytes(seconds: 4))
        state = folder.path + "/state"
    }

    private func sessions(_ arguments: String...) throws -> Programs.Result {
        try Programs.run("sprintctl", ["sessions", arguments[0], "--state", state] + arguments.dropFirst())
    }

    @Test func killedReplaysAreRecoveredByTheNextStart() throws {
        for round in 0..<10 {
            let process = Programs.process("sprintd", ["--replay", capture, "--rate", "40", "--state", state])
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            usleep(UInt32(5000 + 9000 * round))
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        let last = try Programs.run("sprintd", ["--replay", capture, "--rate", "max", "--state", state])
        #expect(last.status == 0)
        let verified = try sessions("verify")
        #expect(verified.status == 0, "\(verified.output)\(verified.errors)")
        let names = try FileManager.default.contentsOfDirectory(atPath: state + "/sessions")
        #expect(!names.isEmpty)
        for name in names {
            let path = "\(state)/sessions/\(name)"
            let made = try Programs.run("sprintctl", ["analyze", "--format", "json", path + "/capture.pcapng"])
            #expect(try String(contentsOfFile: path + "/analysis.json", encoding: .utf8) == made.output)
        }
        #expect(try sessions("repair").output == "")
    }

    @Test func aSessionIsListedVerifiedRepairedAndDeleted() throws {
        #expect(try Programs.run("sprintd", ["--replay", capture, "--rate", "max", "--state", state]).status == 0)
        let name = "20260105T060000Z-athlete"
        let path = "\(state)/sessions/\(name)"
        let mode = { (path: String) in
            try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        }
        for folder in [state, state + "/sessions", path] { #expect(try mode(folder) == 0o700) }
        for file in [state + "/lock", path + "/capture.pcapng", path + "/analysis.json"] {
            #expect(try mode(file) == 0o600)
        }
        let listed = try sessions("list").output.split(separator: "\n")
        #expect(listed.count == 2)
        #expect(listed.last?.hasPrefix("2026-01-05 06:00") ?? false)
        #expect(try sessions("list", "--format", "json").output.contains("\"finished\": true"))
        #expect(try sessions("show", name).status == 0)

        let whole = try Data(contentsOf: URL(filePath: path + "/capture.pcapng"))
        try whole.dropLast(5).write(to: URL(filePath: path + "/capture.pcapng"))
        try FileManager.default.removeItem(atPath: path + "/analysis.json")
        let broken = try sessions("verify", name)
        #expect(broken.status == 65)
        #expect(broken.output.hasPrefix("\(name): broken at byte "))
        #expect(try sessions("repair").output.hasPrefix("recovered \(name): "))
        #expect(try sessions("verify", name).status == 0)
        let cut = try Data(contentsOf: URL(filePath: path + "/capture.pcapng"))
        let torn = try Data(contentsOf: URL(filePath: path + "/capture.pcapng.torn"))
        #expect(cut + torn == whole.dropLast(5))

        for wrong in ["..", "../sessions/\(name)", "a/b", ".", "none"] {
            #expect(try sessions("delete", "--yes", wrong).status == 66)
        }
        #expect(try sessions("delete", name).status == 64)
        #expect(FileManager.default.fileExists(atPath: path))
        #expect(try sessions("delete", "--yes", name).status == 0)
        #expect(try sessions("list").output == "There is no session yet in \(state).\n")
    }
}
