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
    private var segmenter: Segmenter
    private var recorder = PhaseRecorder()
    private var sprintsEnded = 0
    private var lastTime = Timestamp.zero

    package init(configuration: AthleteConfiguration) {
        self.configuration = configuration
        fusion = Fusion(configuration: configuration.fusion)
        segmenter = Segmenter(configuration: configuration.segmenter)
    }

    /// - Parameter sample: times from 0 at the recording's first frame.
    package mutating func ingest(_ sample: Sample, emit: (PipelineEvent) -> Void) {
        ingest(sample, emit: emit, emitInterval: { _, _ in })
    }

    /// - Parameters:
    ///   - sample: times from 0 at the recording's first frame.
    ///   - emitInterval: receives each beat interval of this athlete's heart once, when it became known.
    package mutating func ingest(
        _ sample: Sample, emit: (PipelineEvent) -> Void, emitInterval: (Timestamp, RRInterval) -> Void
    ) {
        lastTime = max(lastTime, sample.time)
        var fused: FusedSample?
        fusion.ingest(sample, emit: { fused = $0 }, emitInterval: emitInterval)
        guard let fused else { return }
        emit(.fused(fused))
        recorder.ingest(fused)
        // Empty, and so without storage, for all but the few samples that decide something.
        var changes: [PhaseChange] = []
        segmenter.ingest(fused) { changes.append($0) }
        for change in changes {
            let open = recorder.phases.last?.kind
            recorder.apply(change)
            emit(.phase(change))
            if case .began = change, open == .sprint { noteEndedSprint(emit) }
        }
    }

    private mutating func noteEndedSprint(_ emit: (PipelineEvent) -> Void) {
        guard recorder.phases.count >= 2 else { return }
        let sprint = recorder.phases[recorder.phases.count - 2]
        guard sprint.duration >= PhaseRecorder.shortestSprint else { return }
        sprintsEnded += 1
        let trace = recorder.provisionalTrace(of: sprint)
        let score = SprintScore(trace, maxima: configuration.maxima, target: configuration.effectiveTarget)
        emit(.sprintEnded(index: sprintsEnded, trace, score))
    }

    // MARK: Result

    /// The analysis of all that has come in so far.
    package func analysis(of recording: RecordingFacts) -> AnalysisDocument {
        let recorded = recorder.snapshot()
        let maxima = configuration.maxima
        let target = configuration.effectiveTarget
        let scores = recorded.sprints.map { SprintScore($0, maxima: maxima, target: target) }
        let plan = configuration.plan.map { PlanResult($0, phases: recorded.phases) }
        let session = SessionScore(scores, target: target, plan: plan)

        var document = AnalysisDocument(
            source: .init(kind: recording.kind, duration: recording.duration),
            athlete: .init(
                name: configuration.name,
                maxSpeed: .init(value: maxima.speed.value, basis: maxima.speed.basis),
                maxHeartRate: .init(value: maxima.heartRate.value, basis: maxima.heartRate.basis)),
            score: .init(
                target: target, value: session.value, sprints: session.sprints, onTarget: session.onTarget),
            quality: quality(of: recording, recorded))
        document.athlete.restingHeartRate = maxima.restingHeartRate
        document.source.sensors = sensors(named: recording.sensorNames)
        document.phases = recorded.phases.map(AnalysisDocument.Phase.init)
        document.sprints = zip(recorded.sprints, scores).enumerated().map { index, pair in
            AnalysisDocument.Sprint(index: index + 1, pair.0, pair.1)
        }
        document.score.components = session.components.map {
            .init(name: $0.name, points: $0.points, of: $0.of)
        }
        document.score.fade = session.fade
        document.score.consistency = session.consistency
        document.score.plan = plan.map(AnalysisDocument.PlanResult.init)
        return document
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
