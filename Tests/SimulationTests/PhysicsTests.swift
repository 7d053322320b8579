// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import Simulation
import Testing

/// The athletes' bodies, without radios.
@Suite struct PhysicsTests {
    struct Run {
        var profile: AthleteProfile
        var record: AthleteRecord
        var samples: [SimulatedSample] = []

        init(_ configuration: SimulatedSession.Configuration, period: Double = 0.05, noise: SampleNoise = .none) {
            var stream = SampleStream(configuration, period: period, noise: noise)
            var samples: [SimulatedSample] = []
            stream.run { samples.append($0) }
            self.samples = samples
            profile = stream.profile
            record = stream.record
        }
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>) func theSprintSessionIsWhatItsPlanSays(_ seed: UInt64) {
        let run = Run(configuration(seed: seed), period: 1)
        let kinds = run.record.phases.map(\.activity)
        var expected: [Activity] = [.rest, .warmup]
        for _ in 0..<5 { expected += [.sprint, .recovery] }
        expected += [.cooldown, .rest]
        #expect(kinds == expected)
        #expect(run.record.bouts.count == 5)
        for (phase, following) in zip(run.record.phases, run.record.phases.dropFirst()) {
            #expect(abs(phase.end - following.start) < 0.001)
        }
        for (index, bout) in run.record.bouts.enumerated() {
            // Reaction times of 0.1 to 0.7 s at both ends, on a grid of 0.05 s.
            #expect(abs(bout.end - bout.start - 30) < 0.7)
            #expect(abs(bout.start - (10 + 300 + Double(index) * 120)) < 0.8)
            #expect(bout.effort >= 0.8)
            #expect(bout.effort <= 1)
            #expect(abs(bout.effort - bout.intended) < 0.03)
            #expect(bout.meanSpeed < bout.workSpeed)
            #expect(bout.workSpeed < bout.peakSpeed)
            #expect(bout.peakHeartRate > 0.8 * run.profile.maxHeartRate)
            // It peaks at the very end or after it.
            #expect(bout.peakHeartRateTime > bout.end - 3)
            #expect(bout.peakHeartRateTime < bout.end + 25)
        }
        #expect(run.record.bestFiveSeconds <= run.profile.maxSpeed)
    }

    @Test(arguments: 1...2 as ClosedRange<UInt64>) func bodiesObeyPhysics(_ seed: UInt64) {
        let run = Run(configuration(seed: seed))
        var fastest = 0.0
        var slowest = 0.0
        var acceleration = 0.0...0.0
        var rates = 999.0...999.0
        var jump = 0.0
        var cadence = 0.0
        var last: SimulatedSample?
        for sample in run.samples {
            guard let speed = sample.speed, let rate = sample.heartRate, let steps = sample.cadence else {
                Issue.record("a value is missing")
                return
            }
            fastest = max(fastest, speed)
            slowest = min(slowest, speed)
            cadence = max(cadence, steps)
            rates = min(rates.lowerBound, rate)...(rates.upperBound == 999 ? rate : max(rates.upperBound, rate))
            if let lastSpeed = last?.speed, let lastRate = last?.heartRate {
                let change = (speed - lastSpeed) / 0.05
                acceleration = min(acceleration.lowerBound, change)...max(acceleration.upperBound, change)
                jump = max(jump, abs(rate - lastRate))
            }
            last = sample
        }
        #expect(slowest == 0)
        #expect(fastest <= run.profile.maxSpeed * 1.03)
        // The start from a walk, up to p/τ, and the hardest braking.
        #expect(acceleration.upperBound > 2.5)
        #expect(acceleration.upperBound < 12)
        #expect(acceleration.lowerBound > -2.85)
        #expect(acceleration.lowerBound < -1.6)
        #expect(rates.lowerBound >= run.profile.restingHeartRate)
        #expect(rates.upperBound <= run.profile.maxHeartRate)
        #expect(jump < 0.5)
        #expect(cadence > 190)
        #expect(cadence < 270)
        #expect(run.samples.count > 24_000)
    }

    @Test func profilesCoverTheirRangesAndStayInThem() {
        var fastest = 0.0
        var slowest = 99.0
        for seed in 1...100 as ClosedRange<UInt64> {
            let profile = SampleStream(configuration(seed: seed), period: 1).profile
            #expect((5.5...9.5).contains(profile.maxSpeed))
            #expect((1.2...1.8).contains(profile.walkSpeed))
            #expect((2.2...3.4).contains(profile.jogSpeed))
            #expect((165...205).contains(profile.maxHeartRate))
            #expect((45...70).contains(profile.restingHeartRate))
            fastest = max(fastest, profile.maxSpeed)
            slowest = min(slowest, profile.maxSpeed)
        }
        #expect(fastest > 9.2)
        #expect(slowest < 5.8)
    }

    @Test(arguments: 1...2 as ClosedRange<UInt64>) func sprintsBelowTargetAreBelow(_ seed: UInt64) {
        let run = Run(configuration("sprint-4x10-20", seed: seed) { $0.belowTargetSprints = [2, 4] }, period: 1)
        for (index, bout) in run.record.bouts.enumerated() {
            if index == 1 || index == 3 {
                #expect(bout.effort > 0.62)
                #expect(bout.effort < 0.79)
            } else {
                #expect(bout.effort >= 0.8)
            }
        }
        let all = Run(configuration("sprint-4x10-20", seed: seed) { $0.allBelowTarget = true }, period: 1)
        #expect(all.record.bouts.allSatisfy { $0.effort < 0.79 })
    }

    @Test func aMissedSprintIsWalked() {
        let run = Run(configuration("sprint-3x20-60") { $0.missedSprints = [2] }, period: 1)
        #expect(run.record.bouts.count == 2)
        let longest = run.record.phases.filter { $0.activity == .recovery }.map { $0.end - $0.start }.max() ?? 0
        // 60 s, the missed 20 s, and 60 s.
        #expect(abs(longest - 140) < 1)
    }

    @Test func aLateStartLeavesOutWhatWasBefore() {
        let whole = Run(configuration("sprint-2x30-90") { $0.leadIn = 0 }, period: 1)
        let late = Run(configuration("sprint-2x30-90") { $0.lateStart = 150 }, period: 1)
        #expect(late.record.phases.first?.activity == .warmup)
        #expect(late.record.phases.first?.start == 0)
        #expect(late.record.bouts.count == 2)
        for (bout, shifted) in zip(whole.record.bouts, late.record.bouts) {
            #expect(abs(bout.start - shifted.start - 150) < 0.06)
        }
        // 315 s: within the first sprint.
        let within = Run(configuration("sprint-2x30-90") { $0.lateStart = 315 }, period: 1)
        #expect(within.record.bouts.count == 2)
        #expect(within.record.bouts[0].clipped)
        #expect(within.record.bouts[0].start == 0)
        #expect(within.record.phases.first?.activity == .sprint)
        // The shortest trace of a sprint: its last 15 s, at full speed.
        #expect(within.record.bouts[0].meanSpeed > 0.7 * within.profile.maxSpeed)
        let after = Run(configuration("sprint-2x30-90") { $0.lateStart = 400 }, period: 1)
        #expect(after.record.bouts.count == 1)
    }

    @Test func fartlekBoutsLieBetween15And180Seconds() {
        let run = Run(configuration("fartlek") { $0.duration = 3600 }, period: 1)
        #expect(run.record.bouts.count > 10)
        for bout in run.record.bouts {
            let length = bout.end - bout.start
            #expect(length > 14)
            #expect(length < 181)
            #expect(bout.activity == (length <= 60.4 ? .sprint : .interval) || abs(length - 60) < 0.7)
        }
        #expect(run.record.phases.first { $0.activity.isWork } != nil)
        #expect(abs((run.record.phases.last?.end ?? 0) - 3618) < 1.5)
    }

    @Test func aSteadyRunHasNoBout() {
        let run = Run(configuration("steady"), period: 1)
        #expect(run.record.bouts.isEmpty)
        #expect(run.record.phases.map(\.activity) == [.rest, .steady, .rest])
    }

    @Test(arguments: [0.05, 0.25, 1, 8]) func samplesComeAtTheirPeriod(_ period: Double) {
        let run = Run(configuration("steady") { $0.duration = 300 }, period: period)
        let onGrid = run.samples.enumerated().allSatisfy { abs($1.time.seconds - Double($0) * period) < 1e-6 }
        #expect(onGrid)
        #expect(Double(run.samples.count) * period > 300)
    }

    @Test func lostSamplesLeaveTheOthersAsTheyWere() {
        let all = Run(configuration("steady"), period: 1, noise: SampleNoise())
        let some = Run(configuration("steady") { $0.lossShare = 0.3 }, period: 1, noise: SampleNoise())
        let known = Set(all.samples.map(\.time))
        #expect(some.samples.allSatisfy { known.contains($0.time) })
        let share = 1 - Double(some.samples.count) / Double(all.samples.count)
        #expect(abs(share - 0.3) < 0.06)
        #expect(some.record == all.record)
    }
}
