// SPDX-License-Identifier: GPL-3.0-or-later
import Segmentation

/// How hard the athlete works at one moment, by the rule that judges a bout (``SprintScore``), so that what is said during a bout and after it is of
/// the same measure.
package struct MomentaryEffort: Equatable, Sendable {
    /// Shares of the athlete's maxima; `nil` for what is not measured now.
    private let speedShare: Double?
    private let heartRateShare: Double?
    /// Whether the maximum speed is more than an estimate.
    private let isSpeedKnown: Bool

    /// - Parameters:
    ///   - speed: m/s.
    ///   - heartRate: bpm.
    package init(speed: Double?, heartRate: Double?, maxima: Maxima) {
        speedShare = speed.map { $0 / maxima.speed.value }
        heartRateShare = heartRate.map { $0 / maxima.heartRate.value }
        isSpeedKnown = maxima.isSpeedKnown
    }

    /// The effort as a share of the maximum.
    ///
    /// - Parameter asked: what the plan's step wants it to be a share of; `nil` outside of a plan's bouts.
    package func share(of asked: Plan.TargetBasis? = nil) -> Double? {
        let basis = SprintScore.basis(
            asked, hasSpeed: speedShare != nil, hasHeartRate: heartRateShare != nil, isSpeedKnown: isSpeedKnown)
        switch basis {
        case .speed: return speedShare
        case .heartRate: return heartRateShare
        case .cadence, nil: return nil
        }
    }
}
