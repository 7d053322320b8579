// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import Scoring
import Segmentation
import SessionStore
import Testing

@Suite struct SessionMetadataTests {
    @Test func readsWhatItWrites() {
        var athlete = Athlete()
        athlete.name = "Ada \"the Fast\""
        athlete.maxSpeed = 8.125
        athlete.maxHeartRate = 192
        athlete.restingHeartRate = 48.5
        athlete.birthYear = 1990
        athlete.sex = .female
        athlete.mass = 61.5
        athlete.sensors = [.ant(deviceType: 120, number: 7), .bluetooth(address: 0xC412_F500_A001)]
        athlete.plan = "sprint-5x30-90"
        athlete.target = 0.85
        athlete.cadence = [.bluetooth(address: 0xC412_F500_A001): .strides]
        athlete.observed.speed = .init(7.875, session: "20260101T060000Z-ada")
        athlete.observed.heartRate = .init(188.5, session: "20260103T060000Z-ada")
        let plan = Plan(
            name: "hills",
            steps: [
                .init(.warmup, seconds: 600), .init(.sprint, seconds: 20.5, target: 0.9, basis: .speed),
                .init(.recovery, seconds: 100),
            ], target: 0.85, source: "my coach")
        let metadata = SessionMetadata(
            program: "sprintd 0.1.0", athlete: athlete, plan: plan, replayOf: "a/b.pcapng")
        #expect(SessionMetadata(json: metadata.json) == metadata)
        #expect(metadata.asKept == metadata)
    }

    /// What is live has to rest on what a replay will read.
    @Test func whatIsKeptIsWhatIsRead() throws {
        var athlete = Athlete()
        athlete.maxSpeed = 8.123_456
        let kept = SessionMetadata(program: "x", athlete: athlete).asKept
        #expect(kept.athlete.maxSpeed == 8.123)
        #expect(kept.asKept == kept)
    }

    /// A section comment holds 65 535 bytes at most.
    @Test func theLongestPlanFitsIntoAHeader() {
        let step = Plan.Step(.interval, seconds: 14_399.999, target: 0.9999, basis: .heartRate)
        let text = String(repeating: "é", count: Plan.longestText)
        let plan = Plan(name: text, steps: Array(repeating: step, count: Plan.mostSteps), target: 0.8, source: text)
        #expect(SessionMetadata(program: "x", athlete: Athlete(), plan: plan).json.utf8.count < 60_000)
    }

    @Test func aPlanByNameIsThatOfThisVersion() throws {
        let text = #"{"schema":"sprintd.session/1","athlete":{"plan":"tabata"}}"#
        #expect(try #require(SessionMetadata(json: text)).plan == .tabata)
        let unknown = #"{"schema":"sprintd.session/1","athlete":{"plan":"of tomorrow"}}"#
        #expect(try #require(SessionMetadata(json: unknown)).plan == nil)
    }

    @Test(arguments: [
        #"{"name":"","target":0.8,"steps":[{"kind":"sprint","seconds":30}]}"#,
        #"{"name":"x","target":9,"steps":[{"kind":"sprint","seconds":30}]}"#,
        #"{"name":"x","target":0.8,"steps":[]}"#,
        #"{"name":"x","target":0.8,"steps":[{"kind":"run","seconds":30}]}"#,
        #"{"name":"x","target":0.8,"steps":[{"kind":"sprint","seconds":1e300}]}"#,
        #"{"name":"x","target":0.8,"steps":{"kind":"sprint"}}"#,
        #""sprint-5x30-90""#,
    ])
    func aPlanThatNoFileMayHoldIsAbsent(_ plan: String) throws {
        let text = #"{"schema":"sprintd.session/1","athlete":{},"plan":"# + plan + "}"
        #expect(try #require(SessionMetadata(json: text)).plan == nil)
    }

    /// More digits than a JSON number keeps.
    @Test func theClocksAreReadToTheNanosecond() {
        let clock = ClockAnchor(
            boot: Timestamp(nanoseconds: 987_654_321_987_654_321),
            unix: Timestamp(nanoseconds: 1_767_592_800_123_456_789))
        let metadata = SessionMetadata(program: "sprintd 0.1.0", athlete: Athlete(), clock: clock)
        #expect(SessionMetadata(json: metadata.json) == metadata)
    }

    @Test func anAthleteOfWhomNothingIsKnownStaysSo() {
        let metadata = SessionMetadata(program: "sprintd 0.1.0", athlete: Athlete())
        #expect(SessionMetadata(json: metadata.json) == metadata)
    }

    @Test(arguments: ["", "{}", "made by hand", #"{"schema":"other/1"}"#, #"{"schema":"sprintd.session/1""#])
    func anotherCommentIsNone(_ text: String) {
        #expect(SessionMetadata(json: text) == nil)
    }

    @Test func membersOfTheWrongKindAreAbsent() throws {
        let text =
            #"{"schema":"sprintd.session/1","athlete":{"max_speed_mps":"fast","sensors":[1,"x"],"birth_year":1e300}}"#
        let metadata = try #require(SessionMetadata(json: text))
        #expect(metadata.athlete == Athlete())
    }

    @Test func figuresThatNoAthleteFileMayHoldAreAbsent() throws {
        let text =
            #"{"schema":"sprintd.session/1","athlete":{"max_speed_mps":0,"max_hr_bpm":1e308,"resting_hr_bpm":-5,"mass_kg":1}}"#
        #expect(try #require(SessionMetadata(json: text)).athlete == Athlete())
    }
}
