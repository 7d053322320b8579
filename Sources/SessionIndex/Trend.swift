// SPDX-License-Identifier: GPL-3.0-or-later
internal import Measurement
internal import SessionStore

/// Sessions gathered by weeks.
package struct Trend: Equatable, Sendable {
    package struct Week: Equatable, Sendable {
        /// Its first day, `2026-11-23`.
        package var monday: String
        package var sessions = 0
        package var sprints = 0
        package var onTarget = 0
        /// Share of maximum; of the week's best sprint.
        package var bestEffort: Double?
        /// m/s; of the week's fastest sprint.
        package var bestSpeed: Double?
        /// Means over the week's sessions that have one.
        package var fade: Double?
        /// bpm in 60 s.
        package var recovery: Double?
        /// 0...100.
        package var score: Double?
    }

    /// Oldest first, without holes from the first to the last.
    package let weeks: [Week]

    /// - Parameters:
    ///   - sessions: in any order; unfinished ones and those without a date are left out.
    ///   - weeks: at most so many, the newest.
    ///   - offset: seconds that the athlete's clock is ahead of UTC at a time.
    package init(_ sessions: [IndexedSession], weeks limit: Int, offset: (Int64) -> Int64) {
        var byWeek: [Int64: [SessionDigest]] = [:]
        for session in sessions where session.isFinished {
            guard let start = session.digest.start else { continue }
            byWeek[Self.monday(of: start &+ offset(start)), default: []].append(session.digest)
        }
        guard let newest = byWeek.keys.max(), let oldest = byWeek.keys.min() else {
            weeks = []
            return
        }
        let count = min(max(limit, 1), Int((newest - oldest) / 7) + 1)
        weeks = (0..<count).reversed().map { back in
            let monday = newest - Int64(back) * 7
            return Self.week(monday, byWeek[monday] ?? [])
        }
    }

    /// - Returns: days since 1970-01-01, which was a Thursday.
    private static func monday(of seconds: Int64) -> Int64 {
        let day = (seconds - (seconds % 86_400 + 86_400) % 86_400) / 86_400
        return day - ((day + 3) % 7 + 7) % 7
    }

    private static func week(_ monday: Int64, _ sessions: [SessionDigest]) -> Week {
        var week = Week(monday: String(DateText.make(unixMilliseconds: monday * 86_400_000).prefix(10)))
        func mean(_ values: [Double]) -> Double? { values.isEmpty ? nil : values.reduce(0, +) / Double(values.count) }
        week.sessions = sessions.count
        week.sprints = sessions.reduce(0) { $0 &+ $1.sprints }
        week.onTarget = sessions.reduce(0) { $0 &+ $1.onTarget }
        week.bestEffort = sessions.compactMap(\.bestEffort).max()
        week.bestSpeed = sessions.compactMap(\.bestSprintSpeed).max()
        week.fade = mean(sessions.compactMap(\.fade))
        week.recovery = mean(sessions.compactMap(\.recovery60))
        week.score = mean(sessions.compactMap(\.score))
        return week
    }
}
