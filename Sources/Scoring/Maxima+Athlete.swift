// SPDX-License-Identifier: GPL-3.0-or-later
import Segmentation

extension Maxima {
    /// For an athlete of whom nothing is known.
    package static let provisional = Maxima(
        speed: Value(
            SegmenterConfiguration.provisionalMaxSpeed, .estimated, origin: "the slow end of active adults' top speeds"),
        heartRate: Value(
            SegmenterConfiguration.provisionalMaxHeartRate, .estimated, origin: "208 - 0.7 x age, at 40"))

    /// Measured goes before observed, and observed before estimated. An observed heart rate is a lower bound of the maximum, so it
    /// counts only when it is above the estimate.
    ///
    /// - Parameter year: the calendar year of the session, which with a year of birth gives the age.
    package init(_ athlete: Athlete, year: Int64?) {
        self = .provisional
        if let speed = athlete.maxSpeed {
            self.speed = Value(speed, .measured)
        } else if let seen = athlete.observed.speed {
            speed = Value(seen.value, .observed, origin: seen.session)
        }
        if let birth = athlete.birthYear, let year {
            // A recorder whose clock stands at 1970 says nothing of anybody's age.
            let age = Double(year) - Double(birth)
            if (5...100).contains(age) {
                heartRate = Value(
                    Self.estimatedHeartRate(age: age), .estimated, origin: "208 - 0.7 x age, at \(Int(age))")
            }
        }
        if let seen = athlete.observed.heartRate, seen.value > heartRate.value {
            heartRate = Value(seen.value, .observed, origin: seen.session)
        }
        if let rate = athlete.maxHeartRate { heartRate = Value(rate, .measured) }
        restingHeartRate = athlete.restingHeartRate
    }
}
