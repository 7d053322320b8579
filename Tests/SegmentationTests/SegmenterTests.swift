// SPDX-License-Identifier: GPL-3.0-or-later
import Fusion
import Measurement
import TestSupport
import Testing

@testable import Segmentation

@Suite struct SegmenterTests {
    /// Phases with their ends, as a listener would collect them.
    struct Phase: Equatable {
        var start: PhaseStart
        var end: Double
        var becameInterval: Double?
    }

    static func phases(
        _ samples: [FusedSample], _ configuration: SegmenterConfiguration = .init(maxSpeed: 8)
    ) -> [Phase] {
        var segmenter = Segmenter(configuration: configuration)
        var phases: [Phase] = []
        for sample in samples {
            segmenter.ingest(sample) { change in
                switch change {
                case .began(let start):
                    if !phases.isEmpty { phases[phases.count - 1].end = start.start.seconds }
                    phases.append(Phase(start: start, end: start.start.seconds))
                case .becameInterval(let decided):
                    phases[phases.count - 1].becameInterval = decided.seconds
                    phases[phases.count - 1].start.kind = .interval
                }
            }
        }
        if !phases.isEmpty { phases[phases.count - 1].end = samples.last?.time.seconds ?? 0 }
        return phases
    }

    @Test(arguments: [20.0, 4.0, 1.0, 0.2], [UInt64(1), 2, 3])
    func findsTheFiveSprintsOfTheWorkout(rate: Double, seed: UInt64) {
        var run = SyntheticRun.sprints
        run.rate = rate
        run.seed = seed
        let sprints = Self.phases(run.samples()).filter { $0.start.kind == .sprint }
        #expect(sprints.count == 5)
        // Between two samples nobody can know where an edge lay.
        let tolerance = max(2, 1.2 / rate)
        for (index, sprint) in sprints.enumerated() {
            let truth = 300 + 120 * Double(index)
            #expect(abs(sprint.start.start.seconds - truth) <= tolerance)
            #expect(abs(sprint.end - (truth + 30)) <= tolerance)
        }
    }

    @Test func namesWarmupRecoveryAndCooldown() {
        let kinds = Self.phases(SyntheticRun.sprints.samples()).map(\.start.kind)
        #expect(
            kinds == [
                .warmup, .sprint, .recovery, .sprint, .recovery, .sprint, .recovery, .sprint, .recovery, .sprint,
                .recovery, .cooldown,
            ])
    }

    @Test func findsTheCooldownWhereTheJogBegins() throws {
        let cooldown = try #require(Self.phases(SyntheticRun.sprints.samples()).last)
        #expect(cooldown.start.kind == .cooldown)
        #expect(abs(cooldown.start.start.seconds - 900) < 8)
    }

    @Test func aSteadyRunHasNoSprint() {
        let run = SyntheticRun(
            pieces: [
                .init(seconds: 600, speed: 2.7), .init(seconds: 30, speed: 3.2), .init(seconds: 900, speed: 2.8),
                .init(seconds: 60, speed: 0, ramp: 2), .init(seconds: 900, speed: 2.9, ramp: 3),
            ], noise: 0.15)
        #expect(!Self.phases(run.samples()).contains { $0.start.kind.isWork })
    }

    @Test func standingIsRestAndRunningOnIsNot() {
        let run = SyntheticRun(
            pieces: [
                .init(seconds: 60, speed: 0), .init(seconds: 1000, speed: 2.7), .init(seconds: 60, speed: 0),
                .init(seconds: 300, speed: 2.7),
            ], noise: 0.02)
        let phases = Self.phases(run.samples())
        #expect(phases.map(\.start.kind) == [.rest, .warmup, .steady, .rest, .steady])
        #expect(abs(phases[3].start.start.seconds - 1060) < 3)
    }

    @Test func aBoutBeyondSixtySecondsBecomesAnInterval() throws {
        let run = SyntheticRun(
            pieces: [.init(seconds: 300, speed: 2.5), .init(seconds: 240, speed: 5.5), .init(seconds: 200, speed: 1.5)])
        let bout = try #require(Self.phases(run.samples()).first { $0.start.kind.isWork })
        #expect(bout.start.kind == .interval)
        let relabelled = try #require(bout.becameInterval)
        // 60 s after the start that was found, whose sensor lag the synthetic run does not have.
        #expect(relabelled > 358.5 && relabelled < 362)
    }

    @Test func aLoneWildSampleDecidesNothing() {
        var samples = SyntheticRun(pieces: [.init(seconds: 900, speed: 2.6)]).samples()
        for index in stride(from: 40, to: samples.count, by: 97) { samples[index].speed = 12 }
        #expect(!Self.phases(samples).contains { $0.start.kind.isWork })
    }

    @Test func findsTheSprintsWithATenthOfTheSamplesLost() {
        var run = SyntheticRun.sprints
        run.lostShare = 0.1
        #expect(Self.phases(run.samples()).count { $0.start.kind == .sprint } == 5)
    }

    @Test func aFootpodThatDiesInASprintEndsIt() {
        let samples = SyntheticRun.sprints.samples().map { sample in
            guard sample.time.seconds > 320 else { return sample }
            return FusedSample(time: sample.time, heartRate: 150, updated: .heartRate)
        }
        let sprint = Self.phases(samples).first { $0.start.kind == .sprint }
        #expect(sprint.map { abs($0.end - 320) < 1 } == true)
    }

    @Test func heartRateAloneFindsTheSprintsWithLessConfidence() {
        var run = SyntheticRun.sprints
        run.hasSpeed = false
        run.heartRateConstant = 30
        run.rate = 1
        let sprints = Self.phases(run.samples(), .init(maxHeartRate: 190, restingHeartRate: 60))
            .filter { $0.start.kind == .sprint }
        #expect(sprints.count == 5)
        #expect(sprints.allSatisfy { $0.start.evidence == .heartRate && $0.start.confidence <= 0.5 })
    }

    @Test(arguments: [UInt64(1), 2])
    func theFirstSecondsGiveTheDecisionsMadeInThem(seed: UInt64) {
        var run = SyntheticRun.sprints
        run.seed = seed
        run.heartRateConstant = 30
        let samples = run.samples()
        let whole = Self.phases(samples)
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            let cut = generator.uniform() * run.edges[run.edges.count - 1]
            let part = Self.phases(samples.filter { $0.time.seconds <= cut })
            #expect(part.map(\.start) == whole.map(\.start).filter { $0.decided.seconds <= cut })
        }
    }

    /// Phases follow each other, are decided in order and never before they start, whatever the stream holds.
    @Test(arguments: UInt64(1)...40)
    func keepsItsPromisesOnNonsense(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var segmenter = Segmenter()
        var time = 0.0
        var last: PhaseStart?
        for _ in 0..<2_000 {
            time += generator.uniform() < 0.01 ? 5_000 * generator.uniform() : 2 * generator.uniform()
            var sample = FusedSample(time: Timestamp(seconds: time))
            let wild = [0, -1, 1e300, .nan, .infinity, 3, 6, 9, 150, 200][Int(generator.next() % 10)]
            switch generator.next() % 3 {
            case 0:
                sample.speed = wild
                sample.updated = .speed
            case 1:
                sample.heartRate = wild
                sample.updated = .heartRate
            default:
                sample.cadence = wild
                sample.updated = .cadence
            }
            segmenter.ingest(sample) { change in
                guard case .began(let start) = change else { return }
                #expect(start.start <= start.decided)
                #expect(start.decided == sample.time)
                #expect((0...1).contains(start.confidence))
                if let last { #expect(start.start >= last.start && start.decided >= last.decided) }
                last = start
            }
        }
    }

    /// The run of 300 s at 2.6 m/s, then a bout at 6.4 m/s that the recording loses, at 4 Hz.
    private static func lostBout(seconds: Double) -> [FusedSample] {
        var run = SyntheticRun(pieces: [.init(seconds: 300, speed: 2.6), .init(seconds: seconds, speed: 6.4)])
        run.noise = 0
        return run.samples()
    }

    @Test func aSprintThatAPauseCutsOffEndsWhereThePauseBegins() throws {
        var samples = Self.lostBout(seconds: 25)
        for index in 0..<400 {
            samples.append(
                FusedSample(time: Timestamp(seconds: 1225 + Double(index) / 4), speed: 1.4, updated: [.speed]))
        }
        let sprint = try #require(Self.phases(samples).first { $0.start.kind == .sprint })
        #expect(abs(sprint.start.start.seconds - 300) <= 2)
        #expect(abs(sprint.end - 325) <= 1)
    }

    @Test func aSprintWhoseSensorDiesBecomesNoInterval() throws {
        var samples = Self.lostBout(seconds: 55)
        // Heart rate, which is steady, speaks on: time passes without a speed.
        for index in 0..<40 {
            samples.append(
                FusedSample(time: Timestamp(seconds: 355 + Double(index)), heartRate: 120, updated: [.heartRate]))
        }
        let phases = Self.phases(samples)
        #expect(phases.map(\.start.kind) == [.warmup, .sprint, .recovery])
        #expect(phases.allSatisfy { $0.becameInterval == nil })
    }
}
