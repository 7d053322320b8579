// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import Scoring
import Segmentation

extension AnalysisDocument.Phase {
    /// - Returns: the phase, and whether it goes on; its end is then its start.
    static func read(_ fields: Fields) throws(SocketFault) -> (phase: Self, isOpen: Bool) {
        let start = try fields.number("start_s")
        let end = try fields.optionalNumber("end_s")
        var phase = Self(
            kind: try fields.choice("kind"), start: start, end: end ?? start, decided: try fields.number("decided_s"),
            evidence: try fields.choice("evidence"), confidence: try fields.number("confidence"))
        phase.meanSpeed = try fields.optionalNumber("mean_speed_mps")
        phase.maxSpeed = try fields.optionalNumber("max_speed_mps")
        phase.meanHeartRate = try fields.optionalNumber("mean_hr_bpm")
        phase.peakHeartRate = try fields.optionalNumber("peak_hr_bpm")
        phase.cadence = try fields.optionalNumber("cadence_spm")
        phase.distance = try fields.optionalNumber("distance_m")
        phase.becameInterval = try fields.optionalNumber("became_interval_s")
        return (phase, end == nil)
    }
}

extension AnalysisDocument.Sprint {
    init(_ fields: Fields) throws(SocketFault) {
        self.init(
            index: try fields.integer("index"), start: try fields.number("start_s"), end: try fields.number("end_s"),
            onTarget: try fields.bool("on_target"), timeOnTarget: try fields.number("time_on_target_s"))
        effort = try fields.optionalNumber("effort")
        effortBasis = try fields.optionalChoice("effort_basis")
        peakHeartRate = try fields.optionalNumber("peak_hr_bpm")
        if let recovery = try fields.optionalObject("hr_recovery_bpm") {
            recovery30 = try recovery.optionalNumber("30")
            recovery60 = try recovery.optionalNumber("60")
            recovery90 = try recovery.optionalNumber("90")
        }
        externalEffort = try fields.optionalNumber("external_effort")
        internalEffort = try fields.optionalNumber("internal_effort")
        heartRateReserve = try fields.optionalNumber("hr_reserve_share")
        meanSpeed = try fields.optionalNumber("mean_speed_mps")
        maxSpeed = try fields.optionalNumber("max_speed_mps")
        target = try fields.optionalNumber("target")
        rest = try fields.optionalNumber("rest_s")
    }
}

extension AnalysisDocument.Maximum {
    init(_ fields: Fields) throws(SocketFault) {
        self.init(
            value: try fields.number("value"), basis: try fields.choice("basis"),
            origin: try fields.optionalText("origin"))
    }
}
