// SPDX-License-Identifier: GPL-3.0-or-later
import Foundation
import Measurement
import Simulation
import Testing

@Suite struct TruthTests {
    private func parse(_ text: String) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test func theTruthIsJSONAndSaysWhatTheRecordsSay() throws {
        var session = SimulatedSession(
            configuration(seed: .max) {
                $0.athletes = 2
                $0.strap = .both
                $0.lossShare = 0.1
                $0.belowTargetSprints = [2]
            })
        session.run { _, _ in }
        let text = session.truth()
        #expect(text == session.truth())
        let truth = try parse(text)
        #expect(truth["schema"] as? String == "sprintd.truth/1")
        // As text: JSON's numbers are doubles to many readers.
        #expect(truth["seed"] as? String == "18446744073709551615")
        let athletes = try #require(truth["athletes"] as? [[String: Any]])
        #expect(athletes.count == 2)
        for (index, athlete) in athletes.enumerated() {
            let record = session.records[index]
            #expect(athlete["beats"] as? Int == record.beats)
            let sprints = try #require(athlete["sprints"] as? [[String: Any]])
            #expect(sprints.map { $0["on_target"] as? Bool } == [true, false, true, true, true])
            for (sprint, bout) in zip(sprints, record.bouts) {
                #expect(abs((sprint["start_s"] as? Double ?? -1) - bout.start) < 0.001)
                #expect(abs((sprint["effort"] as? Double ?? -1) - bout.effort) < 0.001)
            }
            let phases = try #require(athlete["phases"] as? [[String: Any]])
            #expect(phases.map { $0["kind"] as? String } == record.phases.map { $0.activity.rawValue })
            let sensors = try #require(athlete["sensors"] as? [[String: Any]])
            #expect(sensors.map { $0["id"] as? String } == session.sensors(of: index).map(\.id.description))
            #expect(sensors.allSatisfy { ($0["dropped"] as? Int ?? 0) > 50 })
            #expect(sensors[1]["same_as"] is NSNull)
            #expect(sensors[0]["same_as"] as? String == sensors[2]["id"] as? String)
        }
    }

    @Test func theDurationIsTheLastFramesTime() {
        var session = SimulatedSession(configuration("sprint-1x10-20") { $0.startTime = Timestamp(seconds: 5000) })
        var last = Timestamp.zero
        session.run { frame, _ in last = frame.time }
        #expect(abs(session.duration - (last.seconds - 5000)) < 1e-6)
        #expect(session.records[0].phases.last.map { abs($0.end - session.duration) < 2 } == true)
    }

    /// A frame lies in the time that has been made when it is given out, and bodies settle before the first one.
    @Test func theTimeThatIsMadeGoesWithTheFrames() {
        var session = SimulatedSession(configuration("sprint-1x10-20"))
        #expect(session.time < 0)
        while session.frames == 0 {
            #expect(session.step { _, _ in })
            #expect(session.time < 0.06)
        }
        var before = session.time
        while session.step({ frame, _ in
            // Up to the host's own delay, as much as a hundred jitters of 1 ms.
            #expect(frame.time.seconds > before - 0.001 && frame.time.seconds < before + 0.05 + 0.15)
        }) {
            #expect(abs(session.time - before - 0.05) < 1e-6)
            before = session.time
        }
    }

    @Test func withoutRoomForTheTruthTheSessionIsTheSame() {
        func frames(_ limit: Int) -> (bytes: [UInt8], session: SimulatedSession) {
            var bytes: [UInt8] = []
            var session = SimulatedSession(
                configuration("sprint-2x10-20") {
                    $0.outageEvery = 60
                    $0.warmUpStrides = 2
                    $0.truthLimit = limit
                })
            session.run { _, data in for index in data.indices { bytes.append(data[index]) } }
            return (bytes, session)
        }
        let (whole, kept) = frames(20_000)
        let (bare, forgotten) = frames(0)
        #expect(bare == whole)
        #expect(kept.records[0].bouts.count == 2 && !kept.sensors(of: 0)[1].outages.isEmpty)
        let record = forgotten.records[0]
        #expect(record.bouts.isEmpty && record.phases.isEmpty && record.strides.isEmpty)
        #expect(record.beats == kept.records[0].beats)
        #expect(forgotten.sensors(of: 0).allSatisfy { $0.outages.isEmpty && $0.sent > 0 })
    }
}
