// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import Scoring
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
        let metadata = SessionMetadata(program: "sprintd 0.1.0", athlete: athlete, replayOf: "a/b.pcapng")
        #expect(SessionMetadata(json: metadata.json) == metadata)
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
