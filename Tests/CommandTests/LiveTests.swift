// SPDX-License-Identifier: GPL-3.0-or-later
import Foundation
import Testing

/// Live capture as a process, with made-up sensors.
@Suite(.enabled(if: Programs.areBuilt, "the programs are not beside the tests"), .timeLimit(.minutes(15)))
struct LiveTests {
    let folder: TemporaryFolder
    let state: String

    init() throws {
        folder = try TemporaryFolder()
        state = folder.path + "/state"
    }

    private func sessions() -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: state + "/sessions")) ?? []).sorted()
    }

    private func expectWhole(_ name: String) throws {
        let path = "\(state)/sessions/\(name)"
        let made = try Programs.run("sprintctl", ["analyze", "--format", "json", path + "/capture.pcapng"])
        #expect(made.status == 0)
        #expect(try String(contentsOfFile: path + "/analysis.json", encoding: .utf8) == made.output)
    }

    /// Starts it and returns when the first frames of a session are in its file.
    private func recording(_ arguments: [String]) throws -> Process {
        let process = Programs.process("sprintd", ["--state", state, "--simulate", "steady"] + arguments)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        func size() -> Int {
            let path = sessions().first.map { "\(state)/sessions/\($0)/capture.pcapng" } ?? ""
            return (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
        }
        while size() < 4000, process.isRunning { usleep(2000) }
        return process
    }

    @Test func aSimulatedWorkoutIsRecordedAndReplaysToTheByte() throws {
        // At 60 times real time, two seconds in which the machine does something else lose no frame; five would be minutes of silence.
        let result = try Programs.run(
            "sprintd",
            ["--state", state, "--simulate", "sprint-1x10-20", "--rate", "60", "--silence", "86400"])
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("SPRINT 1"))
        let names = sessions()
        #expect(names.count == 1)
        for name in names {
            try expectWhole(name)
            // 0x2E464954 ".FIT" at offset 8 of the header.
            let activity = [UInt8](try Data(contentsOf: URL(filePath: "\(state)/sessions/\(name)/activity.fit")))
            #expect(activity.dropFirst(8).prefix(4).elementsEqual(".FIT".utf8))
        }
        #expect(result.output.contains("session written to \(state)/sessions/"))
    }

    @Test(arguments: [SIGTERM, SIGINT]) func aSignalFinishesEverySession(_ signal: Int32) throws {
        let athletes = try ["ada", "bob"].map { name in
            try folder.file("\(name).toml", Array("name = \"\(name)\"\n".utf8))
        }
        let process = try recording(["--rate", "20", "--athlete", athletes[0], "--athlete", athletes[1]])
        let listed = try Programs.run("sprintctl", ["sessions", "list", "--state", state])
        #expect(listed.output.contains("running"))
        #expect(try Programs.run("sprintd", ["--state", state, "--simulate", "steady"]).status == 75)
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        #expect(process.terminationReason == .exit)
        #expect(process.terminationStatus == 0)
        for name in sessions() { try expectWhole(name) }
        let after = try Programs.run("sprintctl", ["sessions", "list", "--state", state])
        #expect(!after.output.contains("running") && !after.output.contains("unfinished"))
    }

    @Test func aKilledSessionIsFinishedByTheNextStart() throws {
        let process = try recording(["--rate", "20"])
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        let killed = try #require(sessions().first)
        #expect(try Programs.run("sprintctl", ["sessions", "list", "--state", state]).output.contains("unfinished"))
        let next = try Programs.run(
            "sprintd", ["--state", state, "--simulate", "sprint-1x10-20", "--rate", "1000"])
        #expect(next.status == 0)
        #expect(next.errors.contains("recovered \(killed): "))
        for name in sessions() { try expectWhole(name) }
    }

    /// A time namespace in which the machine has slept for 1 000 000 s: of the clocks only CLOCK_BOOTTIME tells (clock_gettime(2)).
    private static let sleepyMachine = ["/usr/bin/unshare", "--time", "--boottime", "1000000", "--fork"]

    private static let canHaveSlept: Bool = {
        guard FileManager.default.isExecutableFile(atPath: sleepyMachine[0]) else { return false }
        let result = try? Programs.run(sleepyMachine[0], sleepyMachine.dropFirst() + ["true"])
        return result?.status == 0
    }()

    /// Else a session would go on after a night in a suitcase as if there had been no silence.
    @Test(.enabled(if: canHaveSlept, "time namespaces are not there, or not allowed"))
    func theTimeThatAMachineSleepsCounts() throws {
        let process = Process()
        process.executableURL = URL(filePath: Self.sleepyMachine[0])
        process.arguments =
            Self.sleepyMachine.dropFirst() + [Programs.path("sprintd"), "--state", state]
            + ["--simulate", "sprint-1x10-20", "--rate", "600"]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        let capture = "\(state)/sessions/\(try #require(sessions().first))/capture.pcapng"
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: capture)))
        func word(_ offset: Int) -> UInt64 {
            bytes[offset..<offset + 4].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        // Enhanced packet blocks: type 6; type, length and interface lie before the time's upper half.
        var offset = 0
        var times: [UInt64] = []
        while offset + 20 <= bytes.count {
            if word(offset) == 6 { times.append(word(offset + 12) << 32 | word(offset + 16)) }
            offset += max(12, Int(word(offset + 4)))
        }
        #expect(times.count > 100)
        #expect(times.allSatisfy { $0 > 1_000_000_000_000_000 })
    }

    @Test func withoutASensorItSaysSoAndWaits() throws {
        let process = Programs.process("sprintd", ["--state", state])
        process.standardOutput = FileHandle.nullDevice
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        // Whatever radios this machine has, there is something to say of them, or of their lack.
        let first = errors.fileHandleForReading.availableData
        #expect(String(decoding: first, as: UTF8.self).hasPrefix("sprintd: "))
        kill(process.processIdentifier, SIGTERM)
        process.waitUntilExit()
        #expect(process.terminationReason == .exit)
        #expect(process.terminationStatus == 0)
        #expect(sessions().isEmpty)
    }

    @Test func withoutAStateFolderItSaysSo() throws {
        #expect(try Programs.run("sprintd", ["--simulate", "steady"]).status == 64)
        #expect(try Programs.run("sprintd", ["--simulate", "nonsense", "--state", state]).status == 64)
        let file = try folder.file("file", [1])
        #expect(try Programs.run("sprintd", ["--simulate", "steady", "--state", file + "/x"]).status == 73)
    }
}
