// SPDX-License-Identifier: GPL-3.0-or-later
import Foundation
import Testing

/// `sprintd --replay` as a process: the same bytes at every rate, and a whole session whatever becomes of its surroundings.
@Suite(.enabled(if: Programs.areBuilt, "the programs are not beside the tests"), .timeLimit(.minutes(15)))
struct ReplayTests {
    let folder: TemporaryFolder
    let capture: String

    init() throws {
        folder = try TemporaryFolder()
        capture = try folder.file("short.pcapng", try ShortCapture.bytes(seconds: 4))
    }

    private static let session = "20260105T060000Z-athlete"

    private func analysis(_ state: String, _ session: String = session) throws -> Data {
        try Data(contentsOf: URL(filePath: "\(folder.path)/\(state)/sessions/\(session)/analysis.json"))
    }

    private func replay(_ file: String, _ state: String, rate: String) throws -> Programs.Result {
        try Programs.run("sprintd", ["--replay", file, "--rate", rate, "--state", folder.path + "/" + state])
    }

    @Test func everyRateGivesTheSameAnalysis() throws {
        for (state, rate) in [("a", "max"), ("b", "max"), ("c", "4")] {
            let result = try replay(capture, state, rate: rate)
            #expect(result.status == 0)
            #expect(result.errors == "")
            #expect(folder.contents(of: state + "/sessions/" + Self.session) == ["analysis.json", "capture.pcapng"])
        }
        let first = try analysis("a")
        #expect(String(decoding: first, as: UTF8.self).contains("\"warmup\""))
        #expect(try analysis("b") == first)
        #expect(try analysis("c") == first)
        // A session's own capture is the session.
        let own = "\(folder.path)/a/sessions/\(Self.session)/capture.pcapng"
        #expect(try replay(own, "d", rate: "max").status == 0)
        #expect(try analysis("d") == first)
    }

    /// Whether it is told by the recording, by its replay, or by the replay's own capture.
    @Test func whatARecorderHadLostIsStillKnown() throws {
        let lossy = try folder.file("lossy.pcapng", try ShortCapture.bytes(seconds: 4, drops: 7))
        let lost = "\"dropped_frames\": 7"
        #expect(try Programs.run("sprintctl", ["analyze", "--format", "json", lossy]).output.contains(lost))
        #expect(try replay(lossy, "state", rate: "max").status == 0)
        let kept = String(decoding: try analysis("state"), as: UTF8.self)
        #expect(kept.contains(lost))
        let own = "\(folder.path)/state/sessions/\(Self.session)/capture.pcapng"
        #expect(try Programs.run("sprintctl", ["analyze", "--format", "json", own]).output == kept)
    }

    @Test func ofReplaysAtOnceIntoOneStateOneHasItAtATime() throws {
        let state = folder.path + "/state"
        let processes = try (0..<6).map { number in
            let process = Programs.process("sprintd", ["--replay", capture, "--rate", "max", "--state", state])
            process.standardOutput = FileHandle.nullDevice
            process.standardError = try FileHandle(forWritingTo: URL(filePath: try folder.file("errors\(number)", [])))
            return process
        }
        for process in processes { try process.run() }
        for process in processes { process.waitUntilExit() }
        let kept = processes.count { $0.terminationStatus == 0 }
        #expect(kept > 0)
        let refusal = "sprintd: \(state): another sprintd is at work in this state folder\n"
        for (number, process) in processes.enumerated() {
            let errors = try String(contentsOfFile: "\(folder.path)/errors\(number)", encoding: .utf8)
            let status = process.terminationStatus
            #expect(status == 0 ? errors == "" : status == 75 && errors == refusal, "\(status): \(errors)")
        }
        let names = [Self.session] + (2...6).map { "\(Self.session)-\($0)" }
        let first = try analysis("state")
        for name in names.prefix(kept) { #expect(try analysis("state", name) == first) }
        #expect(folder.contents(of: "state/sessions").count == 3 * kept)
    }

    @Test func aSecondDaemonIsRefusedWhileTheFirstWrites() throws {
        let state = folder.path + "/state"
        let process = Programs.process("sprintd", ["--replay", capture, "--rate", "0.01", "--state", state])
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let made = "\(state)/sessions/\(Self.session)/capture.pcapng"
        while (try? Data(contentsOf: URL(filePath: made)).isEmpty) ?? true, process.isRunning { usleep(2000) }
        let before = folder.contents(of: "state")
        let result = try replay(capture, "state", rate: "max")
        #expect(result.status == 75)
        #expect(result.errors == "sprintd: \(state): another sprintd is at work in this state folder\n")
        #expect(folder.contents(of: "state") == before)
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        // The lock went with its holder.
        #expect(try replay(capture, "state", rate: "max").status == 0)
    }

    @Test(arguments: [">/dev/full", "<&- >&-", "| true"])
    func aSessionOutlivesItsOutput(_ redirection: String) throws {
        let result = try Programs.run(
            "/bin/sh",
            [
                "-c", "\"$0\" --replay \"$1\" --rate max --state \"$2\" \(redirection)", Programs.path("sprintd"),
                capture, folder.path + "/state",
            ])
        // A reader that has gone away is nobody's fault; `true` may also be quick or slow enough to be no hindrance.
        let isPipe = redirection.hasPrefix("|")
        #expect(result.status == (isPipe ? 0 : 74))
        #expect(result.errorLines.count == (isPipe ? 0 : 1), "\(result.errors)")
        #expect(try replay(capture, "good", rate: "max").status == 0)
        #expect(try analysis("state") == analysis("good"))
        // Nothing that was meant for a reader got into the recording.
        let path = "sessions/\(Self.session)/capture.pcapng"
        let sizes = try ["state", "good"].map { state in
            try Data(contentsOf: URL(filePath: "\(folder.path)/\(state)/\(path)"))
        }
        #expect(sizes[0] == sizes[1])
    }

    @Test(arguments: [SIGINT, SIGTERM]) func aSignalEndsTheSessionWell(_ signal: Int32) throws {
        let process = Programs.process(
            "sprintd", ["--replay", capture, "--rate", "0.01", "--state", folder.path + "/state"])
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        // The signal is taken once the session is there; how long that takes does not matter.
        let made = "\(folder.path)/state/sessions/\(Self.session)/capture.pcapng"
        while !FileManager.default.fileExists(atPath: made), process.isRunning { usleep(2000) }
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        #expect(process.terminationReason == .exit)
        #expect(process.terminationStatus == 0)
        let text = String(decoding: try analysis("state"), as: UTF8.self)
        #expect(text.hasPrefix("{") && text.hasSuffix("}\n"))
    }

    @Test func whatAKilledReplayLeavesIsACapture() throws {
        let process = Programs.process(
            "sprintd", ["--replay", capture, "--rate", "0.01", "--state", folder.path + "/state"])
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let made = "\(folder.path)/state/sessions/\(Self.session)/capture.pcapng"
        while (try? Data(contentsOf: URL(filePath: made)).isEmpty) ?? true, process.isRunning { usleep(2000) }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        #expect(!folder.contents().contains { $0.contains("analysis") })
        let result = try Programs.run("sprintctl", ["inspect", made])
        #expect(result.status == 0)
        #expect(result.output.contains("sprintd.session/1"))
    }
}
