// SPDX-License-Identifier: GPL-3.0-or-later

/// The best of an athlete's earlier sessions: what stands in for maxima that nobody measured.
package struct ObservedMaxima: Equatable, Sendable {
    package struct Observation: Equatable, Sendable {
        package var value: Double
        /// The session's name, which begins with its date.
        package var session: String

        package init(_ value: Double, session: String) {
            self.value = value
            self.session = session
        }
    }

    /// Best 5 s mean speed, m/s.
    package var speed: Observation?
    /// The largest 5 s mean heart rate, bpm.
    package var heartRate: Observation?

    package init() {}

    /// What an athlete file could say too; the rest is a fault of a sensor.
    package static let speeds = 2.0...13.0
    package static let heartRates = 100.0...240.0

    /// Takes a session into account.
    ///
    /// - Parameters:
    ///   - bestSpeed: 5 s mean, m/s; counts only when the athlete sprinted, because the best of an easy run is nobody's maximum.
    ///   - bestHeartRate: 5 s mean, bpm.
    /// - Returns: whether the session raised either.
    @discardableResult
    package mutating func take(
        session: String, sprints: Int, bestSpeed: Double?, bestHeartRate: Double?
    ) -> Bool {
        let before = self
        if let bestSpeed, sprints > 0, Self.speeds.contains(bestSpeed), bestSpeed > speed?.value ?? 0 {
            speed = Observation(bestSpeed, session: session)
        }
        if let bestHeartRate, Self.heartRates.contains(bestHeartRate), bestHeartRate > heartRate?.value ?? 0 {
            heartRate = Observation(bestHeartRate, session: session)
        }
        return self != before
    }
}
