// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import JSON
import SocketProtocol
import TestSupport
import Testing

@Suite struct SocketMessageTests {
    private static func read(_ line: some Sequence<UInt8>) throws(SocketFault) -> SocketMessage? {
        try SocketMessage.read(Array(line).span)
    }

    private static func fault(_ line: some Sequence<UInt8>) -> SocketFault? {
        do throws(SocketFault) {
            _ = try read(line)
            return nil
        } catch {
            return error
        }
    }

    /// What is between the braces of the first object in a list of a document.
    private static func element(_ list: String, of json: String) -> Substring {
        let start = json.range(after: "\"\(list)\":[{")
        return json[start...].prefix { $0 != "]" }.dropLast()
    }

    @Test(arguments: Samples.messages) func aMessageIsReadAsItWasWritten(_ message: SocketMessage) throws {
        let line = message.line
        #expect(line.last == UInt8(ascii: "\n"))
        #expect(!line.dropLast().contains(UInt8(ascii: "\n")))
        #expect(try Self.read(line.dropLast()) == message)
    }

    @Test func aPhaseHasTheKeysOfTheAnalysis() {
        var document = AnalysisDocument(
            source: .init(kind: "pcapng", duration: 0), athlete: .init(),
            score: .init(target: 0.8, value: nil, sprints: 0, onTarget: 0), quality: .init())
        document.phases = [Samples.phase()]
        document.sprints = [Samples.sprint()]
        let json = document.json(pretty: false)
        let phase = String(
            decoding: SocketMessage.phase(PhaseMessage(.ended, athlete: "Ada", phase: Samples.phase())).line,
            as: UTF8.self)
        #expect(
            phase == "{\"class\":\"phase\",\"event\":\"ended\",\"athlete\":\"Ada\","
                + Self.element("phases", of: json) + "}\n")
        let sprint = String(
            decoding: SocketMessage.sprint(
                SprintMessage(athlete: "Ada", kind: .sprint, isFinal: false, sprint: Samples.sprint())
            ).line, as: UTF8.self)
        #expect(
            sprint == "{\"class\":\"sprint\",\"athlete\":\"Ada\",\"kind\":\"sprint\",\"final\":false,"
                + Self.element("sprints", of: json) + "}\n")
    }

    @Test func whatIsDocumentedIsWhatIsSent() {
        let vectors: [(SocketMessage, String)] = [
            (
                .version(program: "sprintd 0.1.0", protocolName: "sprintd.socket/1"),
                #"{"class":"version","program":"sprintd 0.1.0","protocol":"sprintd.socket/1"}"#
            ),
            (
                .now(Samples.now),
                #"{"class":"now","athlete":"Ada","t_s":312.25,"phase":{"kind":"sprint","start_s":311},"#
                    + #""speed_mps":6.125,"hr_bpm":171.5,"cadence_spm":184.5,"effort":0.875,"on_target":true,"#
                    + #""target":0.8,"step":{"index":2,"of":12,"kind":"sprint","elapsed_s":1.25,"planned_s":30,"#
                    + #""left_s":28.75,"repetition":1,"repetitions":5,"complete":false},"#
                    + #""next":{"kind":"recovery","planned_s":90}}"#
            ),
            (
                .session(SessionMessage(.started, athlete: "Ada", id: "x")),
                #"{"class":"session","event":"started","athlete":"Ada","id":"x","start":null,"duration_s":null,"folder":null}"#
            ),
            (.bye(.tooSlow), #"{"class":"bye","reason":"too slow"}"#),
            (
                .error(command: nil, message: "not a JSON object"),
                #"{"class":"error","command":null,"message":"not a JSON object"}"#
            ),
        ]
        for (message, expected) in vectors { #expect(String(decoding: message.line, as: UTF8.self) == expected + "\n") }
    }

    // MARK: Length

    /// - Parameter text: of every name.
    private static func largest(athletes: Int, phases: Int, sensors: Int, text: String) -> StatusMessage {
        var status = Samples.status
        status.athletes = (0..<athletes).map { index in
            var athlete = Samples.status.athletes[0]
            athlete.name = text
            athlete.session?.phases = (0..<phases).map(Samples.phase)
            athlete.session?.hasOpenPhase = false
            athlete.session?.sprints = (1...max(1, phases)).map(Samples.sprint)
            return athlete
        }
        status.sensors = Array(repeating: Samples.sensor, count: sensors)
        return status
    }

    @Test(arguments: [(1, 5000, 2), (8, 300, 16), (64, 100, 64), (200, 10, 128)])
    func aStatusFitsItsLine(_ athletes: Int, _ phases: Int, _ sensors: Int) throws {
        let whole = Self.largest(athletes: athletes, phases: phases, sensors: sensors, text: "Ada")
        let line = SocketMessage.status(whole).line
        #expect(line.count <= SocketLimits.outputLine)
        guard case .status(let read) = try Self.read(line.dropLast()) else {
            Issue.record("no status")
            return
        }
        #expect(read.athletes.count == athletes)
        let session = try #require(read.athletes[0].session)
        #expect(session.phases.count + session.omittedPhases == phases + 3)
        // Of what is told, nothing in between is missing.
        #expect(session.phases == whole.athletes[0].session?.phases.suffix(session.phases.count))
    }

    @Test func oneAthletesWorkoutIsToldWhole() throws {
        let whole = Self.largest(athletes: 1, phases: 60, sensors: 8, text: "Ada")
        guard case .status(let read) = try Self.read(SocketMessage.status(whole).line.dropLast()) else {
            Issue.record("no status")
            return
        }
        #expect(read.athletes[0].session?.phases.count == 60)
    }

    @Test func whatCannotFitIsToldAsTrouble() throws {
        let whole = Self.largest(athletes: 2000, phases: 1, sensors: 1, text: String(repeating: "\u{1}", count: 500))
        let line = SocketMessage.status(whole).line
        #expect(line.count <= SocketLimits.outputLine)
        guard case .trouble = try Self.read(line.dropLast()) else {
            Issue.record("\(line.count)")
            return
        }
    }

    @Test func longTextsAreCutBetweenCharacters() throws {
        for text in ["a", "ä", "\u{1F3C3}", "e\u{301}\u{302}"] {
            let line = SocketMessage.trouble(String(repeating: text, count: 5000)).line
            #expect(line.count < 500)
            guard case .trouble(let read) = try Self.read(line.dropLast()) else {
                Issue.record("no trouble")
                return
            }
            #expect(read.unicodeScalars.count >= 100)
            #expect(!read.unicodeScalars.contains("\u{FFFD}"))
        }
    }

    // MARK: Hostile

    @Test func anUnknownClassIsNobodysBusiness() throws {
        #expect(try Self.read(#"{"class":"future","x":[{}]}"#.utf8) == nil)
    }

    @Test func unknownKeysAreIgnored() throws {
        #expect(try Self.read(#"{"new":{"a":[1]},"class":"done","command":"watch"}"#.utf8) == .done(command: "watch"))
    }

    @Test(
        arguments: [
            ("", SocketFault.notAnObject), ("[]", .notAnObject), ("null", .notAnObject),
            ("{\"class\":\"done\"", .notAnObject),
            ("{}", .missing("class")), (#"{"class":null}"#, .missing("class")), (#"{"class":7}"#, .wrong("class")),
            (#"{"class":"done"}"#, .missing("command")), (#"{"class":"bye","reason":"bored"}"#, .wrong("reason")),
            (#"{"class":"sensors","sensors":{}}"#, .wrong("sensors")),
            (#"{"class":"sensors","sensors":[1]}"#, .notAnObject),
            (
                #"{"class":"status","time":"","uptime_s":0,"storage":"disk","frames":1.5,"dropped_frames":0}"#,
                .wrong("frames")
            ),
            (
                #"{"class":"status","time":"","uptime_s":0,"storage":"disk","frames":1e300,"dropped_frames":0}"#,
                .wrong("frames")
            ),
            (#"{"class":"now","t_s":1e999,"target":0.8}"#, .notAnObject),
            (#"{"class":"now","t_s":"1","target":0.8}"#, .wrong("t_s")),
            (#"{"class":"phase","event":"began","start_s":0,"kind":"nap"}"#, .wrong("kind")),
        ])
    func whatIsNoMessageIsRefused(_ line: String, _ fault: SocketFault) {
        #expect(Self.fault(line.utf8) == fault)
    }

    @Test func aDeepTextIsRefused() {
        let deep = String(repeating: "{\"class\":", count: 10_000)
        #expect(Self.fault(deep.utf8) == .notAnObject)
        let long = [UInt8](repeating: 0x20, count: SocketLimits.outputLine + 1)
        #expect(Self.fault(long) == .tooLong)
    }

    @Test func everyPrefixIsRefused() {
        for message in Samples.messages {
            let line = message.line.dropLast()
            for count in stride(from: 0, to: line.count, by: max(1, line.count / 300)) {
                #expect(Self.fault(line.prefix(count)) == .notAnObject)
            }
        }
    }

    @Test func damagedLinesNeverTrap() {
        var generator = SeededGenerator(seed: 8)
        for message in Samples.messages {
            for _ in 0..<100 {
                var line = Array(message.line.dropLast())
                for _ in 0...Int.random(in: 0..<4, using: &generator) {
                    let place = Int.random(in: line.indices, using: &generator)
                    switch Int.random(in: 0..<4, using: &generator) {
                    case 0: line[place] = UInt8.random(in: 0...255, using: &generator)
                    case 1:
                        line.insert(
                            contentsOf: generator.element(of: ["1e99", "-", "null", "[", "\""]).utf8, at: place)
                    case 2: line.removeSubrange(place..<min(line.count, place + 5))
                    default: line.swapAt(place, Int.random(in: line.indices, using: &generator))
                    }
                    if line.isEmpty { line = [0x7B] }
                }
                if let read = try? Self.read(line) { _ = read.line }
                _ = try? SocketCommand.read(line.span)
            }
        }
    }
}

extension String {
    fileprivate func range(after text: String) -> Index {
        var start = startIndex
        while start < endIndex, !self[start...].hasPrefix(text) { start = index(after: start) }
        return start < endIndex ? index(start, offsetBy: text.count) : endIndex
    }
}
