// SPDX-License-Identifier: GPL-3.0-or-later
internal import ArgumentParser
internal import AthleteFile
internal import JSON
internal import Measurement
internal import ProcessIO
internal import Scoring
internal import SessionIndex
internal import SessionStore

struct AthleteShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print the maxima that the next session would be scored with, and where each comes from.",
        discussion: """
            Measured goes before observed, and observed before estimated. Observed is the best of the athlete's \
            sessions in the state folder; a heart rate counts as observed when it is above the estimate.
            """)

    @OptionGroup var state: SessionsCommand.State

    @Option(help: ArgumentHelp("The athlete's file (TOML).", valueName: "file"))
    var athlete: String?

    @Option(help: ArgumentHelp("The athlete by name, where there is no file.", valueName: "name"))
    var name: String?

    func validate() throws {
        if athlete != nil, name != nil { throw ValidationError("--athlete or --name, not both.") }
    }

    func run() throws {
        var known =
            try athlete.map { path throws(CommandFailure) in try AthleteFile.athlete(atPath: path) } ?? Athlete()
        if let name { known.name = name }
        let history = ObservedHistory(try state.indexed().map(\.digest), athlete: known.name)
        known.observed = history.maxima(before: nil)
        let now = LocalTime.now
        let maxima = Maxima(known, year: CalendarDate(unixSeconds: now + LocalTime.offset(at: now)).year)
        var lines = [known.name ?? "an athlete without a name"]
        lines.append(line("maximum speed", maxima.speed, "m/s", decimals: 2))
        lines.append(line("maximum heart rate", maxima.heartRate, "bpm", decimals: 0))
        if let rate = known.restingHeartRate { lines.append(row("resting heart rate", "\(text(rate, 0)) bpm")) }
        if let mass = known.mass {
            lines.append(row("mass", "\(text(mass, 1)) kg"))
            let range = TrainingWeek.protein(mass: mass)
            lines.append(row("protein", "\(text(range.lowerBound, 0)) to \(text(range.upperBound, 0)) g a day"))
        }
        if let target = known.target { lines.append(row("target", "\(text(target * 100, 0)) %")) }
        if let plan = known.plan { lines.append(row("plan", plan)) }
        if !history.versions.isEmpty {
            lines.append("")
            lines.append("observed, as it grew")
            for version in history.versions {
                let speed = version.maxima.speed.map { "\(text($0.value, 2)) m/s" } ?? ""
                let rate = version.maxima.heartRate.map { "\(text($0.value, 0)) bpm" } ?? ""
                let day = CalendarDate(dayNumber: LocalTime.day(of: version.start)).extendedDate
                lines.append("  \(day)  \(pad(speed, 10))\(pad(rate, 9))\(version.session)")
            }
        }
        try StandardStream.output.write(lines.joined(separator: "\n") + "\n")
    }

    private func text(_ value: Double, _ decimals: Int) -> String {
        FixedDecimal(value, decimals: decimals)?.text ?? "-"
    }

    private func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private func row(_ label: String, _ value: String) -> String { "  \(pad(label, 20))\(value)" }

    private func line(_ label: String, _ maximum: Maxima.Value, _ unit: String, decimals: Int) -> String {
        var basis = maximum.basis.rawValue
        if maximum.basis == .estimated { basis += ", provisional" }
        if let origin = maximum.origin { basis += ": \(origin)" }
        return row(label, "\(pad("\(text(maximum.value, decimals)) \(unit)", 10))\(basis)")
    }
}
