// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import Testing

@testable import Fusion

@Suite struct CadenceRuleTests {
    /// Reads the value once a second for `seconds`, and returns the last answer and the finding.
    private func read(
        _ raw: Double, _ stated: Cadence.Convention = .unknown, at speed: Double?, for seconds: Int,
        configured: Cadence.Convention = .unknown
    ) -> (CadenceRule.Reading, CadenceFinding?) {
        var rule = CadenceRule(configured: configured)
        var last = CadenceRule.Reading.unknown
        for second in 0...seconds {
            last = rule.read(
                Cadence(perMinute: raw, convention: stated), speed: speed,
                at: Int64(second) * 1_000_000_000)
        }
        return (last, rule.finding)
    }

    struct Gait: Sendable, CustomTestStringConvertible {
        var name: String
        var raw: Double
        var speed: Double?
        var expected: CadenceRule.Reading
        var finding: CadenceFinding
        var testDescription: String { name }
    }
    static let gaits: [Gait] = [
        Gait(
            name: "170 at a run is steps", raw: 170, speed: 3, expected: .steps(170),
            finding: CadenceFinding(convention: .steps, basis: .inferred, contradicted: false)),
        Gait(
            name: "95 at a run is strides", raw: 95, speed: 3, expected: .steps(190),
            finding: CadenceFinding(convention: .strides, basis: .inferred, contradicted: false)),
        Gait(
            name: "100 at a walk is steps", raw: 100, speed: 1.4, expected: .steps(100),
            finding: CadenceFinding(convention: .steps, basis: .inferred, contradicted: false)),
        Gait(
            name: "55 at a walk is strides", raw: 55, speed: 1.4, expected: .steps(110),
            finding: CadenceFinding(convention: .strides, basis: .inferred, contradicted: false)),
        Gait(
            name: "130 at a sprint is strides", raw: 130, speed: 9, expected: .steps(260),
            finding: CadenceFinding(convention: .strides, basis: .inferred, contradicted: false)),
        Gait(
            name: "260 at a sprint is steps", raw: 260, speed: 9, expected: .steps(260),
            finding: CadenceFinding(convention: .steps, basis: .inferred, contradicted: false)),
        Gait(
            name: "100 without a speed stays open", raw: 100, speed: nil, expected: .steps(100),
            finding: CadenceFinding(convention: .steps, basis: .assumed, contradicted: false)),
        Gait(
            name: "78 at a walk stays open", raw: 78, speed: 1.4, expected: .steps(78),
            finding: CadenceFinding(convention: .steps, basis: .assumed, contradicted: false)),
        Gait(
            name: "170 without a speed is steps", raw: 170, speed: nil, expected: .steps(170),
            finding: CadenceFinding(convention: .steps, basis: .inferred, contradicted: false)),
    ]

    @Test(arguments: gaits) func infersFromSpeed(_ gait: Gait) {
        let (reading, finding) = read(gait.raw, at: gait.speed, for: 10)
        #expect(reading == gait.expected)
        #expect(finding == gait.finding)
    }

    @Test func tellsNothingWhileSpeedSpeaksForUndecidedStrides() {
        #expect(read(95, at: 3, for: 4).0 == .unknown)
        #expect(read(95, at: 3, for: 5).0 == .steps(190))
    }

    @Test func fourReadingsASecondDecideNoSooner() {
        var rule = CadenceRule(configured: .unknown)
        for quarter in 0..<16 {
            _ = rule.read(Cadence(perMinute: 85, convention: .unknown), speed: 3, at: Int64(quarter) * 250_000_000)
        }
        #expect(rule.finding?.basis == .assumed)
    }

    @Test func keepsWhatItDecided() {
        var rule = CadenceRule(configured: .unknown)
        for second in 0..<60 {
            _ = rule.read(Cadence(perMinute: 85, convention: .unknown), speed: 3, at: Int64(second) * 1_000_000_000)
        }
        for second in 60..<600 {
            _ = rule.read(Cadence(perMinute: 170, convention: .unknown), speed: 3, at: Int64(second) * 1_000_000_000)
        }
        #expect(rule.finding == CadenceFinding(convention: .strides, basis: .inferred, contradicted: false))
    }

    @Test func mixedEvidenceDecidesNothing() {
        var rule = CadenceRule(configured: .unknown)
        for second in 0..<200 {
            _ = rule.read(
                Cadence(perMinute: second % 3 == 0 ? 85 : 170, convention: .unknown), speed: 3,
                at: Int64(second) * 1_000_000_000)
        }
        #expect(rule.finding?.basis == .assumed)
    }

    @Test func keepsAStatedConventionThatMovementContradicts() {
        let (reading, finding) = read(170, .strides, at: 3, for: 10)
        #expect(reading == .contradicted(340))
        #expect(finding == CadenceFinding(convention: .strides, basis: .stated, contradicted: true))
        #expect(read(85, .steps, at: 3, for: 10).1?.contradicted == true)
        #expect(read(85, .strides, at: 3, for: 10).1?.contradicted == false)
    }

    @Test func theConfigurationWins() {
        let (reading, finding) = read(170, .strides, at: 3, for: 10, configured: .steps)
        #expect(reading == .steps(170))
        #expect(finding == CadenceFinding(convention: .steps, basis: .configured, contradicted: false))
    }

    @Test func standingSaysNothing() {
        let (reading, finding) = read(0, at: 0, for: 100)
        #expect(reading == .steps(0))
        #expect(finding?.basis == .assumed)
    }
}
