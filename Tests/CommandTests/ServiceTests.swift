// SPDX-License-Identifier: GPL-3.0-or-later
import Foundation
import Glibc
import TestSupport
import Testing

/// The daemon as systemd and an administrator see it.
@Suite(.enabled(if: Programs.areBuilt, "the programs are not beside the tests"), .timeLimit(.minutes(15)))
struct ServiceTests {
    let folder: TemporaryFolder
    let state: String
    let errors: String

    init() throws {
        folder = try TemporaryFolder()
        state = folder.path + "/state"
        errors = folder.path + "/errors"
        try Data().write(to: URL(filePath: errors))
    }

    private func start(_ arguments: [String], output: Any? = FileHandle.nullDevice, _ more: [String: String] = [:])
        throws
        -> Process
    {
        let process = Programs.process("sprintd", ["--state", state] + arguments)
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: URL(filePath: errors))
        process.environment = ProcessInfo.processInfo.environment.merging(more) { $1 }
        try process.run()
        return process
    }

    private var said: String { (try? String(contentsOfFile: errors, encoding: .utf8)) ?? "" }

    /// Returns when it has been said, or when it never will be: the process has ended, or the suite's time is over.
    private func wait(for text: String, _ process: Process) {
        while !said.contains(text), process.isRunning { usleep(2000) }
    }

    private func sessions() -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: state + "/sessions")) ?? []).sorted()
    }

    private func waitForFrames(_ process: Process) {
        func size() -> Int {
            let path = sessions().first.map { "\(state)/sessions/\($0)/capture.pcapng" } ?? ""
            return (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
        }
        while size() < 4000, process.isRunning { usleep(2000) }
    }

    private func end(_ process: Process) {
        kill(process.processIdentifier, SIGTERM)
        process.waitUntilExit()
        #expect(process.terminationReason == .exit)
        #expect(process.terminationStatus == 0, "\(said)")
    }

    private func expectWhole() throws {
        for name in sessions() {
            let path = "\(state)/sessions/\(name)"
            let made = try Programs.run("sprintctl", ["analyze", "--format", "json", path + "/capture.pcapng"])
            #expect(try String(contentsOfFile: path + "/analysis.json", encoding: .utf8) == made.output)
        }
    }

    // MARK: Configuration

    @Test func aWrongConfigurationIsToldWithItsPlaces() throws {
        let path = try folder.file("sprintd.toml", Array("hat = 1\n[session]\nsilence_s = 1\n".utf8))
        let check = try Programs.run("sprintd", ["--check-config", "--config", path])
        #expect(check.status == 78)
        #expect(
            check.errorLines == [
                "sprintd: \(path):1:1: hat: unknown key",
                "sprintd: \(path):3:1: silence_s: 1.0 is not between 10.0 and 86400.0 s",
            ])
        let run = try Programs.run("sprintd", ["--config", path, "--state", state])
        #expect(run.status == 78)
        #expect(
            run.errorLines == ["sprintd: \(path):1:1: hat: unknown key (and 1 more: sprintd --check-config shows all)"])
        #expect(!FileManager.default.fileExists(atPath: state))
    }

    @Test func aRightConfigurationIsSummedUp() throws {
        let path = try folder.file(
            "sprintd.toml",
            Array(
                "state = \"here\"\n[bluetooth]\nenabled = false\n[[athlete]]\nname = \"Ada\"\nplan = \"tabata\"\n".utf8)
        )
        let check = try Programs.run("sprintd", ["--check-config", "--config", path])
        #expect(check.status == 0)
        let lines = check.output.split(separator: "\n")
        #expect(
            lines.prefix(5) == [
                "ok: \(path)", "state     \(folder.path)/here", "athletes  Ada (any sensor, tabata)",
                "sessions  begin by themselves, end after 300 s of silence", "radios    ANT+ sticks",
            ])
    }

    @Test(arguments: [
        ("[usb]\nenabled = false\n[bluetooth]\nenabled = false\n", "neither radio is enabled"),
        (
            "[usb]\nenabled = false\n[[athlete]]\nsensors = [\"ant:120:1\"]\n",
            "none of the listed sensors is on a radio that is enabled"
        ),
    ])
    func aConfigurationThatCannotStartIsNotOK(_ text: String, _ why: String) throws {
        let path = try folder.file("sprintd.toml", Array(text.utf8))
        for arguments in [["--check-config"], ["--state", state]] {
            let result = try Programs.run("sprintd", arguments + ["--config", path])
            #expect(result.status == 78)
            #expect(result.errors == "sprintd: nothing to listen to: \(why)\n")
            #expect(result.output.isEmpty)
        }
    }

    @Test func aReloadLosesNoSessionWhateverItReads() throws {
        let path = try folder.file("sprintd.toml", Array("[[athlete]]\nname = \"Ada\"\n".utf8))
        let process = try start(["--simulate", "steady", "--rate", "20", "--config", path])
        waitForFrames(process)
        _ = try folder.file("sprintd.toml", Array("[[athlete]]\nname = \"Ada\"\nhat = 1\n".utf8))
        kill(process.processIdentifier, SIGHUP)
        wait(for: "stays as it was", process)
        #expect(said.contains("sprintd: the configuration stays as it was: \(path):3:1: hat: unknown key\n"))
        _ = try folder.file(
            "sprintd.toml", Array("[usb]\nenabled = false\n[[athlete]]\nname = \"Ada\"\nmax_hr_bpm = 190\n".utf8))
        kill(process.processIdentifier, SIGHUP)
        wait(for: "session has ended", process)
        #expect(said.contains("sprintd: the configuration was read again and holds from now on\n"))
        #expect(said.contains("sprintd: usb.enabled: has changed, which takes a restart\n"))
        #expect(said.contains("sprintd: Ada: the new figures hold when the running session has ended\n"))
        end(process)
        #expect(sessions().count == 1)
        try expectWhole()
    }

    // MARK: systemd

    /// What the process tells systemd, a datagram at a time.
    private struct Notifications {
        private let socket: NotificationSocket

        init(_ path: String) throws { socket = try #require(NotificationSocket(path)) }

        func next() -> [Substring] { socket.next().split(separator: "\n") }

        /// - Returns: the first one with a line that begins like this.
        func first(_ line: String) -> [Substring] {
            while true {
                let lines = next()
                if lines.contains(where: { $0.hasPrefix(line) }) { return lines }
            }
        }
    }

    @Test func systemdIsToldHowItIs() throws {
        let path = try folder.file("sprintd.toml", Array("[[athlete]]\nname = \"Ada\"\n".utf8))
        let notifications = try Notifications(folder.path + "/notify")
        let process = try start(
            ["--simulate", "sprint-1x10-20", "--rate", "20", "--config", path],
            ["NOTIFY_SOCKET": folder.path + "/notify", "WATCHDOG_USEC": "40000"])
        // A sign of life may come before it.
        #expect(notifications.first("READY=1") == ["READY=1", "STATUS=listening; nothing is recorded"])
        #expect(notifications.first("STATUS=recording") == ["STATUS=recording Ada: no phase yet"])
        #expect(notifications.first("WATCHDOG") == ["WATCHDOG=1"])
        kill(process.processIdentifier, SIGHUP)
        let reloading = notifications.first("RELOADING=1")
        #expect(reloading.count == 2 && reloading.last?.hasPrefix("MONOTONIC_USEC=") == true)
        #expect(notifications.first("READY=1") == ["READY=1"])
        kill(process.processIdentifier, SIGTERM)
        #expect(notifications.first("STOPPING=1") == ["STOPPING=1", "STATUS=finishing what is recorded"])
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test func inTheJournalEveryLineHasItsPriority() throws {
        let process = try start(["--simulate", "sprint-1x10-20", "--rate", "600", "--log", "journald"])
        process.waitUntilExit()
        let lines = said.split(separator: "\n")
        #expect(lines.first == "<6>a session begins")
        #expect(lines.allSatisfy { $0.hasPrefix("<") && $0.dropFirst(2).hasPrefix(">") })
        #expect(lines.contains { $0.hasPrefix("<6>session written to \(state)/sessions/") })
        #expect(lines.contains { $0.hasPrefix("<6>") && $0.contains("warm-up") })
    }

    // MARK: The end

    @Test func whoStopsReadingKeepsItFromEndingNoLonger() throws {
        // Full, so that the first line that it wants to show waits for ever: nobody reads the pipe, and both of its ends stay open.
        let pipe = Pipe()
        let output = pipe.fileHandleForWriting
        _ = fcntl(output.fileDescriptor, F_SETFL, O_NONBLOCK)
        let junk = [UInt8](repeating: 0x2E, count: 4096)
        // SAFETY: write reads the array's bytes and keeps no pointer.
        while unsafe write(output.fileDescriptor, junk, junk.count) > 0 {}
        _ = fcntl(output.fileDescriptor, F_SETFL, 0)
        let process = try start(["--simulate", "sprint-1x10-20", "--rate", "20"], output: output)
        waitForFrames(process)
        end(process)
        withExtendedLifetime(pipe) {}
        #expect(sessions().count == 1)
        try expectWhole()
    }

    @Test func aFolderThatIsRemovedIsNoticedWhileItIsRecordedTo() throws {
        let process = try start(["--simulate", "steady", "--rate", "20"])
        waitForFrames(process)
        try FileManager.default.removeItem(atPath: state + "/sessions")
        wait(for: "was removed", process)
        #expect(said.contains("the folder was removed or moved while it is recorded"))
        #expect(process.isRunning)
        kill(process.processIdentifier, SIGTERM)
        process.waitUntilExit()
        #expect(process.terminationReason == .exit)
        #expect(process.terminationStatus == 74)
    }

    // MARK: Who may read

    @Test func aStateFolderWithItsGroupsBitIsForTheGroupToRead() throws {
        try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
        // SAFETY: chmod reads the path and keeps no pointer.
        let changed = unsafe chmod(state, 0o2750)
        try #require(changed == 0)
        let result = try Programs.run("sprintd", ["--state", state, "--simulate", "sprint-1x10-20", "--rate", "600"])
        #expect(result.status == 0)
        func mode(_ path: String) -> mode_t {
            var status = stat()
            // SAFETY: stat fills the structure that it is given and keeps no pointer.
            return unsafe stat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
        }
        let session = "\(state)/sessions/\(try #require(sessions().first))"
        #expect(mode("\(state)/sessions") == 0o2750)
        #expect(mode(session) == 0o2750)
        #expect(mode(session + "/capture.pcapng") == 0o640)
        #expect(mode(session + "/analysis.json") == 0o640)
        #expect(mode("\(state)/lock") == 0o640)
    }

    @Test func anyOtherStateFolderIsForItsOwner() throws {
        let result = try Programs.run("sprintd", ["--state", state, "--simulate", "sprint-1x10-20", "--rate", "600"])
        #expect(result.status == 0)
        let session = "\(state)/sessions/\(try #require(sessions().first))"
        for path in [state, session, session + "/capture.pcapng"] {
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode.map { $0 & 0o077 } == 0, "\(path)")
        }
    }
}
