// SPDX-License-Identifier: GPL-3.0-or-later
package import Scoring
import Segmentation

extension AthleteConfiguration {
    /// - Parameters:
    ///   - athlete: what is known.
    ///   - plan: the plan that the session is held against.
    ///   - year: the calendar year of the session, which with a year of birth gives the age.
    package init(_ athlete: Athlete, plan: Plan?, year: Int64?) {
        var maxima = Maxima.provisional
        if let speed = athlete.maxSpeed { maxima.speed = .init(speed, .measured) }
        if let rate = athlete.maxHeartRate {
            maxima.heartRate = .init(rate, .measured)
        } else if let birth = athlete.birthYear, let year {
            // A recorder whose clock stands at 1970 says nothing of anybody's age.
            let age = Double(year) - Double(birth)
            if (5...100).contains(age) { maxima.heartRate.value = Maxima.estimatedHeartRate(age: age) }
        }
        maxima.restingHeartRate = athlete.restingHeartRate
        self.init(
            name: athlete.name, maxima: maxima, sensors: athlete.sensors, cadenceConventions: athlete.cadence,
            plan: plan, target: athlete.target)
    }
}
