// SPDX-License-Identifier: GPL-3.0-or-later

/// The athlete's maxima that effort is measured against, and where each comes from.
package struct Maxima: Equatable, Sendable {
    package struct Value: Equatable, Sendable {
        package var value: Double
        package var basis: Basis
        /// What it rests on, for a person: a session's name, a formula; `nil` when nothing more is known.
        package var origin: String?
        package init(_ value: Double, _ basis: Basis, origin: String? = nil) {
            self.value = value
            self.basis = basis
            self.origin = origin
        }
    }

    /// Best 5 s mean speed, m/s.
    package var speed: Value
    /// bpm.
    package var heartRate: Value
    /// bpm; `nil` when unknown.
    package var restingHeartRate: Double?

    /// Whether the maximum speed is more than an estimate.
    var isSpeedKnown: Bool { speed.basis != .estimated }

    package init(speed: Value, heartRate: Value, restingHeartRate: Double? = nil) {
        self.speed = speed
        self.heartRate = heartRate
        self.restingHeartRate = restingHeartRate
    }

    /// 208 − 0.7 × age, in bpm (Tanaka, Monahan & Seals 2001, J Am Coll Cardiol 37:153).
    package static func estimatedHeartRate(age: Double) -> Double { 208 - 0.7 * age }
}
