// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import Scoring
import Segmentation

extension AnalysisDocument.Phase {
    init(_ record: PhaseRecord) {
        self.init(
            kind: record.kind, start: record.start, end: record.end, decided: record.decided,
            evidence: record.evidence, confidence: record.confidence)
        becameInterval = record.becameInterval
        meanSpeed = record.meanSpeed
        maxSpeed = record.maxSpeed
        meanHeartRate = record.meanHeartRate
        peakHeartRate = record.peakHeartRate
        cadence = record.cadence
        distance = record.distance
    }
}

extension AnalysisDocument.Sprint {
    init(_ bout: MeasuredBout, _ score: SprintScore) {
        self.init(index: bout.index + 1, bout.trace, score, rest: bout.rest)
    }

    /// - Parameter rest: seconds to the next bout; `nil` after the last one.
    init(index: Int, _ trace: SprintTrace, _ score: SprintScore, rest: Double?) {
        self.init(
            index: index, start: trace.start, end: trace.end, onTarget: score.isOnTarget,
            timeOnTarget: score.timeOnTarget)
        target = score.target
        self.rest = rest
        effort = score.effort
        effortBasis = score.basis
        externalEffort = score.external
        internalEffort = score.internal
        heartRateReserve = score.reserve
        meanSpeed = trace.meanSpeed
        maxSpeed = trace.maxSpeed
        peakHeartRate = trace.peakHeartRate
        func recovery(_ rate: Double?) -> Double? {
            rate.flatMap { rate in trace.peakHeartRate.map { $0 - rate } }
        }
        recovery30 = recovery(trace.rateAfter30)
        recovery60 = recovery(trace.rateAfter60)
        recovery90 = recovery(trace.rateAfter90)
    }
}

extension AnalysisDocument.PlanResult {
    init(_ result: PlanResult, athleteTarget: Double?) {
        self.init(name: result.plan.name, compliance: result.compliance)
        source = result.plan.source
        skipped = result.skipped
        added = result.added
        workRest = result.workRest.map { .init(planned: $0.planned, done: $0.done, compliance: $0.compliance) }
        steps = result.steps.map { step in
            var entry = AnalysisDocument.PlanStep(
                kind: step.planned.kind, planned: step.planned.seconds, done: step.done)
            if step.planned.kind.isWork {
                entry.target = result.plan.target(of: step.planned, athlete: athleteTarget)
                entry.targetBasis = step.planned.basis.map { $0 == .heartRate ? .heartRate : .speed }
            }
            entry.sprint = step.sprint.map { $0 + 1 }
            entry.interval = step.interval.map { $0 + 1 }
            return entry
        }
    }
}

extension AnalysisDocument.Maximum {
    init(_ maximum: Maxima.Value) {
        self.init(value: maximum.value, basis: maximum.basis, origin: maximum.origin)
    }
}

extension AnalysisDocument.Load {
    init(_ load: SessionLoad, rest: RestVariability.Measurement?) {
        self.init(zones: load.zones, belowZones: load.belowZones, edwards: load.edwards, banister: load.banister)
        self.rest = rest.map {
            .init(
                rmssd: $0.rmssd, meanInterval: $0.meanInterval, differences: $0.differences, artefacts: $0.artefacts,
                start: $0.start, end: $0.end, isBeforeWork: $0.isBeforeWork)
        }
    }
}
