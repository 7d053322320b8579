// SPDX-License-Identifier: GPL-3.0-or-later

/// The athlete's maxima that effort is measured against, and where each comes from.
package struct Maxima: Equatable, Sendable {
    package struct Value: Equatable, Sendable {
        package var value: Double
        package var basis: Basis
        package init(_ value: Double, _ basis: Basis) {
            self.value = value
            self.basis = basis
        }
    }

    /// Best 5 s mean speed, m/s.
    package var speed: Value
    /// bpm.
    package var heartRate: Value
    /// bpm; `nil` when unknown.
    package var restingHeartRate: Double?

    package init(speed: Value, heartRate: Value, restingHeartRate: Double? = nil) {
        self.speed = speed
        self.heartRate = heartRate
        self.restingHeartRate = restingHeartRate
    }

    /// 208 − 0.7 × age, in bpm (Tanaka, Monahan & Seals 2001, J Am Coll Cardiol 37:153).
    package static func estimatedHeartRate(age: Double) -> Double { 208 - 0.7 * age }

    /// An estimate that the athlete has just been seen to beat is raised to what was seen; a measured or observed maximum stands, and
    /// efforts above 1 say that it is out of date.
    package func raised(bestSpeed: Double?, peakHeartRate: Double?) -> Maxima {
        var raised = self
        if speed.basis == .estimated, let bestSpeed { raised.speed.value = max(speed.value, bestSpeed) }
        if heartRate.basis == .estimated, let peakHeartRate {
            raised.heartRate.value = max(heartRate.value, peakHeartRate)
        }
        return raised
    }
}
