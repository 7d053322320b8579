// SPDX-License-Identifier: GPL-3.0-or-later
package import Analysis
import Fusion
package import Measurement
import Scoring
import Segmentation

/// One athlete's samples in, phases and scores out. Pure: the same samples give the same analysis, live or replayed.
package struct AthletePipeline: Sendable {
    package let configuration: AthleteConfiguration
    private var fusion: Fusion
    private var stages: Stages
    private var restVariability = RestVariability()
    private var lastTime = Timestamp.zero
    /// Empty but while ``ingest(_:)`` is at work.
    private var block = FusedBlock()

    package init(configuration: AthleteConfiguration) {
        self.configuration = configuration
        fusion = Fusion(configuration: configuration.fusion)
        stages = Stages(configuration: configuration)
    }

    /// - Parameter sample: times from 0 at the recording's first frame.
    package mutating func ingest(_ sample: Sample, emit: (PipelineEvent) -> Void) {
        ingest(sample, emit: emit, emitInterval: { _, _ in })
    }

    /// - Parameters:
    ///   - sample: times from 0 at the recording's first frame.
    ///   - emitInterval: receives each beat interval of this athlete's heart once, when it became known.
    @inline(__always)
    package mutating func ingest(
        _ sample: Sample, emit: (PipelineEvent) -> Void, emitInterval: (Timestamp, RRInterval) -> Void
    ) {
        lastTime = max(lastTime, sample.time)
        Self.ingest(sample, &fusion, &stages, &restVariability, emit, emitInterval)
    }

    /// As ``ingest(_:emit:emitInterval:)`` for each of many samples, where nobody listens.
    ///
    /// Every stage takes all of them before the next stage begins: then its code and its state are still in the nearest cache, which does not hold
    /// those of all stages. The result is the same, for no stage is told anything by a later one.
    ///
    /// - Parameter samples: their times do not fall.
    mutating func ingest(_ samples: Span<Sample>) {
        guard !samples.isEmpty else { return }
        lastTime = max(lastTime, samples[samples.count - 1].time)
        fusion.update(with: samples, into: &block)
        stages.ingest(block, &restVariability)
        block.removeAll()
    }

    /// A sensor has told who it is.
    mutating func identify(_ sensor: SensorID, as identity: DeviceIdentity) {
        fusion.identify(sensor, as: identity)
    }

    /// Static, with what it changes as parameters: a closure over `self` could not change the stages while fusion is being changed.
    @inline(__always)
    private static func ingest(
        _ sample: Sample, _ fusion: inout Fusion, _ stages: inout Stages, _ variability: inout RestVariability,
        _ emit: (PipelineEvent) -> Void, _ emitInterval: (Timestamp, RRInterval) -> Void
    ) {
        let changed = fusion.update(with: sample) { time, interval in
            variability.ingest(interval, at: time.seconds)
            emitInterval(time, interval)
        }
        guard let changed else { return }
        stages.ingest(changed, emit)
        if !stages.endedRests.isEmpty { variability.take(&stages.endedRests) }
    }

    /// What follows fusion.
    private struct Stages: Sendable {
        var segmenter: Segmenter
        var recorder: PhaseRecorder
        var heartRateTimes = HeartRateTimes()
        /// Since the last sample: empty, and so without storage, but for a few samples of a session.
        var endedRests: [EndedRest] = []
        /// What the segmenter said of this sample, or of those of a block, and of which: as above.
        private var changes: [(sample: Int, change: PhaseChange)] = []
        private let configuration: AthleteConfiguration
        private var hasMoved = false

        /// m/s; slower is standing about.
        private static let walking = 0.5

        init(configuration: AthleteConfiguration) {
            segmenter = Segmenter(configuration: configuration.segmenter)
            recorder = PhaseRecorder(limits: configuration.traceLimits)
            self.configuration = configuration
        }

        @inline(__always)
        mutating func ingest(_ fused: FusedSample, _ emit: (PipelineEvent) -> Void) {
            emit(.fused(fused))
            recorder.ingest(fused)
            heartRateTimes.ingest(fused)
            if !hasMoved { noteFirstMovement(fused) }
            Self.segment(fused, &segmenter, &changes)
            if !changes.isEmpty { followChanges(emit) }
        }

        /// As ``ingest(_:_:)`` for each sample of a block, stage by stage.
        mutating func ingest(_ block: FusedBlock, _ variability: inout RestVariability) {
            let samples = block.samples
            let intervals = block.intervals.span
            Self.segment(samples, &segmenter, &changes)
            heartRateTimes.ingest(samples)
            // What follows here follows in the order of the samples, as the recorder and the beats' variability look back: up to the next sample
            // that brought a decision, or moved first, nobody asks.
            var (next, nextInterval, nextChange) = (0, 0, 0)
            while next < samples.count {
                var end = nextChange < changes.count ? changes[nextChange].sample + 1 : samples.count
                if !hasMoved { end = next + 1 }
                while nextInterval < intervals.count, intervals[nextInterval].samplesBefore < end {
                    variability.ingest(intervals[nextInterval].interval, at: intervals[nextInterval].time.seconds)
                    nextInterval += 1
                }
                recorder.ingest(samples.extracting(next..<end))
                if !hasMoved { noteFirstMovement(samples[next]) }
                while nextChange < changes.count, changes[nextChange].sample < end {
                    apply(changes[nextChange].change)
                    nextChange += 1
                }
                if !endedRests.isEmpty { variability.take(&endedRests) }
                next = end
            }
            for index in nextInterval..<intervals.count {
                variability.ingest(intervals[index].interval, at: intervals[index].time.seconds)
            }
            if !changes.isEmpty { changes.removeAll() }
        }

        /// Few samples bring a decision.
        @inline(never)
        private mutating func followChanges(_ emit: (PipelineEvent) -> Void) {
            let found = changes
            changes = []
            for found in found {
                let phases = recorder.phaseCount
                apply(found.change)
                emit(.phase(found.change))
                guard recorder.phaseCount > phases, let bout = endedBout(before: 1) else { continue }
                emit(.boutEnded(bout.kind, bout.trace, bout.score))
            }
        }

        private mutating func apply(_ change: PhaseChange) {
            noteEndedRest(change)
            recorder.apply(change)
        }

        /// A bout as it would be judged if the recording ended now.
        ///
        /// - Parameter back: 1 for the phase before the last one, 2 for the one before that.
        /// - Returns: `nil` when that phase is no bout, or too short for one; `index` counts those of its kind from 1.
        func endedBout(before back: Int) -> (kind: PhaseKind, index: Int, trace: SprintTrace, score: SprintScore)? {
            guard let bout = recorder.phase(before: back), bout.kind.isWork,
                bout.duration >= PhaseRecorder.shortestSprint
            else { return nil }
            let index = recorder.index(ofBoutBefore: back, bout.kind)
            let trace = recorder.provisionalTrace(of: bout)
            let demands = BoutDemands(recorder.phases, target: configuration.target, plan: configuration.plan)
            let score = demands.score(
                trace, index: index - 1, isInterval: bout.kind == .interval, maxima: configuration.maxima)
            return (bout.kind, index, trace, score)
        }

        // Static: a closure over `self` could not note changes while the segmenter is being changed.

        @inline(__always)
        private static func segment(
            _ fused: FusedSample, _ segmenter: inout Segmenter, _ changes: inout [(sample: Int, change: PhaseChange)]
        ) {
            segmenter.ingest(fused) { changes.append((0, $0)) }
        }

        private static func segment(
            _ samples: Span<FusedSample>, _ segmenter: inout Segmenter,
            _ changes: inout [(sample: Int, change: PhaseChange)]
        ) {
            segmenter.ingest(samples) { changes.append(($0, $1)) }
        }

        /// Many footpods are silent until the first step, so that the rest before it is no phase of its own.
        @inline(never)
        private mutating func noteFirstMovement(_ sample: FusedSample) {
            guard sample.speed ?? 0 >= Self.walking || sample.cadence ?? 0 > 0 else { return }
            hasMoved = true
            endedRests.append(
                EndedRest(start: 0, end: sample.time.seconds, isFirst: true, isBeforeWork: !recorder.hasWork))
        }

        private mutating func noteEndedRest(_ change: PhaseChange) {
            guard case .began(let next) = change, let rest = recorder.openPhase, rest.kind == .rest else { return }
            endedRests.append(
                EndedRest(
                    start: rest.start, end: next.start.seconds, isFirst: recorder.phaseCount == 1,
                    isBeforeWork: !recorder.hasWork))
        }
    }

    // MARK: In the middle of a session

    /// The last phases in time order, a few. The very last goes on: it is not measured yet, and its end means nothing.
    package func latestPhases(_ count: Int) -> [AnalysisDocument.Phase] {
        (0..<count).reversed().compactMap { stages.recorder.phase(before: $0) }.map(AnalysisDocument.Phase.init)
    }

    /// How many bouts' figures change no more.
    package var measuredBouts: (sprints: Int, intervals: Int) {
        (stages.recorder.sprintCount, stages.recorder.intervalCount)
    }

    /// The bouts whose figures change no more, as the analysis of this moment tells them: what it says of the rest after a bout and of the plan's
    /// target is known later, and may change.
    package func measuredBouts(_ body: (_ isInterval: Bool, AnalysisDocument.Sprint) -> Void) {
        let demands = BoutDemands(
            stages.recorder.snapshot().phases, target: configuration.target, plan: configuration.plan)
        stages.recorder.forEachBout { bout in
            body(bout.isInterval, AnalysisDocument.Sprint(bout, demands.score(bout, maxima: configuration.maxima)))
        }
    }

    /// A bout that has just ended, with provisional figures: heart rate has not peaked yet.
    ///
    /// - Parameter back: 1 for the phase before the last one, 2 for the one before that.
    /// - Returns: `nil` when that phase is no bout, or too short for one.
    package func endedBout(before back: Int) -> (isInterval: Bool, sprint: AnalysisDocument.Sprint)? {
        guard let bout = stages.endedBout(before: back) else { return nil }
        let sprint = AnalysisDocument.Sprint(index: bout.index, bout.trace, bout.score, rest: nil)
        return (bout.kind == .interval, sprint)
    }

    // MARK: Result

    /// The analysis of all that has come in so far.
    package func analysis(of recording: RecordingFacts) -> AnalysisDocument {
        let recorded = stages.recorder.snapshot()
        let maxima = configuration.maxima
        let scored = ScoredSession(recorded, maxima: maxima, target: configuration.target, plan: configuration.plan)
        let session = scored.score

        var document = AnalysisDocument(
            source: .init(kind: recording.kind, duration: recording.duration),
            athlete: .init(
                name: configuration.name,
                maxSpeed: .init(maxima.speed), maxHeartRate: .init(maxima.heartRate)),
            score: .init(
                target: scored.target, value: session.value, sprints: session.sprints, onTarget: session.onTarget),
            quality: quality(of: recording, recorded))
        document.athlete.restingHeartRate = maxima.restingHeartRate
        document.athlete.mass = configuration.mass
        document.source.sensors = sensors(named: recording.sensorNames)
        document.phases.reserveCapacity(recorded.phaseCount)
        recorded.forEachPhase { document.phases.append(AnalysisDocument.Phase($0)) }
        recorded.forEachBout { bout in
            let told = AnalysisDocument.Sprint(bout, scored.score(of: bout))
            if bout.isInterval { document.intervals.append(told) } else { document.sprints.append(told) }
        }
        document.score.components = session.components.map {
            .init(name: $0.name, points: $0.points, of: $0.of)
        }
        document.score.fade = session.fade
        document.score.consistency = session.consistency
        document.score.intervals = session.intervals
        document.score.intervalsOnTarget = session.intervalsOnTarget
        document.score.plan = scored.plan.map { .init($0, athleteTarget: configuration.target) }
        document.best.speed = recorded.bestSpeed
        document.best.speedEnd = recorded.bestSpeedTime
        document.best.heartRate = recorded.bestHeartRate
        document.best.heartRateEnd = recorded.bestHeartRateTime
        document.load = SessionLoad(stages.heartRateTimes, maxima: maxima, sex: configuration.sex).map {
            .init($0, rest: restMeasurement(recorded))
        }
        return document
    }

    /// The open rest is measured up to the last sample.
    private func restMeasurement(_ recorded: PhaseRecorder) -> RestVariability.Measurement? {
        var variability = restVariability
        if let open = recorded.openPhase, open.kind == .rest {
            variability.restEnded(
                start: open.start, end: open.end, isFirst: recorded.phaseCount == 1, isBeforeWork: !recorded.hasWork)
        }
        return variability.measurement
    }

    private func sensors(named names: [SensorID: String]) -> [AnalysisDocument.Sensor] {
        fusion.sensors.map { seen in
            var sensor = AnalysisDocument.Sensor(
                id: seen.id.description, kind: seen.kind.name, name: names[seen.id], used: seen.used)
            sensor.battery = seen.battery.map(Int.init)
            sensor.cadenceConvention = seen.cadence.map { finding in
                "\(finding.convention), \(finding.basis)\(finding.contradicted ? ", contradicted by speed" : "")"
            }
            sensor.sameAs = seen.sameAs?.description
            return sensor
        }
    }

    /// An estimate that the athlete beat stays what it is, for this session too: if it rose with the best sprint, a better sprint would lower
    /// the efforts of the others. It is said instead.
    private func beatenEstimates(_ recorded: PhaseRecorder) -> [String] {
        var notes: [String] = []
        let maxima = configuration.maxima
        if maxima.speed.basis == .estimated, let best = recorded.bestSpeed, best > maxima.speed.value {
            notes.append(
                "the best 5 s were faster than the estimated maximum speed: max_speed_mps is \(Self.tenths(best)) or more"
            )
        }
        if maxima.heartRate.basis == .estimated, let best = recorded.bestHeartRate, best > maxima.heartRate.value {
            notes.append("heart rate went beyond its estimated maximum: max_hr_bpm is \(Self.tenths(best)) or more")
        }
        return notes
    }

    /// Rounded down: what was surely reached.
    private static func tenths(_ value: Double) -> String {
        let tenths = Int(min(max(value, 0), 1e6) * 10)
        return "\(tenths / 10).\(tenths % 10)"
    }

    /// Gaps of sensors whose messages can be counted come from there, down to one message; those of the others from fusion.
    private func gaps(of recording: RecordingFacts) -> [AnalysisDocument.Gap] {
        let used = Set(fusion.sensors.filter(\.used).map(\.id))
        let counted = recording.gaps.filter { used.contains($0.sensor) }
        let countedSensors = Set(counted.map(\.sensor))
        let silences = fusion.gaps.filter { !countedSensors.contains($0.sensor) }
        let all =
            counted.map { AnalysisDocument.Gap(sensor: $0.sensor.description, start: $0.start, end: $0.end) }
            + (silences + fusion.openGaps(at: lastTime)).map {
                AnalysisDocument.Gap(
                    sensor: $0.sensor.description, start: $0.start.seconds, end: $0.end.seconds)
            }
        return all.sorted { ($0.start, $0.sensor) < ($1.start, $1.sensor) }
    }

    private func quality(of recording: RecordingFacts, _ recorded: PhaseRecorder) -> AnalysisDocument.Quality {
        let counters = fusion.counters
        var quality = AnalysisDocument.Quality(
            frames: recording.frames, badFrames: recording.badFrames, droppedFrames: recording.droppedFrames,
            heartRateArtefacts: counters.heartRateArtefacts, speedOutliers: counters.speedOutliers)
        quality.lostMessages = recording.lostMessages
        quality.gaps = gaps(of: recording)
        quality.notes = recording.notes
        func note(_ count: Int, _ text: String) {
            if count > 0 { quality.notes.append("\(count) \(text)") }
        }
        note(counters.withoutSkinContact, "heart rates came while the strap felt no skin")
        note(counters.backwards, "samples were stamped earlier than the one before and taken as of its time")
        note(counters.gapsNotKept, "more gaps than are listed")
        note(recorded.overflow, "phases beyond those listed")
        quality.notes += beatenEstimates(recorded)
        return quality
    }
}

/// A rest that is over: seconds from the recording's start, whether anything came before it, and whether any work did not.
private struct EndedRest: Sendable {
    var start: Double
    var end: Double
    var isFirst: Bool
    var isBeforeWork: Bool
}

extension RestVariability {
    @inline(never)
    fileprivate mutating func take(_ rests: inout [EndedRest]) {
        for rest in rests {
            restEnded(start: rest.start, end: rest.end, isFirst: rest.isFirst, isBeforeWork: rest.isBeforeWork)
        }
        rests.removeAll()
    }
}
