// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import Segmentation
import TestSupport
import Testing

@testable import Scoring

/// What a score promises, over random sessions and all plans.
@Suite struct ScorePropertyTests {
    struct Bout {
        /// Share of maximum speed, and of maximum heart rate.
        var speed: Double
        var heartRate: Double
        var length: Double
        var rest: Double
        /// Where `false`, the strap alone was heard.
        var hasSpeed = true
    }

    struct Scored {
        var score: SessionScore
        var plan: PlanResult
        var scores: [SprintScore]
    }

    static let maxima = Maxima(speed: .init(8, .measured), heartRate: .init(190, .measured), restingHeartRate: 50)

    static func trace(_ bout: Bout, start: Double) -> SprintTrace {
        let speed = bout.speed * maxima.speed.value
        return SprintTrace(
            start: start, end: start + bout.length, quarterSpeeds: QuarterSecondMeans(),
            quarterHeartRates: QuarterSecondMeans(),
            workingSpeed: bout.hasSpeed ? speed : nil, meanSpeed: speed, maxSpeed: speed,
            speedCoverage: bout.hasSpeed ? 1 : 0, peakHeartRate: bout.heartRate * maxima.heartRate.value)
    }

    /// Warm-up, the bouts each with its rest, cool-down.
    static func score(_ bouts: [Bout], _ plan: Plan, target: Double? = nil) -> Scored {
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
        add(.warmup, plan.steps.first { $0.kind == .warmup }?.seconds ?? 300)
        var sprints: [SprintTrace] = []
        var intervals: [SprintTrace] = []
        for bout in bouts {
            if bout.length > 60 {
                intervals.append(trace(bout, start: time))
                add(.interval, bout.length)
            } else {
                sprints.append(trace(bout, start: time))
                add(.sprint, bout.length)
            }
            add(.recovery, bout.rest)
        }
        add(.cooldown, 300)
        let result = PlanResult(plan, phases: phases)
        func scores(_ traces: [SprintTrace], _ place: KeyPath<PlanResult.Step, Int?>) -> [SprintScore] {
            traces.enumerated().map { index, trace in
                let step = result.steps.first { $0[keyPath: place] == index }?.planned
                return SprintScore(
                    trace, maxima: maxima, target: step.map { plan.target(of: $0, athlete: target) } ?? 0.8,
                    basis: step?.basis)
            }
        }
        let sprintScores = scores(sprints, \.sprint)
        let intervalScores = scores(intervals, \.interval)
        return Scored(
            score: SessionScore(sprintScores, intervals: intervalScores, plan: result), plan: result,
            scores: sprintScores + intervalScores)
    }

    /// The plan as it is asked for, at some efforts.
    static func asPlanned(_ plan: Plan, speed: Double, heartRate: Double) -> [Bout] {
        plan.steps.indices.filter { plan.steps[$0].kind.isWork }.map { index in
            let rests = plan.steps[(index + 1)...].prefix { !$0.kind.isWork && $0.kind != .cooldown }
            return Bout(
                speed: speed, heartRate: heartRate, length: plan.steps[index].seconds,
                rest: rests.reduce(0) { $0 + $1.seconds })
        }
    }

    static func random(_ plan: Plan, _ generator: inout SeededGenerator) -> [Bout] {
        var bouts: [Bout] = []
        for bout in asPlanned(plan, speed: 0, heartRate: 0) {
            let chance = generator.uniform()
            if chance < 0.15 { continue }
            var bout = bout
            bout.speed = 0.2 + 0.9 * generator.uniform()
            bout.heartRate = 0.4 + 0.6 * generator.uniform()
            bout.length *= 0.6 + 0.8 * generator.uniform()
            bout.rest *= 0.5 + generator.uniform()
            bout.hasSpeed = generator.uniform() < 0.8
            bouts.append(bout)
            if chance > 0.9 {
                bout.length = 4 + 20 * generator.uniform()
                bouts.append(bout)
            }
        }
        return bouts
    }

    @Test(arguments: Plan.builtIn.map(\.name)) func liesBetweenNothingAndAHundredAndAddsUp(_ name: String) throws {
        let plan = try #require(Plan.named(name))
        var generator = SeededGenerator(seed: 21)
        for _ in 0..<60 {
            let scored = Self.score(Self.random(plan, &generator), plan)
            let value = try #require(scored.score.value)
            #expect((0...100.000_001).contains(value))
            #expect(abs(scored.score.components.reduce(0) { $0 + $1.points } - value) < 1e-9)
            #expect(scored.score.components.allSatisfy { $0.points >= 0 && $0.points <= $0.of + 1e-9 })
            #expect((0...1.000_001).contains(scored.plan.compliance))
            #expect((0...1.000_001).contains(scored.plan.workRest?.compliance ?? 0))
            #expect(scored.plan.steps.allSatisfy { ($0.done ?? 0) >= 0 })
            let matched = scored.plan.steps.count { $0.sprint != nil || $0.interval != nil }
            #expect(matched + scored.plan.added == scored.scores.count)
            #expect(matched + scored.plan.skipped == plan.work.count)
        }
    }

    @Test(arguments: Plan.builtIn.map(\.name)) func neverFallsWhenAnyBoutGetsBetter(_ name: String) throws {
        let plan = try #require(Plan.named(name))
        var generator = SeededGenerator(seed: 22)
        for _ in 0..<60 {
            var bouts = Self.random(plan, &generator)
            guard !bouts.isEmpty else { continue }
            let before = try #require(Self.score(bouts, plan).score.value)
            let index = Int(generator.next() % UInt64(bouts.count))
            bouts[index].speed += 0.3 * generator.uniform()
            bouts[index].heartRate += 0.1 * generator.uniform()
            #expect(try #require(Self.score(bouts, plan).score.value) >= before - 1e-9)
        }
    }

    /// The efforts that all bouts of the plan ask for, and the mark they earn; and the same with one thing missing.
    @Test(arguments: Plan.builtIn.map(\.name)) func isAHundredExactlyWhenAllWasDone(_ name: String) throws {
        let plan = try #require(Plan.named(name))
        let target = plan.work.map { plan.target(of: $0, athlete: nil) }.max() ?? 0.8
        let done = Self.asPlanned(plan, speed: target, heartRate: target)
        #expect(abs(try #require(Self.score(done, plan).score.value) - 100) < 1e-9)
        // Within a tenth is as planned.
        var loose = done
        for index in loose.indices {
            loose[index].length *= index % 2 == 0 ? 0.91 : 1.09
            loose[index].rest *= index % 2 == 0 ? 1.09 : 0.91
        }
        #expect(abs(try #require(Self.score(loose, plan).score.value) - 100) < 1e-9)
        for index in done.indices {
            var worse = done
            worse[index].speed = target - 0.02
            worse[index].heartRate = target - 0.02
            #expect(try #require(Self.score(worse, plan).score.value) < 100 - 1e-6)
            worse = done
            worse[index].length *= 0.85
            #expect(try #require(Self.score(worse, plan).score.value) < 100 - 1e-6)
            worse = done
            worse.remove(at: index)
            #expect(try #require(Self.score(worse, plan).score.value) <= 100 - 100 / Double(done.count) + 1e-6)
            // What follows the last bout is no shorter for being called cool-down, and a plan may ask for no rest.
            if index + 1 < done.count, done[index].rest > 0 {
                worse = done
                worse[index].rest *= 0.8
                #expect(try #require(Self.score(worse, plan).score.value) < 100 - 1e-6)
            }
        }
    }

    @Test(arguments: Plan.builtIn.map(\.name)) func isNothingWithoutABout(_ name: String) throws {
        let plan = try #require(Plan.named(name))
        let scored = Self.score([], plan)
        #expect(scored.score.value == 0)
        #expect(scored.plan.skipped == plan.work.count)
    }

    @Test func aBoutMoreThanPlannedCostsNothing() throws {
        var done = Self.asPlanned(.sprint5x30x90, speed: 0.85, heartRate: 0.8)
        done.insert(Bout(speed: 0.5, heartRate: 0.6, length: 8, rest: 40), at: 0)
        let scored = Self.score(done, .sprint5x30x90)
        #expect(abs(try #require(scored.score.value) - 100) < 1e-9)
        #expect(scored.plan.added == 1)
        // The stride is not the first of the set.
        #expect(abs(try #require(scored.score.fade)) < 1e-9)
    }

    /// Left out: the third. Its time and both recoveries were rest: 90 + 30 + 90 s, of which 30 s are nobody's.
    @Test func aBoutLeftOutIsNamed() throws {
        var done = Self.asPlanned(.sprint5x30x90, speed: 0.85, heartRate: 0.8)
        done.remove(at: 2)
        done[1].rest = 210
        let result = Self.score(done, .sprint5x30x90).plan
        #expect(result.steps.filter { $0.planned.kind == .sprint }.map(\.sprint) == [0, 1, nil, 2, 3])
        #expect(result.steps[4].done == 90)
        #expect(result.steps[6].done == 90)
        #expect(result.skipped == 1 && result.added == 0)
        let ratio = try #require(result.workRest)
        #expect(ratio.planned == 3)
        #expect(abs(ratio.compliance - 0.8) < 1e-9)
    }

    @Test func aSprintThatLastedTooLongIsStillThePlans() throws {
        let plan = Plan(
            name: "x",
            steps: [.init(.sprint, seconds: 60), .init(.recovery, seconds: 60), .init(.sprint, seconds: 60)],
            target: 0.8)
        let scored = Self.score(
            [
                Bout(speed: 0.85, heartRate: 0.8, length: 61, rest: 60),
                Bout(speed: 0.85, heartRate: 0.8, length: 59, rest: 0),
            ], plan)
        #expect(scored.plan.steps[0].interval == 0 && scored.plan.steps[2].sprint == 0)
        #expect(abs(try #require(scored.score.value) - 100) < 1e-9)
    }

    @Test func aPlansOwnTargetCounts() throws {
        let scored = Self.score(Self.asPlanned(.tenTwentyThirty, speed: 0.85, heartRate: 0.8), .tenTwentyThirty)
        #expect(scored.score.onTarget == 0)
        #expect(scored.scores.allSatisfy { $0.target == 0.9 })
        let four = Self.score(Self.asPlanned(.fourByFour, speed: 0.5, heartRate: 0.91), .fourByFour)
        #expect(four.score.intervalsOnTarget == 4 && four.score.sprints == 0)
        #expect(four.scores.allSatisfy { $0.basis == .heartRate })
    }
}
