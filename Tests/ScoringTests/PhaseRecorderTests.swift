// SPDX-License-Identifier: GPL-3.0-or-later
import Fusion
import Measurement
import Segmentation
import TestSupport
import Testing

@testable import Scoring

@Suite struct PhaseRecorderTests {
    /// Speed 2 for 300 s, 7 for 30 s, 1 for 200 s at 4 Hz; heart rate 120, rising to 170 at the sprint's end, then 1 bpm less every
    /// 2 s. Decisions come 2 s late.
    static func recorder(until end: Double = 530, limits: TraceLimits? = nil) -> PhaseRecorder {
        var recorder = PhaseRecorder(limits: limits)
        func begin(_ kind: PhaseKind, _ start: Double, _ decided: Double) {
            recorder.apply(
                .began(
                    PhaseStart(
                        kind: kind, start: Timestamp(seconds: start), decided: Timestamp(seconds: decided),
                        evidence: .speed, confidence: 1)))
        }
        for index in 0...Int(end * 4) {
            let time = Double(index) / 4
            let speed = time < 300 ? 2.0 : time < 330 ? 7 : 1
            let rate =
                time < 300 ? 120.0 : time < 330 ? 120 + (time - 300) / 30 * 50 : max(100, 170 - (time - 330) / 2)
            recorder.ingest(
                FusedSample(
                    time: Timestamp(seconds: time), speed: speed, cadence: 160, heartRate: rate,
                    updated: [.speed, .heartRate, .cadence]))
            if time == 0 { begin(.warmup, 0, 0) }
            if time == 302 { begin(.sprint, 300, 302) }
            if time == 332 { begin(.recovery, 330, 332) }
        }
        recorder.finish()
        return recorder
    }

    /// A session that knows its targets keeps less of each bout, and scores the same.
    @Test(arguments: [true, false]) func whatIsKeptForTheTargetsIsEnoughForThem(knowsSpeed: Bool) {
        let maxima = Maxima(
            speed: .init(8, knowsSpeed ? .measured : .estimated), heartRate: .init(190, .measured))
        let targets = [0.8, 0.7, 0.87, 0.95]
        let short = Self.recorder(limits: TraceLimits(targets: targets, maxima: maxima))
        let long = Self.recorder()
        #expect(short.sprints.count == 1)
        for target in targets {
            let score = SprintScore(short.sprints[0], maxima: maxima, target: target)
            #expect(score == SprintScore(long.sprints[0], maxima: maxima, target: target))
            // 7 m/s are a little more than 0.87 of 8; the heart reaches 0.7 of 190 after some 8 s, and 0.95 never.
            #expect((score.timeOnTarget > 0) == (target <= 0.87))
        }
    }

    /// An interval that history does not reach back over is measured like a short one: 4.9 m/s but for its ends, the heart at 170 in its first two
    /// minutes and at 150 after, 60 s of it at 6 m/s early on.
    @Test(arguments: [180.0, 500, 720, 1500, 7300], [false, true])
    func aLongIntervalIsMeasuredLikeAShortOne(seconds: Double, isCondensed: Bool) throws {
        let maxima = Maxima(speed: .init(7, .measured), heartRate: .init(190, .measured))
        let limits = TraceLimits(targets: [0.65, 0.8], maxima: maxima)
        var recorder = PhaseRecorder(limits: isCondensed ? limits : nil)
        let (begin, end) = (100.0, 100 + seconds)
        var provisional: SprintTrace?
        for index in 0...Int((end + 130) * 4) {
            let time = Double(index) / 4
            let isOn = time >= begin && time < end
            recorder.ingest(
                FusedSample(
                    time: Timestamp(seconds: time), speed: !isOn ? 1 : time >= 160 && time < 220 ? 6 : 4.9,
                    heartRate: isOn && time < 220 ? 170 : isOn ? 150 : 110, updated: [.speed, .heartRate]))
            if time == 0 { recorder.apply(.began(Self.start(.warmup, 0, 0))) }
            if time == begin + 2 { recorder.apply(.began(Self.start(.sprint, begin, begin + 2))) }
            if time == begin + 60 { recorder.apply(.becameInterval(decided: Timestamp(seconds: time))) }
            if time == end - 10 {
                let now = recorder.snapshot()
                provisional = recorder.provisionalTrace(of: try #require(now.phases.last))
            }
            if time == end + 2 { recorder.apply(.began(Self.start(.recovery, end, end + 2))) }
        }
        recorder.finish()
        let trace = try #require(recorder.intervals.first)
        let mean = (4.9 * (seconds - 60) + 360) / seconds
        #expect(abs(try #require(trace.workingSpeed) - mean) < 0.03)
        #expect(abs(try #require(trace.meanSpeed) - mean) < 0.01)
        #expect(trace.maxSpeed == 6)
        #expect(trace.speedCoverage > 0.99)
        #expect(trace.peakHeartRate == 170)
        #expect(trace.rateAfter60 == 110)
        let speed = SprintScore(trace, maxima: maxima, target: 0.65)
        #expect(speed.basis == .speed)
        #expect(abs(speed.timeOnTarget - seconds) < 1)
        #expect(abs(SprintScore(trace, maxima: maxima, target: 0.8).timeOnTarget - 60) < 1)
        let heart = SprintScore(trace, maxima: maxima, target: 0.8, basis: .heartRate)
        #expect(abs(heart.timeOnTarget - 120) < 1)
        let live = SprintScore(try #require(provisional), maxima: maxima, target: 0.65)
        #expect(abs(live.timeOnTarget - (seconds - 10)) < 1)
    }

    private static func start(_ kind: PhaseKind, _ start: Double, _ decided: Double) -> PhaseStart {
        PhaseStart(
            kind: kind, start: Timestamp(seconds: start), decided: Timestamp(seconds: decided), evidence: .speed,
            confidence: 1)
    }

    /// Most samples are not asked for a new best. Asked each quarter second, all of them tell the same: values that wander, stand, are doubted
    /// and fall silent.
    @Test func theBestFiveSecondsAreThoseOfASearchThroughAll() {
        var generator = SeededGenerator(seed: 17)
        var recorder = PhaseRecorder()
        var history = History()
        var best: (speed: Double?, speedTime: Double?, rate: Double?, rateTime: Double?)
        var (time, next, speed, rate) = (0.0, 0.0, 3.0, 120.0)
        for _ in 0..<20_000 {
            time += (generator.uniform() < 0.01 ? 14 : 0.3) * generator.uniform()
            if Bool.random(using: &generator) {
                speed = min(max(speed + 0.2 * generator.normal(), 0), 9)
                rate = min(max(rate + generator.normal().rounded(), 60), 190)
            }
            var sample = FusedSample(time: Timestamp(seconds: time), updated: [.speed, .heartRate])
            sample.speed = generator.uniform() < 0.05 ? nil : speed
            sample.heartRate = generator.uniform() < 0.05 ? nil : rate
            if generator.uniform() < 0.1 { sample.doubts.insert(.speedOutlier) }
            if generator.uniform() < 0.02 { sample.doubts.insert(.heartRateArtefact) }
            recorder.ingest(sample)
            history.ingest(sample)
            let now = sample.time.seconds
            guard now >= next else { continue }
            next = now + History.resolution
            guard now >= 5 else { continue }
            let means = history.means(from: now - 5, to: now)
            if let mean = means.speed, mean.coverage >= 0.9, mean.mean > best.speed ?? 0 {
                (best.speed, best.speedTime) = (mean.mean, now)
            }
            if let mean = means.heartRate, mean.coverage >= 0.9, mean.mean > best.rate ?? 0 {
                (best.rate, best.rateTime) = (mean.mean, now)
            }
            #expect(recorder.bestSpeed == best.speed && recorder.bestSpeedTime == best.speedTime)
            #expect(recorder.bestHeartRate == best.rate && recorder.bestHeartRateTime == best.rateTime)
        }
        #expect(best.speed ?? 0 > 5 && best.rate ?? 0 > 150)
    }

    @Test func measuresPhasesBetweenTheirBackDatedEdges() throws {
        let phases = Self.recorder().phases
        #expect(phases.map(\.kind) == [.warmup, .sprint, .recovery])
        #expect(phases.map(\.start) == [0, 300, 330])
        #expect(phases.map(\.end) == [300, 330, 530])
        #expect(abs(try #require(phases[0].meanSpeed) - 2) < 0.01)
        #expect(abs(try #require(phases[1].meanSpeed) - 7) < 0.05)
        #expect(phases[1].maxSpeed == 7)
        #expect(abs(try #require(phases[1].distance) - 210) < 1.5)
        #expect(abs(try #require(phases[0].meanHeartRate) - 120) < 0.01)
        #expect(abs(try #require(phases[2].cadence) - 160) < 1e-6)
    }

    @Test func readsRecoveryFromTheEndOfTheSprint() throws {
        let sprint = try #require(Self.recorder().sprints.first)
        #expect(abs(try #require(sprint.peakHeartRate) - 170) < 0.2)
        #expect(abs(try #require(sprint.rateAfter30) - 155) < 0.1)
        #expect(abs(try #require(sprint.rateAfter60) - 140) < 0.1)
        #expect(abs(try #require(sprint.rateAfter90) - 125) < 0.1)
    }

    @Test func aReadingThatTheRecordingDoesNotReachIsBlank() throws {
        let sprint = try #require(Self.recorder(until: 375).sprints.first)
        #expect(sprint.rateAfter30 != nil)
        #expect(sprint.rateAfter60 == nil)
        #expect(sprint.rateAfter90 == nil)
    }

    @Test func anIntervalIsNoSprint() {
        var recorder = PhaseRecorder()
        for index in 0..<200 {
            recorder.ingest(HistoryTests.sample(Double(index), speed: 6))
            if index == 2 {
                recorder.apply(
                    .began(
                        PhaseStart(
                            kind: .sprint, start: .zero, decided: Timestamp(seconds: 2), evidence: .speed,
                            confidence: 1)))
            }
            if index == 61 { recorder.apply(.becameInterval(decided: Timestamp(seconds: 61))) }
        }
        recorder.finish()
        #expect(recorder.sprints.isEmpty)
        #expect(recorder.phases.map(\.kind) == [.interval])
        #expect(recorder.phases[0].becameInterval == 61)
    }

    @Test func thePeakOfALongPhaseIsNotForgotten() throws {
        var recorder = PhaseRecorder()
        for index in 0..<4_000 {
            recorder.ingest(HistoryTests.sample(Double(index), speed: index == 900 ? 5 : 3))
            if index == 0 {
                recorder.apply(
                    .began(
                        PhaseStart(kind: .warmup, start: .zero, decided: .zero, evidence: .speed, confidence: 1)))
            }
        }
        recorder.finish()
        #expect(recorder.phases[0].maxSpeed == 5)
    }

    @Test func bestSpeedIsAMeanOfFiveSeconds() throws {
        var recorder = PhaseRecorder()
        for index in 0..<400 {
            let time = Double(index) / 4
            recorder.ingest(HistoryTests.sample(time, speed: (50..<55).contains(time) ? 8 : 3))
        }
        #expect(abs(try #require(recorder.bestSpeed) - 8) < 0.2)
    }

    /// Whatever lies between, what was measured before a silence is still there when a sprint or phase ends after it.
    @Test(arguments: [30.0, 90, 300, 900, 3e8]) func aSilenceTakesNothingAway(_ silence: Double) throws {
        var recorder = PhaseRecorder()
        func begin(_ kind: PhaseKind, _ start: Double, _ decided: Double) {
            recorder.apply(
                .began(
                    PhaseStart(
                        kind: kind, start: Timestamp(seconds: start), decided: Timestamp(seconds: decided),
                        evidence: .speed, confidence: 1)))
        }
        for index in 0..<1320 {
            let time = Double(index) / 4
            recorder.ingest(
                FusedSample(
                    time: Timestamp(seconds: time), speed: time == 50 ? 5 : time < 300.5 ? 2 : 7,
                    heartRate: time < 300 ? 120 : 160, updated: [.speed, .heartRate]))
            if index == 0 { begin(.warmup, 0, 0) }
            if time == 302 { begin(.sprint, 300, 302) }
        }
        for index in 0..<4 {
            let time = 330 + silence + Double(index) * (silence > 400 ? 20 : 1)
            recorder.ingest(HistoryTests.sample(time, speed: 1))
            if index == 0 { begin(.recovery, 330, time) }
        }
        recorder.finish()
        #expect(recorder.phases.map(\.maxSpeed) == [5, 7, 1])
        #expect(abs(try #require(recorder.phases[1].meanSpeed) - 7) < 0.1)
        let sprint = try #require(recorder.sprints.first)
        #expect(recorder.sprints.count == 1)
        #expect(abs(try #require(sprint.workingSpeed) - 7) < 0.01)
        #expect(sprint.speedCoverage > 0.99)
        #expect(sprint.peakHeartRate == 160)
        #expect(sprint.rateAfter30 == nil)
    }

    @Test func aPeakOutlastsASilenceInItsPhase() {
        var recorder = PhaseRecorder()
        var time = 0.0
        for index in 0..<600 {
            recorder.ingest(HistoryTests.sample(time, speed: index == 10 ? 5 : 3))
            if index == 0 {
                recorder.apply(
                    .began(PhaseStart(kind: .warmup, start: .zero, decided: .zero, evidence: .speed, confidence: 1)))
            }
            time += index % 50 == 49 ? 55 + Double(index) : 1
        }
        recorder.finish()
        #expect(recorder.phases[0].maxSpeed == 5)
    }

    /// More phases than are kept, half of them sprints of 4 s: the first 50 000 are kept whole, in some bytes each, and the rest is counted.
    @Test func aSessionWithoutEndIsBounded() throws {
        let maxima = Maxima(speed: .init(8, .measured), heartRate: .init(190, .measured))
        var recorder = PhaseRecorder(limits: TraceLimits(targets: [0.8], maxima: maxima))
        func kind(_ index: Int) -> PhaseKind { index.isMultiple(of: 2) ? .recovery : .sprint }
        let begun = 50_100
        for index in 0..<begun {
            let start = 4 * Double(index)
            for part in 0..<2 {
                let time = start + 2 * Double(part)
                // A sprint of 5 to 8 m/s, by the part of a thousand that it is.
                let fast = 5 + 3 * Double(index % 1000) / 1000
                recorder.ingest(
                    HistoryTests.sample(time, speed: kind(index) == .sprint ? fast : 1, heartRate: 150))
            }
            recorder.apply(.began(Self.start(kind(index), start, start + 2)))
            guard index < 50_000 else { continue }
            #expect(recorder.phaseCount == index + 1 && recorder.openPhase?.start == start)
            guard index > 1, kind(index) == .recovery else { continue }
            #expect(recorder.phase(before: 1)?.end == start)
            #expect(recorder.index(ofBoutBefore: 1, .sprint) == index / 2)
        }
        #expect(recorder.overflow == 100)
        // As they are, a phase and half a sprint have 252.
        #expect(recorder.records.packedBytes < 100 * 50_000)
        let before = recorder.phases
        recorder.finish()
        let phases = recorder.phases
        #expect(phases.count == 50_000 && before.dropLast() == phases.dropLast())
        #expect(phases.indices.allSatisfy { phases[$0].start == 4 * Double($0) && phases[$0].kind == kind($0) })
        #expect(zip(phases, phases.dropFirst()).allSatisfy { $0.end == $1.start })
        #expect(phases[49_999].end == 4 * Double(begun - 1) + 2)
        // The open one is a bout as long as the overflow, and no interval: nobody said so.
        #expect(recorder.sprintCount == 25_000 && recorder.sprints.count == 25_000 && recorder.intervals.isEmpty)
        var next = 0
        recorder.forEachBout { bout in
            #expect(bout.index == next && !bout.isInterval)
            #expect(
                bout.trace.start == phases[2 * next + 1].start && bout.trace.maxSpeed == phases[2 * next + 1].maxSpeed)
            #expect(bout.rest == (next < 24_999 ? 4 : nil))
            next += 1
        }
        #expect(next == 25_000)
    }
}
