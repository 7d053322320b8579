// SPDX-License-Identifier: GPL-3.0-or-later
import TestSupport
import Testing

@testable import Segmentation

@Suite struct StepFitTests {
    static let responses = StepResponses(times: [1.1, 2, 5], delay: 0.2, lag: 0.7)

    /// Observations four times a second of a step of a kind, without noise, newest first.
    static func fit(kind: Int, began age: Double, from before: Double, to after: Double, every spacing: Double = 0.25)
        -> StepFit
    {
        var fit = StepFit()
        for index in 0..<StepFit.capacity {
            let past = Double(index) * spacing
            let share = responses.values(at: age - past)[kind]
            fit.append(age: past, value: before + share * (after - before))
        }
        return fit
    }

    @Test func aResponseGoesFromNothingToAllWithoutTurning() {
        for kind in 0..<StepResponses.kinds {
            var last = 0.0
            for tenth in 0...300 {
                let value = Self.responses.values(at: Double(tenth) / 10)[kind]
                #expect(value >= last && value <= 1)
                last = value
            }
            #expect(Self.responses.values(at: -1)[kind] == 0)
            #expect(Self.responses.values(at: 0.2)[kind] < 1e-4)
            #expect(last > 0.99)
        }
    }

    /// Two first-order lags of 1.1 and 0.7 s behind 0.2 s: 1 − (1.1 e^(−t/1.1) − 0.7 e^(−t/0.7)) / 0.4, by hand at t = 1.1 and 2.2 s.
    @Test func aResponseIsThatOfTheTwoLags() {
        // 1 − (1.1 × 0.367879 − 0.7 × 0.207756) / 0.4 and 1 − (1.1 × 0.135335 − 0.7 × 0.043163) / 0.4.
        #expect(abs(Self.responses.values(at: 1.3)[0] - 0.3519) < 0.01)
        #expect(abs(Self.responses.values(at: 2.4)[0] - 0.7034) < 0.01)
    }

    @Test(arguments: [1.5, 2.0, 3.0], [0, 1])
    func datesAStepToAQuarterSecond(age: Double, kind: Int) {
        let finding = Self.fit(kind: kind, began: age, from: 0.2, to: 0.85).compare(
            StepFit.Question(bound: 0.52, rise: 0.13, oldest: 12, spacing: 0.25, variance: 0.0004),
            responses: Self.responses)
        #expect(abs(finding.age - age) <= 0.35, "\(finding.age)")
        #expect(finding.reaching < finding.staying)
    }

    @Test func aStepThatFallsShortIsNotTakenForOneThatReaches() {
        let finding = Self.fit(kind: 1, began: 4, from: 0.2, to: 0.4).compare(
            StepFit.Question(bound: 0.52, rise: 0.13, oldest: 12, spacing: 0.25, variance: 0.0004),
            responses: Self.responses)
        #expect(finding.staying < finding.reaching)
    }

    /// Sixteen seconds of a pace that is built up by 0.04 a second, and of steps.
    @Test func tellsABuildUpFromAStep() {
        let question = StepFit.Question(bound: 0, rise: 1, oldest: 16, spacing: 0.25, variance: 0.0004)
        func isStep(_ fit: StepFit, latest: Double = 6, proof: Double = 0.0024) -> Bool {
            fit.isStep(
                question, slope: 0.065, margin: 0.0012, settled: 3, proof: proof, latest: latest,
                responses: Self.responses)
        }
        for age in [5.0, 8, 11] {
            let after = 0.3 + 0.04 * StepResponses.buildUpSeconds
            let fit = Self.fit(kind: StepResponses.buildUp, began: age, from: 0.3, to: after, every: 16 / 24)
            #expect(!isStep(fit), "\(age)")
        }
        for kind in 0..<2 { #expect(isStep(Self.fit(kind: kind, began: 3, from: 0.3, to: 0.85, every: 16 / 24))) }
        #expect(!isStep(Self.fit(kind: 0, began: 9, from: 0.3, to: 0.85, every: 16 / 24)))
        // The step fits exactly and the line by less than infinitely worse: what has settled needs the proof, what has not does not.
        #expect(!isStep(Self.fit(kind: 0, began: 4, from: 0.3, to: 0.85, every: 16 / 24), proof: .infinity))
        #expect(isStep(Self.fit(kind: 0, began: 2, from: 0.3, to: 0.85, every: 16 / 24), proof: .infinity))
    }

    @Test func datesASlowing() {
        let finding = Self.fit(kind: 0, began: 3, from: 0.8, to: 0.2).compare(
            StepFit.Question(bound: 0.8, rise: -0.06, oldest: 12, spacing: 0.25, variance: 0.0004),
            responses: Self.responses)
        #expect(abs(finding.age - 3) <= 0.35, "\(finding.age)")
    }

    /// What is given up early must be what the whole comparison would have refused: random signals, half of them with a step in them, at
    /// random odds.
    @Test func givingUpEarlyChangesNoDecision() {
        var generator = SeededGenerator(seed: 11)
        var outcomes = (yes: 0, no: 0)
        for _ in 0..<2000 {
            let spacing = Double.random(in: 0.2...2, using: &generator)
            let after = Bool.random(using: &generator) ? 0.3 : Double.random(in: 0.2...1, using: &generator)
            let age = Double.random(in: 0...8, using: &generator)
            let noise = Double.random(in: 0...0.05, using: &generator)
            var fit = StepFit()
            for index in 0..<Int.random(in: 0...StepFit.capacity, using: &generator) {
                let past = Double(index) * spacing
                let share = Self.responses.values(at: age - past)[Int.random(in: 0..<2, using: &generator)]
                let value = 0.3 + share * (after - 0.3) + Double.random(in: -noise...noise, using: &generator)
                fit.append(age: past, value: value)
            }
            let rise = Double.random(in: -0.2...0.2, using: &generator)
            let question = StepFit.Question(
                bound: Double.random(in: 0.3...0.8, using: &generator), rise: rise, oldest: 12, spacing: spacing,
                variance: 0.0004, penalty: 0.004)
            let odds = Double.random(in: 0.5...8, using: &generator)
            let finding = fit.compare(question, responses: Self.responses)
            let isFound = (finding.staying - finding.reaching) / 0.001 >= odds
            #expect(fit.reaches(question, odds: odds, scale: 0.001, responses: Self.responses) == isFound)
            if isFound { outcomes.yes += 1 } else { outcomes.no += 1 }
        }
        #expect(outcomes.yes > 20 && outcomes.no > 200, "\(outcomes)")
    }

    @Test func nothingIsFoundInNothing() {
        let finding = StepFit().compare(
            StepFit.Question(bound: 0.5, rise: 0.1, oldest: 10, spacing: 1, variance: 0.0004),
            responses: Self.responses)
        #expect(finding.reaching == .infinity && finding.age == 0)
    }

    @Test(arguments: [Double.nan, .infinity, 1e300, -1e300])
    func nonsenseDoesNotTrap(value: Double) {
        var fit = Self.fit(kind: 0, began: 2, from: 0.2, to: 0.8, every: 0.5)
        fit.removeAll()
        for index in 0..<30 { fit.append(age: Double(index), value: index == 3 ? value : 0.3) }
        #expect(fit.count == StepFit.capacity)
        _ = fit.compare(
            StepFit.Question(bound: 0.5, rise: 0.1, oldest: 90, spacing: 10, variance: 0.0004),
            responses: Self.responses)
    }
}
