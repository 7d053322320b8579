// SPDX-License-Identifier: GPL-3.0-or-later

/// The seven days that end with one day, held against the load rules of the workout: at most two to three sprint sessions in 7 days, and at
/// least one day of recovery.
///
/// A sprint session is one with a sprint or an interval in it; a recovery day is one without any session. Days are counted on the calendar of
/// whoever gives them, as whole numbers.
package struct TrainingWeek: Equatable, Sendable {
    package struct Session: Equatable, Sendable {
        /// Days since 1970-01-01 on the local calendar.
        package var day: Int
        package var sprints: Int
        package var intervals: Int
        /// Seconds.
        package var duration: Double
        /// 0...100.
        package var score: Double?
        /// Edwards' training impulse.
        package var load: Double?

        package init(
            day: Int, sprints: Int, intervals: Int = 0, duration: Double = 0, score: Double? = nil, load: Double? = nil
        ) {
            self.day = day
            self.sprints = sprints
            self.intervals = intervals
            self.duration = duration
            self.score = score
            self.load = load
        }

        package var isSprintSession: Bool { sprints > 0 || intervals > 0 }
    }

    package enum Verdict: String, Sendable {
        /// Fewer than two sprint sessions: there is room for more.
        case light
        /// Two or three.
        case asAdvised
        /// More than three.
        case tooMany
    }

    package static let length = 7
    package static let advised = 2...3
    package static let fewestRecoveryDays = 1
    /// Grams of protein a kilogram of body mass a day (Hector & Phillips 2018, Int J Sport Nutr Exerc Metab 28:170).
    package static let protein = 1.6...2.4

    /// The day that it ends with.
    package var lastDay: Int
    /// Those of the seven days, in the order given.
    package var sessions: [Session]
    package var sprintSessions: Int
    package var recoveryDays: Int
    /// The first day, `lastDay` or later, on which one more sprint session keeps to both rules.
    package var nextSprintDay: Int

    /// - Parameter sessions: of one athlete; those of other days are left out.
    package init(endingWith lastDay: Int, sessions all: [Session]) {
        self.lastDay = lastDay
        let days = lastDay - (Self.length - 1)...lastDay
        sessions = all.filter { days.contains($0.day) }
        sprintSessions = sessions.count { $0.isSprintSession }
        recoveryDays = days.count - Set(sessions.map(\.day)).count
        let past = sessions
        nextSprintDay =
            (lastDay...lastDay + Self.length).first { day in
                let first = day - (Self.length - 1)
                let within = past.filter { $0.day >= first }
                let trained = Set(within.map(\.day)).union([day])
                return !within.contains { $0.day == day }
                    && within.count { $0.isSprintSession } < Self.advised.upperBound
                    && Self.length - trained.count >= Self.fewestRecoveryDays
            } ?? lastDay + Self.length
    }

    package var verdict: Verdict {
        if sprintSessions > Self.advised.upperBound { return .tooMany }
        return sprintSessions < Self.advised.lowerBound ? .light : .asAdvised
    }

    package var hasRecovered: Bool { recoveryDays >= Self.fewestRecoveryDays }

    /// Grams a day.
    ///
    /// - Parameter mass: kilograms.
    package static func protein(mass: Double) -> ClosedRange<Double> {
        protein.lowerBound * mass...protein.upperBound * mass
    }
}
