// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement

/// What is known of an athlete before a session.
package struct Athlete: Equatable, Sendable {
    package var name: String?
    /// Best 5 s mean speed in m/s, as measured.
    package var maxSpeed: Double?
    /// Beats per minute, as measured.
    package var maxHeartRate: Double?
    /// Beats per minute.
    package var restingHeartRate: Double?
    /// Gregorian calendar year.
    package var birthYear: Int?
    package var sex: Sex?
    /// Kilograms.
    package var mass: Double?
    /// The sensors that this athlete wears; empty, as are ``sensorNames``, when nobody said.
    package var sensors: [SensorID] = []
    /// Bluetooth sensors that are chosen by name; preferred after the others.
    package var sensorNames: [SensorName] = []
    /// The name of the plan that sessions are held against.
    package var plan: String?
    /// The share of maximum that the athlete sets out to reach in a sprint, 0...1; `nil` for the plan's.
    package var target: Double?
    /// The best of earlier sessions, as it stood before this one.
    package var observed = ObservedMaxima()
    /// How a sensor counts cadence, where its owner knows better than its standard.
    package var cadence: [SensorID: Cadence.Convention] = [:]

    package init() {}

    package var listsSensors: Bool { !sensors.isEmpty || !sensorNames.isEmpty }

    package enum Sex: String, Sendable {
        case female
        case male
    }
}
