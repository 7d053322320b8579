// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import Segmentation
import TestSupport
import Testing

@testable import Scoring

@Suite struct SessionScoreTests {
    static let maxima = Maxima(speed: .init(8, .measured), heartRate: .init(190, .measured), restingHeartRate: 50)

    /// A sprint run at one speed throughout.
    static func trace(start: Double, length: Double, share: Double, peak: Double? = 170) -> SprintTrace {
        let speed = share * maxima.speed.value
        return SprintTrace(
            start: start, end: start + length,
            quarterSpeeds: QuarterSecondMeans(Array(repeating: speed, count: Int(length * 4))),
            quarterHeartRates: QuarterSecondMeans(peak.map { Array(repeating: $0, count: Int(length * 4)) } ?? []),
            workingSpeed: speed, meanSpeed: speed, maxSpeed: speed, speedCoverage: 1, peakHeartRate: peak)
    }

    struct Done {
        var share: Double
        var length = 30.0
        var recovery = 90.0
    }

    static func score(_ done: [Done], warmup: Double = 300, cooldown: Double = 300) -> (SessionScore, PlanResult) {
        var phases: [PhaseRecord] = []
        var time = 0.0
        func add(_ kind: PhaseKind, _ seconds: Double) {
            var phase = PhaseRecord(
                PhaseStart(
                    kind: kind, start: Timestamp(seconds: time), decided: Timestamp(seconds: time), evidence: .speed,
                    confidence: 1))
            time += seconds
            phase.end = time
            phases.append(phase)
        }
        add(.warmup, warmup)
        var scores: [SprintScore] = []
        for sprint in done {
            scores.append(
                SprintScore(
                    trace(start: time, length: sprint.length, share: sprint.share), maxima: maxima, target: 0.8))
            add(.sprint, sprint.length)
            add(.recovery, sprint.recovery)
        }
        add(.cooldown, cooldown)
        let plan = PlanResult(.sprint5x30x90, phases: phases)
        return (SessionScore(scores, plan: plan), plan)
    }

    @Test func theWorkoutAsPlannedIsAHundred() throws {
        let (score, plan) = Self.score(Array(repeating: Done(share: 0.85), count: 5))
        #expect(abs(try #require(score.value) - 100) < 1e-9)
        #expect(plan.compliance == 1)
        #expect(score.onTarget == 5)
        #expect(abs(try #require(score.fade)) < 1e-12)
        #expect(abs(try #require(score.consistency) - 1) < 1e-12)
    }

    @Test(arguments: [0, 1, 2, 3, 4])
    func anythingMissingIsLessThanAHundred(sprint: Int) throws {
        var done = Array(repeating: Done(share: 0.85), count: 5)
        done[sprint].share = 0.79
        #expect(try #require(Self.score(done).0.value) < 100)
        done[sprint] = Done(share: 0.85, length: 26)
        #expect(try #require(Self.score(done).0.value) < 100)
        done[sprint] = Done(share: 0.85, recovery: 70)
        let short = try #require(Self.score(done).0.value)
        // The last recovery runs into the cool-down: nobody sprints in either.
        if sprint < 4 { #expect(short < 100) }
        done.remove(at: sprint)
        #expect(try #require(Self.score(done).0.value) <= 80)
    }

    @Test func noSprintIsNothing() {
        #expect(Self.score([]).0.value == 0)
        #expect(SessionScore([], plan: nil).value == nil)
    }

    @Test func componentsAddUp() throws {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<200 {
            let done = (0..<Int(generator.next() % 8)).map { _ in
                Done(
                    share: 0.3 + 0.8 * generator.uniform(), length: 5 + 50 * generator.uniform(),
                    recovery: 20 + 150 * generator.uniform())
            }
            let score = Self.score(done).0
            let value = try #require(score.value)
            #expect((0...100.000001).contains(value))
            #expect(abs(score.components.reduce(0) { $0 + $1.points } - value) < 1e-9)
            #expect(score.components.allSatisfy { $0.points >= 0 && $0.points <= $0.of + 1e-9 })
        }
    }

    @Test func neverFallsWhenASprintGetsFaster() throws {
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<300 {
            var done = (0..<(1 + Int(generator.next() % 7))).map { _ in
                Done(
                    share: 0.3 + 0.7 * generator.uniform(), length: 15 + 30 * generator.uniform(),
                    recovery: 60 + 60 * generator.uniform())
            }
            let before = try #require(Self.score(done).0.value)
            done[Int(generator.next() % UInt64(done.count))].share += 0.2 * generator.uniform()
            #expect(try #require(Self.score(done).0.value) >= before - 1e-9)
        }
    }

    @Test func standingAboutIsNoWarmUp() {
        var phases: [PhaseRecord] = []
        for (kind, start, end) in [(PhaseKind.rest, 0.0, 200.0), (.warmup, 200, 500), (.sprint, 500, 530)] {
            var phase = PhaseRecord(
                PhaseStart(
                    kind: kind, start: Timestamp(seconds: start), decided: Timestamp(seconds: start), evidence: .speed,
                    confidence: 1))
            phase.end = end
            phases.append(phase)
        }
        #expect(PlanResult(.sprint5x30x90, phases: phases).steps[0].done == 300)
    }

    @Test func aRecoveryOfTheNextSprintIsBlank() {
        let phases = Self.score([Done(share: 0.9, recovery: 50), Done(share: 0.9)]).1
        #expect(phases.steps[2].done == 50)
        #expect(phases.steps[5].done == nil)
        #expect(phases.steps[5].share == 0)
    }
}

@Suite struct SprintScoreTests {
    static let known = SessionScoreTests.maxima

    @Test func speedRulesWhenItsMaximumIsKnown() {
        let score = SprintScore(
            SessionScoreTests.trace(start: 0, length: 30, share: 0.82), maxima: Self.known, target: 0.8)
        #expect(score.basis == .speed)
        #expect(score.isOnTarget)
        #expect(score.timeOnTarget == 30)
        #expect(score.internal.map { abs($0 - 170.0 / 190) < 1e-12 } == true)
        #expect(score.reserve.map { abs($0 - 120.0 / 140) < 1e-12 } == true)
    }

    @Test func heartRateRulesWhenMaximumSpeedIsAGuess() {
        var maxima = Self.known
        maxima.speed.basis = .estimated
        let score = SprintScore(SessionScoreTests.trace(start: 0, length: 30, share: 0.6), maxima: maxima, target: 0.8)
        #expect(score.basis == .heartRate)
        #expect(score.isOnTarget)
        let alone = SprintScore(
            SessionScoreTests.trace(start: 0, length: 30, share: 0.6, peak: nil), maxima: maxima, target: 0.8)
        #expect(alone.basis == .speed)
        #expect(!alone.isOnTarget)
    }

    @Test func heartRateRulesWhenSpeedCoversTooLittle() {
        var trace = SessionScoreTests.trace(start: 0, length: 30, share: 0.9)
        trace.speedCoverage = 0.79
        #expect(SprintScore(trace, maxima: Self.known, target: 0.8).basis == .heartRate)
        trace.speedCoverage = 0.8
        #expect(SprintScore(trace, maxima: Self.known, target: 0.8).basis == .speed)
    }

    @Test func nothingMeasuredIsBlank() {
        var trace = SessionScoreTests.trace(start: 0, length: 30, share: 0.9, peak: nil)
        trace.workingSpeed = nil
        trace.speedCoverage = 0
        let score = SprintScore(trace, maxima: Self.known, target: 0.8)
        #expect(score.effort == nil && score.basis == nil && !score.isOnTarget && score.timeOnTarget == 0)
    }

    @Test func estimatesMaximumHeartRateFromAge() {
        #expect(Maxima.estimatedHeartRate(age: 40) == 180)
    }
}
