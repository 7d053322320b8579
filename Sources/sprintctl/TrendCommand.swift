// SPDX-License-Identifier: GPL-3.0-or-later
internal import ArgumentParser
internal import JSON
internal import Measurement
internal import ProcessIO
internal import Report
internal import SessionIndex

struct TrendCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trend",
        abstract: "Show how efforts, fade, heart-rate recovery and score go over the weeks.",
        discussion: "Weeks begin on Monday, by the clock of this machine.")

    @OptionGroup var state: SessionsCommand.State

    @Option(help: ArgumentHelp("So many weeks, up to the newest session.", valueName: "n"))
    var weeks = 12

    @OptionGroup var athlete: SessionsCommand.AthleteFilter

    @Option(help: "A table to read, or JSON.")
    var format: AnalyzeCommand.Format = .text

    func validate() throws {
        guard (1...5000).contains(weeks) else { throw ValidationError("--weeks must be 1 to 5000.") }
    }

    func run() throws {
        let athlete = try athlete.name()
        let trend = Trend(try state.indexed(athlete: athlete), weeks: weeks, offset: LocalTime.offset(at:))
        guard format == .text else { return try StandardStream.output.write(json(trend)) }
        try StandardStream.output.write(trend.weeks.isEmpty ? state.emptyText(athlete: athlete) : text(trend))
    }

    private func json(_ trend: Trend) -> String {
        var writer = JSONWriter(pretty: true)
        writer.array { writer in
            for week in trend.weeks {
                writer.object { writer in
                    writer.member("week", week.monday)
                    writer.member("sessions", week.sessions)
                    writer.member("sprints", week.sprints)
                    writer.member("on_target", week.onTarget)
                    writer.member("best_effort", week.bestEffort, decimals: 4)
                    writer.member("best_speed_mps", week.bestSpeed, decimals: 3)
                    writer.member("fade", week.fade, decimals: 4)
                    writer.member("hr_recovery_60_bpm", week.recovery, decimals: 1)
                    writer.member("score", week.score, decimals: 2)
                }
            }
        }
        return writer.text + "\n"
    }

    private func text(_ trend: Trend) -> String {
        let output = StandardStream.output
        let style = Environment.process.style(isTerminal: output.isTerminal, terminalColumns: output.columns)
        func decimal(_ value: Double?, _ decimals: Int, _ unit: String = "") -> String {
            value.flatMap { FixedDecimal($0, decimals: decimals)?.text }.map { $0 + unit } ?? "-"
        }
        var table = TextTable([
            .left("week of"), .right("sessions"), .right("sprints"), .right("on"), .right("best"), .right("m/s"),
            .right("fade"), .right("fall 60 s"), .right("score"), .left(""),
        ])
        for week in trend.weeks {
            table.add([
                week.monday, String(week.sessions), String(week.sprints), String(week.onTarget),
                week.bestEffort.map { "\(Int(min(max($0, 0), 9.99) * 100 + 1e-9)) %" } ?? "-",
                decimal(week.bestSpeed, 2), decimal(week.fade.map { $0 * 100 }, 1, " %"), decimal(week.recovery, 0),
                decimal(week.score, 0), Self.bar(week.score, unicode: style.unicode),
            ])
        }
        return table.text(width: max(style.width, 80)) + summary(trend, decimal)
    }

    /// The score as a bar of at most ten characters.
    private static func bar(_ score: Double?, unicode: Bool) -> String {
        guard let score else { return "" }
        let halves = Int(min(max(score, 0), 100) / 5)
        guard unicode else { return String(repeating: "#", count: (halves + 1) / 2) }
        return String(repeating: "━", count: halves / 2) + (halves % 2 == 1 ? "╸" : "")
    }

    /// The first and the second half of the weeks that have something to compare.
    private func summary(_ trend: Trend, _ decimal: (Double?, Int, String) -> String) -> String {
        func change(
            _ name: String, _ value: KeyPath<Trend.Week, Double?>, _ decimals: Int, _ unit: String, _ factor: Double
        )
            -> String?
        {
            let known = trend.weeks.compactMap { $0[keyPath: value] }
            guard known.count >= 4 else { return nil }
            let half = known.count / 2
            func mean(_ part: ArraySlice<Double>) -> Double { part.reduce(0, +) / Double(part.count) * factor }
            let (before, after) = (mean(known.prefix(half)), mean(known.suffix(half)))
            return "\(name) \(decimal(before, decimals, "")) to \(decimal(after, decimals, unit))"
        }
        let parts = [
            change("best effort", \.bestEffort, 0, " %", 100), change("fade", \.fade, 1, " %", 100),
            change("fall in 60 s", \.recovery, 0, " bpm", 1), change("score", \.score, 0, "", 1),
        ].compactMap { $0 }
        return parts.isEmpty ? "" : "\nearlier to later half: " + parts.joined(separator: ", ") + "\n"
    }
}
