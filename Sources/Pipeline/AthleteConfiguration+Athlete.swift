// SPDX-License-Identifier: GPL-3.0-or-later
package import Scoring

extension AthleteConfiguration {
    /// - Parameters:
    ///   - athlete: what is known.
    ///   - plan: the plan that the session is held against.
    ///   - year: the calendar year of the session, which with a year of birth gives the age.
    package init(_ athlete: Athlete, plan: Plan?, year: Int64?) {
        self.init(
            name: athlete.name, maxima: Maxima(athlete, year: year), sensors: athlete.sensors,
            cadenceConventions: athlete.cadence, plan: plan, target: athlete.target)
        sensorNames = athlete.sensorNames
        sex = athlete.sex
        mass = athlete.mass
    }
}
