// SPDX-License-Identifier: GPL-3.0-or-later
import Foundation
import Testing

/// What sprintctl says to a daemon's socket, and shows of what comes from it. The daemon is played by the test.
@Suite(
    .enabled(if: Programs.areBuilt, "the programs are not beside the tests"), .serialized, .timeLimit(.minutes(15)))
struct DaemonCommandTests {
    let folder: TemporaryFolder
    let socket: String

    init() throws {
        folder = try TemporaryFolder()
        socket = folder.path + "/s"
    }

    private static let greeting = #"{"class":"version","program":"sprintd 0.1.0","protocol":"sprintd.socket/1"}"#
    private static let status = """
        {"class":"status","time":"2026-11-23T11:09:11Z","uptime_s":600.5,"storage":"disk","frames":4410,"dropped_frames":0,\
        "athletes":[{"name":"Ada","session":{"id":"x","start":"2026-11-23T11:00:00Z","elapsed_s":551,"plan":"sprint-5x30-90",\
        "phases":[{"kind":"sprint","start_s":550,"end_s":null,"decided_s":551,"evidence":"speed","confidence":0.9}],\
        "sprints":[],"intervals":[]},"max_speed_mps":null,"max_hr_bpm":null,"target":0.8}],\
        "sensors":[{"id":"ant:120:16815","kind":"heart_rate","name":null,"athlete":"Ada","transport":"ant","state":"connected",\
        "signal_dbm":-61,"battery_percent":68,"last_s":0.2}],"devices":[]}
        """
    private static let ended =
        #"{"class":"session","event":"ended","athlete":"Ada","id":"x","start":null,"duration_s":1218,"folder":null}"#

    // MARK: Commands

    @Test func statusIsTold() throws {
        let daemon = try FakeDaemon(socket, greeting: Self.greeting) { $0.contains("status") ? [Self.status] : [] }
        let result = try Programs.run("sprintctl", ["status", "--socket", socket])
        daemon.stop()
        #expect(result.status == 0)
        #expect(result.output.contains("Ada: session of 9:11, sprint, 0 sprints, plan sprint-5x30-90"))
        #expect(result.output.contains("ant:120:16815  heart rate"))
    }

    @Test func commandsAreCarriedOutOrTheReasonIsTold() throws {
        let daemon = try FakeDaemon(socket, greeting: Self.greeting) { line in
            line.contains(#""athlete":"Ada""#) && line.contains("session.start")
                ? [
                    #"{"class":"notice","device":null,"message":"between"}"#,
                    #"{"class":"done","command":"session.start"}"#,
                ]
                : [#"{"class":"error","command":"session.start","message":"there is no athlete 'Bob'"}"#]
        }
        #expect(try Programs.run("sprintctl", ["start", "--athlete", "Ada", "--socket", socket]).status == 0)
        let refused = try Programs.run("sprintctl", ["start", "--athlete", "Bob", "--socket", socket])
        daemon.stop()
        #expect(refused.status == 69)
        #expect(refused.errors == "sprintctl: there is no athlete 'Bob'\n")
        #expect(try Programs.run("sprintctl", ["bind", "Ada", "nonsense", "--socket", socket]).status == 64)
    }

    @Test(arguments: [["status"], ["start"], ["stop"], ["bind", "Ada", "ant:120:1"], ["live", "--plain"], ["live"]])
    func withoutADaemonItSaysWhatToDo(_ arguments: [String]) throws {
        let result = try Programs.run("sprintctl", arguments + ["--socket", socket])
        #expect(result.status == 69)
        #expect(result.errorLines.count == 1)
        #expect(
            result.errors.contains("the daemon is not running") && result.errors.contains("systemctl start sprintd"))
    }

    @Test func aLaterProtocolIsRefused() throws {
        let daemon = try FakeDaemon(socket, greeting: Self.greeting.replacing("socket/1", with: "socket/2")) { _ in [] }
        for arguments in [["status"], ["live", "--plain"]] {
            let result = try Programs.run("sprintctl", arguments + ["--socket", socket])
            #expect(result.status == 69)
            #expect(result.errors.contains("speaks sprintd.socket/2"))
        }
        daemon.stop()
    }

    @Test(.enabled(if: geteuid() != 0, "root may use every socket")) func withoutTheRightItSaysWhichGroup() throws {
        let daemon = try FakeDaemon(socket, greeting: Self.greeting) { _ in [] }
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: socket)
        let result = try Programs.run("sprintctl", ["status", "--socket", socket])
        daemon.stop()
        #expect(result.status == 77)
        #expect(result.errors.contains("usermod -aG sprintd"))
    }

    // MARK: The live view

    /// What `live --plain` writes until the words stand in it, and how it ends when it is asked to then.
    private func plainLines(until words: String) throws -> (text: String, status: Int32) {
        let process = Programs.process("sprintctl", ["live", "--plain", "--socket", socket])
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        var text = ""
        while !text.contains(words) {
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else { break }
            text += String(decoding: data, as: UTF8.self)
        }
        kill(process.processIdentifier, SIGTERM)
        process.waitUntilExit()
        return (text, process.terminationStatus)
    }

    @Test func plainLinesAreWrittenForEvents() throws {
        let daemon = try FakeDaemon(socket, greeting: Self.greeting) {
            $0.contains("watch") ? [Self.status, Self.ended] : []
        }
        let (text, status) = try plainLines(until: "session ended")
        daemon.stop()
        #expect(status == 0)
        #expect(text.hasPrefix("connected to sprintd 0.1.0\n") && text.contains("session ended after 20:18\n"))
        #expect(!text.contains("\u{1B}"))
    }

    /// What happens to the disk is told as a sentence; that it has not passed yet only the daemon's picture tells.
    @Test func whatHasChangedIsAskedFor() throws {
        let full = Self.status.replacing(#""storage":"disk""#, with: #""storage":"memory""#)
        let daemon = try FakeDaemon(socket, greeting: Self.greeting) { line in
            if line.contains("watch") { return [Self.status, #"{"class":"trouble","message":"no space left"}"#] }
            return line.contains(#""status""#) ? [full] : []
        }
        let text = try plainLines(until: "the session is kept in memory for now").text
        daemon.stop()
        #expect(text.contains("no space left\n"))
        #expect(text.contains("the session is kept in memory for now\n"))
    }

    /// By key, by signal, and by a crash.
    @Test(
        .enabled(if: PseudoTerminal.isPossible, "needs pseudo-terminals, /dev/pts"),
        arguments: ["q", "TERM", "INT", "HUP", "SEGV"])
    func theTerminalIsGivenBack(_ way: String) throws {
        let daemon = try FakeDaemon(socket, greeting: Self.greeting) { $0.contains("watch") ? [Self.status] : [] }
        defer { daemon.stop() }
        let terminal = try #require(PseudoTerminal(columns: 80, rows: 24))
        let before = terminal.flags
        let process = Programs.process("sprintctl", ["live", "--socket", socket])
        process.environment = ["TERM": "xterm-256color", "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"]
        process.standardInput = terminal.slave
        process.standardOutput = terminal.slave
        try process.run()
        let shown = terminal.read(until: "heart rate")
        #expect(shown.contains("\u{1B}[?1049h") && shown.contains("\u{1B}[?25l"))
        #expect(shown.contains("Ada") && shown.contains("sprint-5x30-90"))
        #expect(terminal.flags != before)
        switch way {
        case "q": terminal.type("q")
        case "TERM": kill(process.processIdentifier, SIGTERM)
        case "INT": kill(process.processIdentifier, SIGINT)
        case "HUP": kill(process.processIdentifier, SIGHUP)
        default: kill(process.processIdentifier, SIGSEGV)
        }
        let last = terminal.read(until: "\u{1B}[?1049l")
        process.waitUntilExit()
        #expect(last.contains("\u{1B}[?25h"))
        #expect(terminal.flags == before)
        #expect((process.terminationReason == .exit && process.terminationStatus == 0) == (way != "SEGV"))
    }

    @Test(.enabled(if: PseudoTerminal.isPossible, "needs pseudo-terminals, /dev/pts"))
    func itFitsItselfIntoAnotherSize() throws {
        let daemon = try FakeDaemon(socket, greeting: Self.greeting) { $0.contains("watch") ? [Self.status] : [] }
        defer { daemon.stop() }
        let terminal = try #require(PseudoTerminal(columns: 80, rows: 24))
        let process = Programs.process("sprintctl", ["live", "--socket", socket])
        process.environment = ["TERM": "xterm", "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"]
        process.standardInput = terminal.slave
        process.standardOutput = terminal.slave
        try process.run()
        _ = terminal.read(until: "\u{1B}[24;1H")
        terminal.resize(columns: 40, rows: 12)
        kill(process.processIdentifier, SIGWINCH)
        // Painted anew, whole, and with the last row of the new size.
        let shown = terminal.read(until: "\u{1B}[12;1H")
        #expect(shown.contains("\u{1B}[2J"))
        terminal.type("q")
        _ = terminal.read(until: "\u{1B}[?1049l")
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}
