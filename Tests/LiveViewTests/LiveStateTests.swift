// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import Report
import Segmentation
import SocketProtocol
import TestSupport
import Testing

@testable import LiveView

@Suite struct LiveStateTests {
    private func fold(_ state: inout LiveState, _ text: String, at time: Double = 0) throws -> LiveChange? {
        let message = try #require(try SocketMessage.read(Array(text.utf8).span))
        return state.fold(message, at: time)
    }

    private func phase(_ event: String, _ kind: String, _ start: Double, _ end: Double? = nil, decided: Double)
        -> String
    {
        """
        {"class":"phase","athlete":"Ada","event":"\(event)","kind":"\(kind)","start_s":\(start),"end_s":\(end.map { "\($0)" } ?? "null"),
         "decided_s":\(decided),"evidence":"speed","confidence":0.8}
        """
    }

    private func sprint(_ start: Double, fall: String = "null", athlete: String = "Ada") -> String {
        """
        {"class":"sprint","athlete":"\(athlete)","kind":"sprint","final":false,"index":1,"start_s":\(start),"end_s":\(start + 30),
         "effort":0.9,"effort_basis":"speed","on_target":true,"time_on_target_s":20,"hr_recovery_bpm":{"30":\(fall),"60":null,"90":null}}
        """
    }

    private func session(_ event: String, _ id: String, athlete: String = "Ada", duration: String = "null") -> String {
        """
        {"class":"session","event":"\(event)","athlete":"\(athlete)","id":"\(id)","start":"2026-11-23T11:00:00Z","duration_s":\(duration),"folder":null}
        """
    }

    @Test func theStatusIsTheWholePicture() throws {
        let state = Messages.running
        #expect(state.connection == .open)
        #expect(state.program == "sprintd 0.1.0")
        let athlete = try #require(state.athletes.first)
        #expect(athlete.session?.plan == "sprint-5x30-90")
        // Two bouts are scored, so the one that goes on is the third.
        #expect(athlete.number(ofBoutAt: 550) == 3)
        #expect(athlete.bouts.map(\.effort) == [0.893, 0.742])
        #expect(athlete.bouts[1].recovery60 == -3)
        #expect(athlete.phase == .init(kind: .sprint, start: 550, end: nil))
        #expect(athlete.clock == 562.25)
        #expect(state.sensors.map(\.state) == [.connected, .lost])
        #expect(state.devices.map(\.state) == [.listening, .failed])
    }

    @Test func aSessionUnfolds() throws {
        var state = LiveState()
        #expect(
            try fold(&state, Messages.greeting)
                == .greeted(program: "sprintd 0.1.0", protocolName: "sprintd.socket/1"))
        #expect(try fold(&state, session("started", "x")) == .sessionStarted(athlete: "Ada"))
        #expect(
            try fold(&state, phase("began", "warmup", 0, decided: 0.5))
                == .phaseBegan(athlete: "Ada", .warmup, start: 0, decided: 0.5, number: nil))
        #expect(
            try fold(&state, phase("began", "sprint", 311, decided: 313))
                == .phaseBegan(athlete: "Ada", .sprint, start: 311, decided: 313, number: 1))
        #expect(
            state.athletes[0].phases == [.init(kind: .warmup, start: 0, end: 311), .init(kind: .sprint, start: 311)])
        #expect(
            try fold(&state, phase("relabelled", "interval", 311, decided: 371))
                == .phaseRelabelled(
                    athlete: "Ada", from: .sprint, to: .interval, start: 311, decided: 371, number: 1))
        #expect(state.athletes[0].phase?.kind == .interval)
        #expect(try fold(&state, phase("ended", "interval", 311, 380, decided: 313)) == nil)
        #expect(state.athletes[0].phases.last?.end == 380)

        guard case .boutScored("Ada", .sprint, _, 1) = try fold(&state, sprint(311)) else {
            Issue.record("not scored")
            return
        }
        guard case .boutRecovered("Ada", .sprint, let bout, 1) = try fold(&state, sprint(311, fall: "19")) else {
            Issue.record("not recovered")
            return
        }
        #expect(bout.recovery30 == 19)
        // Told once more, and nothing new in it.
        #expect(try fold(&state, sprint(311, fall: "19")) == nil)
        #expect(state.athletes[0].bouts.count == 1)

        #expect(
            try fold(&state, session("ended", "x", duration: "1218")) == .sessionEnded(athlete: "Ada", duration: 1218))
        #expect(state.athletes[0].phase == nil)
        #expect(state.athletes[0].clock == 1218)
        // The next session begins anew.
        _ = try fold(&state, session("started", "y"))
        #expect(state.athletes[0].bouts.isEmpty && state.athletes[0].phases.isEmpty)
    }

    @Test func anEndedSessionStaysUntilTheNext() throws {
        var state = Messages.running
        _ = try fold(&state, session("ended", "20261123T110000Z-ada", duration: "900"))
        _ = try fold(
            &state,
            """
            {"class":"status","time":"2026-11-23T11:20:00Z","uptime_s":1,"storage":"disk","frames":0,"dropped_frames":0,
             "athletes":[{"name":"Ada","session":null,"target":0.8}],"sensors":[],"devices":[]}
            """)
        #expect(state.athletes[0].bouts.count == 2)
        #expect(state.athletes[0].session?.isRunning == false)
    }

    /// A session of which the daemon tells the last of three bouts.
    private func statusOfTheLastBout(session: Bool) -> String {
        let running = """
            {"id":"x","start":"2026-11-23T11:00:00Z","elapsed_s":600,"plan":null,"omitted_phases":1,"omitted_bouts":2,"phases":[
             {"kind":"recovery","start_s":500,"end_s":null,"decided_s":500,"evidence":"speed","confidence":0.9}],"sprints":[
             {"index":3,"start_s":470,"end_s":500,"on_target":true,"time_on_target_s":20}],"intervals":[]}
            """
        return """
            {"class":"status","time":"2026-11-23T11:20:00Z","uptime_s":1,"storage":"disk","frames":0,"dropped_frames":0,
             "athletes":[{"name":"Ada","session":\(session ? running : "null"),"target":0.8}],"sensors":[],"devices":[]}
            """
    }

    @Test func boutsKeepTheirNumbersAfterTheSessionAndStartAnewWithTheNext() throws {
        var state = LiveState()
        _ = try fold(&state, statusOfTheLastBout(session: true))
        #expect(state.athletes[0].number(ofBoutAt: 470) == 3)
        _ = try fold(&state, session("ended", "x", duration: "610"))
        _ = try fold(&state, statusOfTheLastBout(session: false))
        #expect(state.athletes[0].number(ofBoutAt: 470) == 3)
        _ = try fold(&state, session("started", "y"))
        #expect(
            try fold(&state, phase("began", "sprint", 311, decided: 313))
                == .phaseBegan(athlete: "Ada", .sprint, start: 311, decided: 313, number: 1))
    }

    @Test func aLaterStatusTakesNothingAwayThatWasKnown() throws {
        var state = LiveState()
        _ = try fold(&state, session("started", "x"))
        for start in [100.0, 300, 470] {
            _ = try fold(&state, phase("began", "sprint", start, decided: start + 1))
            _ = try fold(&state, phase("ended", "sprint", start, start + 30, decided: start + 1))
            _ = try fold(&state, sprint(start))
        }
        _ = try fold(&state, statusOfTheLastBout(session: true))
        #expect(state.athletes[0].phases.map(\.start) == [100, 300, 470, 500])
        #expect(state.athletes[0].bouts.map(\.start) == [100, 300, 470])
        #expect(state.athletes[0].omittedBouts == 0)
        #expect(state.athletes[0].number(ofBoutAt: 600) == 4)
    }

    @Test func anAthleteWithoutANameIsOneToo() throws {
        var state = LiveState()
        let now = #"{"class":"now","athlete":null,"t_s":1,"target":0.8}"#
        _ = try fold(&state, now)
        _ = try fold(&state, now)
        #expect(state.athletes.map(\.name) == [nil])
        #expect(state.athletes[0].displayName == "athlete")
    }

    @Test func answersAndTroubleAreTold() throws {
        var state = LiveState()
        #expect(try fold(&state, #"{"class":"done","command":"session.start"}"#) == .done(command: "session.start"))
        #expect(
            try fold(&state, #"{"class":"error","command":null,"message":"no such athlete"}"#)
                == .refused(command: nil, message: "no such athlete"))
        #expect(try fold(&state, #"{"class":"trouble","message":"disk full"}"#, at: 7) == .trouble("disk full"))
        #expect(state.trouble == .init(text: "disk full", time: 7))
        #expect(
            try fold(&state, #"{"class":"notice","device":"hci0","message":"gone"}"#, at: 8) == .notice("hci0: gone"))
        #expect(try fold(&state, #"{"class":"bye","reason":"too slow"}"#) == .farewell(reason: "too slow"))
        #expect(
            try fold(&state, #"{"class":"config","event":"refused","message":"line 3"}"#)
                == .configurationRefused("line 3"))
    }

    @Test func aLostConnectionRemembersSinceWhen() {
        var state = Messages.running
        state.lose("gone", at: 5)
        state.lose("still gone", at: 9)
        #expect(state.connection == .closed("still gone", since: 5))
        #expect(state.athletes[0].now == nil && state.sensors.isEmpty)
        #expect(state.athletes[0].bouts.count == 2)
    }

    @Test func listsStayBounded() throws {
        var state = LiveState()
        for index in 0..<200 { _ = try fold(&state, session("started", "x", athlete: "\(index)")) }
        #expect(state.athletes.count == 64)
        for index in 0..<1200 { _ = try fold(&state, sprint(Double(index), athlete: "0")) }
        #expect(state.athletes[0].bouts.count == 1000)
        #expect(state.athletes[0].bouts.last?.start == 1199)
        // The numbers go on.
        #expect(state.athletes[0].number(ofBoutAt: 1300) == 1201)
        for index in 0..<5000 { _ = try fold(&state, phase("began", "steady", Double(index), decided: 1)) }
        #expect(state.athletes.count == 64)
    }

    /// Any message with any of its values changed is folded and painted without a trap.
    @Test func mutatedMessagesDoNoHarm() {
        var random = SeededGenerator(seed: 5)
        let texts = [
            Messages.greeting, Messages.status(["Ada", "Bob"]), Messages.now(), sprint(550),
            phase("began", "sprint", 600, decided: 1),
        ]
        let pieces = [
            "null", "0", "-1e308", "1e308", "\"\"", "[]", "{}", "true", "\"sprint\"", "9007199254740992", "-9e18",
        ]
        var state = LiveState()
        var taken = 0
        for _ in 0..<600 {
            var bytes = Array(random.element(of: texts).utf8)
            let colons = bytes.indices.filter { bytes[$0] == UInt8(ascii: ":") }
            let start = random.element(of: colons) + 1
            let end = bytes[start...].firstIndex { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "}") } ?? bytes.count
            bytes.replaceSubrange(start..<end, with: random.element(of: pieces).utf8)
            guard let message = Messages.message(String(decoding: bytes, as: UTF8.self)) else { continue }
            taken += 1
            _ = state.fold(message, at: 1)
            let lines = LiveScreen.lines(
                state, LiveControls(), columns: 100, rows: 35,
                style: TextStyle(width: 80, color: .none, unicode: true), time: 2)
            #expect(lines.allSatisfy { DisplayWidth.columns(of: $0) <= 100 })
        }
        #expect(taken > 100)
    }
}
