// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import Scoring

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
    init(index: Int, _ trace: SprintTrace, _ score: SprintScore) {
        self.init(
            index: index, start: trace.start, end: trace.end, onTarget: score.isOnTarget,
            timeOnTarget: score.timeOnTarget)
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
    init(_ result: PlanResult) {
        self.init(name: result.plan.name, compliance: result.compliance)
        steps = result.steps.map {
            .init(kind: $0.planned.kind, planned: $0.planned.seconds, done: $0.done)
        }
    }
}
