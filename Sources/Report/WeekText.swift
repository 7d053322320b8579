// SPDX-License-Identifier: GPL-3.0-or-later
internal import Measurement
package import Scoring
internal import Segmentation

/// Seven days of training as an athlete reads them.
package struct WeekText: Sendable {
    private let week: TrainingWeek
    private let athlete: String?
    private let mass: Double?
    private let style: TextStyle
    private let glyphs: Glyphs

    /// - Parameter mass: kilograms; without it nothing is said of protein.
    package init(_ week: TrainingWeek, athlete: String?, mass: Double?, style: TextStyle) {
        self.week = week
        self.athlete = athlete
        self.mass = mass
        self.style = TextStyle(width: min(style.width, 110), color: style.color, unicode: style.unicode)
        glyphs = Glyphs(unicode: style.unicode)
    }

    package var text: String {
        var lines: [StyledText] = []
        var title = StyledText(" Week to \(Self.date(week.lastDay))", .heading)
        if let athlete { title.add(" " + DisplayWidth.printable(athlete, unicode: glyphs.unicode)) }
        lines.append(title)
        for day in week.lastDay - (TrainingWeek.length - 1)...week.lastDay { lines += rows(day) }
        lines.append(StyledText())
        lines += Self.verdict(week, glyphs).flatMap {
            Flow.paragraph($0.text, ink: $0.ink, after: StyledText("   "), style: style)
        }
        if let mass {
            let range = TrainingWeek.protein(mass: mass)
            if let low = Wording.number(range.lowerBound, decimals: 0),
                let high = Wording.number(range.upperBound, decimals: 0)
            {
                lines += Flow.paragraph(
                    "protein: \(low) to \(high) g a day (1.6 to 2.4 g a kilogram, Hector & Phillips 2018)", ink: .faint,
                    after: StyledText("   "), style: style)
            }
        }
        return lines.map { $0.rendered(style) + "\n" }.joined()
    }

    private func rows(_ day: Int) -> [StyledText] {
        let sessions = week.sessions.filter { $0.day == day }
        var first = StyledText("   \(Self.weekday(day)) \(Self.date(day))  ", sessions.isEmpty ? .faint : .plain)
        guard !sessions.isEmpty else {
            first.add("recovery", .faint)
            return [first]
        }
        return sessions.enumerated().map { index, session in
            var line = index == 0 ? first : StyledText(String(repeating: " ", count: first.columns))
            var parts: [String] = []
            if session.sprints > 0 { parts.append(Wording.count(session.sprints, "sprint")) }
            if session.intervals > 0 { parts.append(Wording.count(session.intervals, "interval")) }
            line.add(
                parts.isEmpty ? "easy" : parts.joined(separator: ", "),
                session.isSprintSession ? .phase(.sprint) : .phase(.steady))
            line.pad(to: 42)
            line.add(Wording.clock(session.duration) ?? "", endingAt: 49)
            if let score = Wording.points(session.score, decimals: 0) { line.add("score \(score)", endingAt: 60) }
            if let load = Wording.number(session.load, decimals: 0) { line.add("load \(load)", endingAt: 71, .faint) }
            return line
        }
    }

    /// The rules, each with what was done.
    static func verdict(_ week: TrainingWeek, _ glyphs: Glyphs) -> [(text: String, ink: Ink)] {
        let sessions = Wording.count(week.sprintSessions, "sprint session") + " in 7 days"
        let rule = "advised are \(TrainingWeek.advised.lowerBound) to \(TrainingWeek.advised.upperBound)"
        let sprints: (String, Ink) =
            switch week.verdict {
            case .light: ("\(sessions): \(rule)", .plain)
            case .asAdvised: ("\(sessions): as advised", .good)
            case .tooMany: ("\(sessions): too many, \(rule)", .bad)
            }
        let rest: (String, Ink) =
            week.hasRecovered
            ? (Wording.count(week.recoveryDays, "day") + " of recovery", .good)
            : ("no day of recovery: at least one a week is advised", .bad)
        let next =
            week.nextSprintDay <= week.lastDay
            ? "there is room for one today"
            : "the next sprint session fits from \(weekday(week.nextSprintDay)) \(date(week.nextSprintDay)) on"
        return [(sprints.0, sprints.1), (rest.0, rest.1), (next, .plain)]
    }

    private static func date(_ day: Int) -> String { CalendarDate(dayNumber: day).extendedDate }

    /// 1970-01-01 was a Thursday.
    private static func weekday(_ day: Int) -> String {
        ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][((day % 7) + 7) % 7]
    }
}
