// SPDX-License-Identifier: GPL-3.0-or-later
import Foundation
import Glibc
import TestSupport
import Testing

/// sprintctl and sprintd together: what the one asks for, the other does.
@Suite(
    .enabled(if: Programs.areBuilt, "the programs are not beside the tests"), .serialized, .timeLimit(.minutes(15)))
struct ControlTests {
    let folder: TemporaryFolder
    let state: String
    let socket: String

    init() throws {
        folder = try TemporaryFolder()
        state = folder.path + "/state"
        socket = folder.path + "/s"
    }

    private var daemonArguments: [String] {
        ["--state", state, "--socket", socket, "--simulate", "steady", "--rate", "20"]
    }

    private func start(_ arguments: [String] = []) throws -> Process {
        let process = Programs.process("sprintd", daemonArguments + arguments)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    private func end(_ process: Process) {
        kill(process.processIdentifier, SIGTERM)
        process.waitUntilExit()
        #expect(process.terminationReason == .exit)
        #expect(process.terminationStatus == 0)
    }

    private func control(_ arguments: String...) throws -> Programs.Result {
        try Programs.run("sprintctl", arguments + ["--socket", socket])
    }

    // MARK: What the daemon says

    private struct Status: Decodable {
        struct Athlete: Decodable {
            struct Session: Decodable {
                var elapsedS: Double
            }
            var name: String?
            var session: Session?
        }
        struct Sensor: Decodable {
            var id: String
            var kind: String?
            var athlete: String?
            var state: String
        }
        var athletes: [Athlete]
        var sensors: [Sensor]

        func id(_ kind: String, of athlete: String) -> String? {
            sensors.first { $0.kind == kind && $0.athlete == athlete && $0.state == "connected" }?.id
        }
    }

    private func status() throws -> Status? {
        let result = try control("status", "--format", "json")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return result.status == 0 ? try decoder.decode(Status.self, from: Data(result.output.utf8)) : nil
    }

    /// Asks until it is so, or the daemon has ended.
    private func status(of process: Process, when isSo: (Status) -> Bool) throws -> Status {
        while process.isRunning {
            if let status = try status(), isSo(status) { return status }
        }
        throw POSIXError(.ESRCH)
    }

    private func sessions(of athlete: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: state + "/sessions").filter { $0.contains("-\(athlete)") }
            .sorted()
    }

    /// What was heard of in a session.
    private func sensors(in session: String) throws -> String {
        let result = try Programs.run(
            "sprintctl", ["inspect", "\(state)/sessions/\(session)/capture.pcapng"])
        #expect(result.status == 0)
        return result.output
    }

    // MARK: Bindings

    @Test func aBindingHoldsFromTheNextSessionOnAndAfterARestart() throws {
        let path = try folder.file(
            "sprintd.toml", Array("[[athlete]]\nname = \"Ada\"\n[[athlete]]\nname = \"Bob\"\n".utf8))
        let process = try start(["--config", path])
        let heard = try status(of: process) {
            $0.id("heart_rate", of: "Ada") != nil && $0.id("footpod", of: "Ada") != nil
                && $0.athletes.allSatisfy { $0.session != nil }
        }
        let strap = try #require(heard.id("heart_rate", of: "Ada"))
        let pod = try #require(heard.id("footpod", of: "Ada"))

        #expect(try control("unbind", "Ada", strap).output == "\(strap) is Ada's no more from the next session on\n")
        #expect(try control("bind", "Bob", strap).output == "\(strap) is Bob's from the next session on\n")
        #expect(try control("stop").status == 0)
        #expect(try control("start").status == 0)
        _ = try status(of: process) {
            $0.athletes.count == 2 && $0.athletes.allSatisfy { $0.session?.elapsedS ?? 0 > 10 }
        }
        let again = try control("unbind", "Ada", strap)
        #expect(again.status == 69)
        #expect(again.errors == "sprintctl: \(strap) is no sensor of Ada\n")
        let last = try control("unbind", "Ada", pod)
        #expect(last.status == 69)
        #expect(
            last.errors
                == "sprintctl: without it Ada would have no sensor left, and take any: bind another one first\n")
        let stranger = try control("bind", "Eve", strap)
        #expect(stranger.status == 69)
        #expect(stranger.errors == "sprintctl: there is no athlete \"Eve\"; there is Ada, Bob\n")
        end(process)

        let (adas, bobs) = (try sessions(of: "ada"), try sessions(of: "bob"))
        try #require(adas.count == 2 && bobs.count == 2)
        #expect(try sensors(in: adas[0]).contains(strap))
        #expect(try !sensors(in: bobs[0]).contains(strap))
        #expect(try !sensors(in: adas[1]).contains(strap))
        #expect(try sensors(in: adas[1]).contains(pod))
        #expect(try sensors(in: bobs[1]).contains(strap))

        let next = try start(["--config", path])
        let known = try status(of: next) { status in status.sensors.contains { $0.id == strap } }
        #expect(known.sensors.first { $0.id == strap }?.athlete == "Bob")
        #expect(try control("bind", "Ada", strap).status == 0)
        #expect(try control("unbind", "Bob", strap).status == 0)
        end(next)
        #expect(
            try String(contentsOfFile: state + "/bindings.toml", encoding: .utf8).hasSuffix(
                """

                [[binding]]
                sensor = "\(strap)"
                athlete = "Ada"
                bound = true

                [[binding]]
                sensor = "\(strap)"
                athlete = "Bob"
                bound = false

                """))
    }

    @Test func aSessionInWhichNothingWasHeardIsNoFailedExport() throws {
        // What "sprintctl start" leaves where no stick is plugged in.
        let session = state + "/sessions/20260101T100000Z-ada"
        try FileManager.default.createDirectory(atPath: session, withIntermediateDirectories: true)
        try Data().write(to: URL(filePath: session + "/capture.pcapng"))
        func analysis(frames: Int) throws {
            let text = """
                {"schema": "sprintd.analysis/1", "source": {"kind": "pcapng", "duration_s": 0}, "quality": {"frames": \(frames)}}
                """
            try Data(text.utf8).write(to: URL(filePath: session + "/analysis.json"))
        }
        func export() throws -> Programs.Result {
            try Programs.run("sprintctl", ["sessions", "export-missing", "--state", state])
        }
        try analysis(frames: 0)
        #expect(try export() == Programs.Result(status: 0, output: "", errors: ""))
        // Something was heard, and is lost.
        try analysis(frames: 5)
        #expect(try export().status == 65)
    }

    // MARK: systemd

    @Test func aSocketThatWasHandedOverIsListenedOnAndLeftThere() throws {
        let listener = try FakeDaemon.listener(at: socket)
        let process = Programs.process(
            "/bin/sh",
            ["-c", "LISTEN_PID=$$ LISTEN_FDS=1 exec \"$0\" \"$@\" 3<&0 </dev/null", Programs.path("sprintd")]
                + ["--state", state, "--simulate", "steady", "--rate", "20"])
        process.standardInput = FileHandle(fileDescriptor: listener)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        close(listener)
        let result = try control("status")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.hasPrefix("up "))
        end(process)
        #expect(FileManager.default.fileExists(atPath: socket))
        #expect(!FileManager.default.fileExists(atPath: state + "/sprintd.sock"))
    }

    // MARK: The end

    /// One that waits for whoever reads its output, a little longer than it takes to store the session, and has been asked to end.
    private func endingDaemon() throws -> (Process, Pipe) {
        let notifications = try #require(NotificationSocket(folder.path + "/notify"))
        let pipe = Pipe()
        let output = pipe.fileHandleForWriting
        _ = fcntl(output.fileDescriptor, F_SETFL, O_NONBLOCK)
        let junk = [UInt8](repeating: 0x2E, count: 4096)
        // SAFETY: write reads the array's bytes and keeps no pointer.
        while unsafe write(output.fileDescriptor, junk, junk.count) > 0 {}
        _ = fcntl(output.fileDescriptor, F_SETFL, 0)
        let process = Programs.process("sprintd", daemonArguments)
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.environment = ProcessInfo.processInfo.environment.merging(["NOTIFY_SOCKET": folder.path + "/notify"]) {
            $1
        }
        try process.run()
        while !notifications.next().contains("STATUS=recording") {}
        kill(process.processIdentifier, SIGTERM)
        while !notifications.next().contains("STOPPING=1") {}
        return (process, pipe)
    }

    @Test func aSecondSignalEndsItAndTheSessionIsMended() throws {
        let (process, pipe) = try endingDaemon()
        while process.isRunning {
            kill(process.processIdentifier, SIGTERM)
            usleep(10_000)
        }
        process.waitUntilExit()
        withExtendedLifetime(pipe) {}
        #expect(process.terminationReason == .uncaughtSignal)
        #expect(process.terminationStatus == SIGTERM)
        #expect(try Programs.run("sprintctl", ["sessions", "repair", "--state", state]).status == 0)
        let list = try Programs.run("sprintctl", ["sessions", "list", "--state", state])
        #expect(list.output.contains("  finished  ") && !list.output.contains("unfinished"))
    }

    /// As timeout(1) has it, which signals its child and then the group that the child is in.
    @Test func theSameSignalSentTwiceIsOneWish() throws {
        let (process, pipe) = try endingDaemon()
        kill(process.processIdentifier, SIGTERM)
        process.waitUntilExit()
        withExtendedLifetime(pipe) {}
        #expect(process.terminationReason == .exit)
        #expect(process.terminationStatus == 0)
    }
}
