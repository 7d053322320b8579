// SPDX-License-Identifier: GPL-3.0-or-later
import Scoring
import SessionStore
import Testing

@Suite struct ObservedHistoryTests {
    static func digest(
        _ name: String, athlete: String? = "Ada", sprints: Int = 5, speed: Double, heartRate: Double
    ) throws -> SessionDigest {
        let who = athlete.map { "\"\($0)\"" } ?? "null"
        return try #require(
            SessionDigest(
                name: name,
                analysis: """
                    {"schema":"sprintd.analysis/1","source":{"duration_s":1200.5},
                     "athlete":{"name":\(who),"mass_kg":61.5},
                     "score":{"value":88.25,"sprints":\(sprints),"intervals":1},
                     "best":{"speed_5s_mps":\(speed),"hr_5s_bpm":\(heartRate)},"load":{"edwards_trimp":45.5}}
                    """))
    }

    @Test func aDigestSaysWhatTheAnalysisSays() throws {
        let digest = try Self.digest("20260105T060000Z-ada", speed: 7.125, heartRate: 181)
        #expect(digest.start == 1_767_592_800)
        #expect(digest.athlete == "Ada" && digest.mass == 61.5 && digest.duration == 1200.5)
        #expect(digest.score == 88.25 && digest.sprints == 5 && digest.intervals == 1 && digest.load == 45.5)
        #expect(digest.bestSpeed == 7.125 && digest.bestHeartRate == 181)
    }

    @Test(arguments: ["", "{}", "[]", #"{"schema":"other/1"}"#, #"{"schema":"sprintd.analysis/1""#])
    func whatIsNoAnalysisHasNoDigest(_ text: String) {
        #expect(SessionDigest(name: "x", analysis: text) == nil)
    }

    @Test func anAnalysisOfTheWrongKindSaysNothing() throws {
        let digest = try #require(
            SessionDigest(
                name: "..",
                analysis:
                    #"{"schema":"sprintd.analysis/1","score":{"sprints":1e300,"value":"x"},"best":[1],"athlete":3}"#))
        #expect(digest.start == nil && digest.sprints == 0 && digest.score == nil && digest.bestSpeed == nil)
    }

    @Test func growsFromSessionToSession() throws {
        let digests = [
            // Not in order, and of two.
            try Self.digest("20260107T060000Z-ada", speed: 7.25, heartRate: 180),
            try Self.digest("20260105T060000Z-ada", speed: 7, heartRate: 181),
            try Self.digest("20260106T060000Z-bob", athlete: "Bob", speed: 9, heartRate: 200),
            try Self.digest("20260108T060000Z-ada", speed: 7.125, heartRate: 175),
            try Self.digest("20260109T060000Z-ada", sprints: 0, speed: 8, heartRate: 190),
            try Self.digest("somewhere", speed: 12, heartRate: 230),
        ]
        let history = ObservedHistory(digests, athlete: "Ada")
        #expect(
            history.versions.map(\.session) == [
                "20260105T060000Z-ada", "20260107T060000Z-ada", "20260109T060000Z-ada",
            ])
        #expect(history.maxima(before: 1_767_592_800) == ObservedMaxima())
        #expect(history.maxima(before: 1_767_592_801).speed == .init(7, session: "20260105T060000Z-ada"))
        let now = history.maxima(before: nil)
        #expect(now.speed == .init(7.25, session: "20260107T060000Z-ada"))
        #expect(now.heartRate == .init(190, session: "20260109T060000Z-ada"))
        #expect(ObservedHistory(digests, athlete: nil).versions.isEmpty)
    }

    @Test(arguments: [
        "20260105T060000Z-ada", "20260105T060000Z-ada-2", "19700101T000000Z-x", "20260105T060000Z",
        "20261305T060000Z-x",
        "20260105T250000Z-x", "2026 105T060000Z-x", "",
    ])
    func theStartIsInTheName(_ name: String) {
        let known = [
            "20260105T060000Z-ada": 1_767_592_800, "20260105T060000Z-ada-2": 1_767_592_800, "19700101T000000Z-x": 0,
        ]
        #expect(SessionName.start(of: name) == known[name].map(Int64.init))
    }
}
