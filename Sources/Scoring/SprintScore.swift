// SPDX-License-Identifier: GPL-3.0-or-later
package import Segmentation

/// One sprint measured against the athlete's maxima.
package struct SprintScore: Equatable, Sendable {
    /// Mean speed of the working part / maximum speed.
    package var external: Double?
    /// Peak heart rate / maximum heart rate.
    package var `internal`: Double?
    /// (Peak − resting) / (maximum − resting) heart rate.
    package var reserve: Double?
    /// What ``effort`` rests on.
    package var basis: Evidence?
    /// The share of maximum that was asked for.
    package var target: Double
    package var isOnTarget: Bool
    /// Seconds at or above the target on the stated basis.
    package var timeOnTarget: Double

    /// The effort on the stated basis, as a share of maximum.
    package var effort: Double? {
        switch basis {
        case .speed: external
        case .heartRate: self.internal
        case .cadence, nil: nil
        }
    }

    /// - Parameters:
    ///   - target: the share of maximum asked for.
    ///   - asked: what the plan wants the target to be a share of; where that was not measured, the usual rule decides.
    package init(_ trace: SprintTrace, maxima: Maxima, target: Double, basis asked: Plan.TargetBasis? = nil) {
        self.target = target
        external = trace.workingSpeed.map { $0 / maxima.speed.value }
        `internal` = trace.peakHeartRate.map { $0 / maxima.heartRate.value }
        reserve = trace.peakHeartRate.flatMap { peak in
            maxima.restingHeartRate.flatMap { resting in
                maxima.heartRate.value > resting
                    ? (peak - resting) / (maxima.heartRate.value - resting) : nil
            }
        }
        basis =
            Self.basis(
                asked, hasSpeed: trace.speedCoverage >= 0.8 && external != nil, hasHeartRate: `internal` != nil,
                isSpeedKnown: maxima.isSpeedKnown) ?? (external == nil ? nil : .speed)
        isOnTarget = false
        timeOnTarget = 0
        isOnTarget = (effort ?? 0) >= target
        let (values, limit) =
            basis == .heartRate
            ? (trace.quarterHeartRates, target * maxima.heartRate.value)
            : (trace.quarterSpeeds, target * maxima.speed.value)
        timeOnTarget = basis == nil ? 0 : values.time(atLeast: limit)
    }

    /// What an effort is measured by.
    ///
    /// - Parameters:
    ///   - asked: what the plan wants; where that was not measured, the usual rule decides.
    ///   - isSpeedKnown: whether the maximum speed is more than an estimate.
    /// - Returns: `nil` where neither was measured.
    static func basis(
        _ asked: Plan.TargetBasis?, hasSpeed: Bool, hasHeartRate: Bool, isSpeedKnown: Bool
    ) -> Evidence? {
        if asked == .heartRate, hasHeartRate { return .heartRate }
        if asked == .speed, hasSpeed { return .speed }
        // With only an estimated maximum speed, heart rate is the better witness where there is one.
        if hasSpeed, isSpeedKnown || !hasHeartRate { return .speed }
        return hasHeartRate ? .heartRate : nil
    }
}
