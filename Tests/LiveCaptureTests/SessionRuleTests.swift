// SPDX-License-Identifier: GPL-3.0-or-later
import LiveCapture
import Measurement
import Testing

@Suite struct SessionRuleTests {
    private static func at(_ seconds: Double) -> Timestamp { Timestamp(seconds: seconds) }

    @Test func beginsWithTheFirstSignAndEndsAfterFiveMinutesOfSilence() {
        var rule = SessionRule()
        #expect(rule.deadline == nil)
        #expect(rule.tick(at: Self.at(1e6)) == nil)
        #expect(rule.sign(at: Self.at(10)) == .start)
        #expect(rule.sign(at: Self.at(20)) == nil)
        #expect(rule.deadline == Self.at(320))
        #expect(rule.tick(at: Self.at(319.999)) == nil)
        #expect(rule.tick(at: Self.at(320)) == .stop)
        #expect(!rule.isRunning)
        #expect(rule.sign(at: Self.at(321)) == .start)
    }

    @Test func aStopHoldsUntilTheSensorsHaveBeenSilent() {
        var rule = SessionRule(silence: 60)
        #expect(rule.sign(at: Self.at(0)) == .start)
        #expect(rule.take(.stop, at: Self.at(5)) == .stop)
        #expect(rule.sign(at: Self.at(6)) == nil)
        #expect(rule.sign(at: Self.at(50)) == nil)
        #expect(rule.tick(at: Self.at(109)) == nil)
        #expect(rule.tick(at: Self.at(110)) == nil)
        #expect(rule.sign(at: Self.at(111)) == .start)
    }

    @Test func aStartNeedsNoSignAndEndsWithSilenceToo() {
        var rule = SessionRule(silence: 60)
        #expect(rule.take(.start, at: Self.at(0)) == .start)
        #expect(rule.take(.start, at: Self.at(10)) == nil)
        #expect(rule.tick(at: Self.at(70)) == .stop)
        #expect(rule.take(.stop, at: Self.at(80)) == nil)
    }

    @Test func byCommandASignBeginsNothingAndKeepsOnGoing() {
        var rule = SessionRule(silence: 60, startsBySign: false)
        #expect(rule.sign(at: Self.at(0)) == nil)
        #expect(rule.deadline == nil)
        #expect(rule.take(.start, at: Self.at(10)) == .start)
        #expect(rule.sign(at: Self.at(50)) == nil)
        #expect(rule.tick(at: Self.at(80)) == nil)
        #expect(rule.tick(at: Self.at(110)) == .stop)
        #expect(rule.sign(at: Self.at(111)) == nil)
        #expect(!rule.isRunning)
    }

    @Test func aStartEndsAHold() {
        var rule = SessionRule(silence: 60)
        #expect(rule.sign(at: Self.at(0)) == .start)
        #expect(rule.take(.stop, at: Self.at(1)) == .stop)
        #expect(rule.take(.start, at: Self.at(2)) == .start)
    }

    @Test(
        arguments: [
            (Reading.heartRate(.init(beatsPerMinute: 60)), true),
            (.heartRate(.init(beatsPerMinute: 60, skinContact: true)), true),
            (.heartRate(.init(beatsPerMinute: 60, skinContact: false)), false),
            (.heartRate(.init(beatsPerMinute: nil)), false), (.heartRate(.init(beatsPerMinute: 0)), false),
            (.heartRate(.init(beatsPerMinute: .nan)), false), (.heartRate(.init(beatsPerMinute: 255)), false),
            (.stride(.init(speed: 0)), false), (.stride(.init(speed: 1.2)), true), (.stride(.init(speed: .nan)), false),
            (.stride(.init(speed: 0, cadence: .init(perMinute: 80, convention: .strides))), true),
            (.stride(.init(speed: 0, cadence: .init(perMinute: 0, convention: .strides), distance: 100)), false),
            (.rrInterval(.init(ticks: 800, followsGap: false)), false), (.battery(percent: 90), false),
        ] as [(Reading, Bool)])
    func aSignIsAHeartRateOrMovement(_ reading: Reading, _ expected: Bool) {
        #expect(reading.isSignOfLife == expected)
    }
}
