// SPDX-License-Identifier: GPL-3.0-or-later

/// The tables of all that was measured.
struct Summary {
    private(set) var sessions: [Session] = []

    mutating func add(_ session: Session) { sessions.append(session) }

    func measures(_ isIncluded: (Session) -> Bool) -> Measures {
        var measures = Measures()
        for session in sessions where isIncluded(session) { measures.add(session) }
        return measures
    }

    var conditions: [String] {
        var seen: [String] = []
        for session in sessions where !seen.contains(session.condition) { seen.append(session.condition) }
        return seen
    }

    /// Bouts: one row for each condition and half. Errors are found less true; |x| their sizes.
    var bouts: String {
        var table = Table([
            "condition", "half", "n", "true", "found", "match", "F1", "onset |m|", "|p95|", "m", "end |m|", "|p95|",
            "m",
            "start known m", "p95", "end known m", "p95", "time right",
        ])
        for condition in conditions {
            for half in Session.Half.allCases {
                let measures = measures { $0.condition == condition && $0.half == half }
                if measures.sessions > 0 { table.add(Self.row(condition, half.rawValue, measures)) }
            }
        }
        for session in sessions where session.half == .real && session.truth != nil {
            var measures = Measures()
            measures.add(session)
            table.add(Self.row("  " + session.name, session.half.rawValue, measures))
        }
        for half in [Session.Half.tuning, .heldOut] {
            let measures = measures { $0.half == half && $0.aim != .steady }
            if measures.sessions > 0 { table.add(Self.row("ALL SIMULATED", half.rawValue, measures)) }
        }
        return table.text
    }

    private static func row(_ name: String, _ half: String, _ measures: Measures) -> [String] {
        [
            name, half, "\(measures.sessions)", "\(measures.truth)", "\(measures.found)", "\(measures.matched)",
            text(measures.f1, 3), text(measures.onset.absolute.median, 2), text(measures.onset.absolute.p95, 2),
            text(measures.onset.median, 2), text(measures.end.absolute.median, 2), text(measures.end.absolute.p95, 2),
            text(measures.end.median, 2), text(measures.startLatency.median, 2), text(measures.startLatency.p95, 2),
            text(measures.endLatency.median, 2), text(measures.endLatency.p95, 2),
            measures.rightTime.map { text(100 * $0, 1) + " %" } ?? "–",
        ]
    }

    /// What was done, a row each, and what it was taken for, in per cent of the time.
    var kinds: String {
        let names = ["rest", "warmup", "sprint", "interval", "recovery", "steady", "cooldown"]
        var table = Table(["done", "half", "hours"] + names)
        for name in names {
            for half in [Session.Half.tuning, .heldOut] {
                let row = measures { $0.half == half }.kinds[name] ?? [:]
                let all = row.values.reduce(0, +)
                guard all > 0 else { continue }
                table.add(
                    [name, half.rawValue, text(all / 3600, 2)] + names.map { text(100 * (row[$0] ?? 0) / all, 1) })
            }
        }
        return table.text
    }

    /// Efforts: found less true, in percentage points.
    var efforts: String {
        var table = Table([
            "condition", "half", "sprints", "external m", "|m|", "|p95|", "|max|", "within 1", "internal m", "|p95|",
            "|max|", "within 3",
            "target right",
        ])
        for condition in conditions {
            for half in [Session.Half.tuning, .heldOut] {
                let measures = measures { $0.condition == condition && $0.half == half }
                if measures.external.count + measures.internal.count > 0 {
                    table.add(Self.effortRow(condition, half.rawValue, measures))
                }
            }
        }
        for half in [Session.Half.tuning, .heldOut] {
            let measures = measures { $0.half == half }
            guard measures.sessions > 0 else { continue }
            table.add(Self.effortRow("ALL SIMULATED", half.rawValue, measures))
        }
        return table.text
    }

    private static func effortRow(_ name: String, _ half: String, _ measures: Measures) -> [String] {
        func percent(_ share: Double?) -> String { share.map { text(100 * $0, 1) + " %" } ?? "–" }
        let right = measures.verdicts > 0 ? "\(measures.rightVerdicts) of \(measures.verdicts)" : "–"
        return [
            name, half, "\(max(measures.external.count, measures.internal.count))", text(measures.external.median, 2),
            text(measures.external.absolute.median, 2), text(measures.external.absolute.p95, 2),
            text(measures.external.absolute.largest, 2), percent(measures.external.share(within: 1)),
            text(measures.internal.median, 2), text(measures.internal.absolute.p95, 2),
            text(measures.internal.absolute.largest, 2), percent(measures.internal.share(within: 3)), right,
        ]
    }

    /// The project's aims, and how far they are reached, for each half.
    var aims: String {
        var table = Table(["aim", "wanted", "tuning", "held out", "real"])
        func add(_ name: String, _ wanted: String, _ value: (Session.Half) -> (Double?, Bool), _ decimals: Int) {
            let cells = Session.Half.allCases.map { half -> String in
                // Of real runners no maximum is known, and of most recordings no truth.
                guard half != .real || sessions.contains(where: { $0.half == .real }) else { return "–" }
                let (number, reached) = value(half)
                return text(number, decimals) + (number == nil ? "" : reached ? "  yes" : "  NO ")
            }
            table.add([name, wanted] + cells)
        }
        func atLeast(_ limit: Double, _ number: Double?) -> (Double?, Bool) { (number, (number ?? -1) >= limit) }
        func atMost(_ limit: Double, _ number: Double?) -> (Double?, Bool) {
            (number, (number ?? .infinity) <= limit)
        }
        func of(_ aim: Condition.Aim, _ half: Session.Half) -> Measures {
            measures { $0.aim == aim && $0.half == half }
        }
        for (aim, wanted) in [
            (Condition.Aim.fourHertz, 0.99), (.disturbed, 0.97), (.sparse, 0.93), (.heartRate, 0.9), (.labelled, 0.95),
        ] {
            add("\(aim.rawValue): F1", "≥ \(text(wanted, 2))", { atLeast(wanted, of(aim, $0).f1) }, 3)
        }
        let four = Condition.Aim.fourHertz
        add("onset error, median, s", "≤ 0.5", { atMost(0.5, of(four, $0).onset.absolute.median) }, 2)
        add("onset error, p95, s", "≤ 2", { atMost(2, of(four, $0).onset.absolute.p95) }, 2)
        add("end error, median, s", "≤ 0.5", { atMost(0.5, of(four, $0).end.absolute.median) }, 2)
        add("end error, p95, s", "≤ 2", { atMost(2, of(four, $0).end.absolute.p95) }, 2)
        add("latency, median, s", "≤ 2", { atMost(2, of(four, $0).startLatency.median) }, 2)
        add("latency, p95, s", "≤ 3.5", { atMost(3.5, of(four, $0).startLatency.p95) }, 2)
        let heart = Condition.Aim.heartRate
        add(
            "heart rate only: onset error, median, s", "≤ 4", { atMost(4, of(heart, $0).onset.absolute.median) }, 2)
        add("heart rate only: latency, median, s", "≤ 10", { atMost(10, of(heart, $0).startLatency.median) }, 2)
        add("steady running: false bouts an hour", "≤ 0.1", { atMost(0.1, of(.steady, $0).falsePerHour) }, 2)
        func percent(_ name: String, _ wanted: String, _ limit: Double, _ share: (Measures) -> Double?) {
            for aim in [Condition.Aim.fourHertz, .disturbed] {
                add("\(aim.rawValue): \(name), %", wanted, { atLeast(limit, share(of(aim, $0)).map { 100 * $0 }) }, 1)
            }
        }
        percent("external effort within 1 point", "100", 100) { $0.external.share(within: 1) }
        percent("internal effort within 3 points", "100", 100) { $0.internal.share(within: 3) }
        percent("on_target right", "≥ 98", 98) {
            $0.verdicts > 0 ? Double($0.rightVerdicts) / Double($0.verdicts) : nil
        }
        add(
            "warm-up strides taken for bouts, %", "0",
            { half in
                let measures = measures { $0.half == half }
                let share = Double(measures.stridesTaken) / Double(max(measures.strides, 1))
                return atMost(0, measures.strides > 0 ? 100 * share : nil)
            }, 1)
        return table.text
    }
}
