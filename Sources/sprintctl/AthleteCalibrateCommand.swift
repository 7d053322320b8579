// SPDX-License-Identifier: GPL-3.0-or-later
internal import Analysis
internal import ArgumentParser
internal import AthleteFile
internal import JSON
internal import ProcessIO
internal import Scoring

struct AthleteCalibrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate",
        abstract: "Find the best 5 s mean speed and the highest heart rate of a recording.",
        discussion: """
            Record a warm-up and two or three all-out runs of 60 to 100 m for the speed, and some hard minutes with \
            a sprint at their end for the heart rate.

            Only what sensors did not mark as doubtful counts, each as the mean of 5 s.
            """)

    @Argument(help: "The recording.")
    var file: String

    @Option(help: ArgumentHelp("The athlete's file (TOML).", valueName: "file"))
    var athlete: String?

    @Flag(help: "Put what was found into the athlete's file, where it is more than what stands there.")
    var write = false

    @Flag(help: "With --write, also what is less: the athlete has become slower.")
    var lower = false

    func validate() throws {
        if write, athlete == nil { throw ValidationError("--write needs --athlete.") }
        if lower, !write { throw ValidationError("--lower needs --write.") }
    }

    /// One maximum: what was found, and what is known.
    private struct Finding {
        var label: String
        var key: String
        var unit: String
        var decimals: Int
        var found: Double?
        var end: Double?
        var known: Double?
        var range: ClosedRange<Double>

        /// As it is written; rounded down, to what was surely reached.
        var text: String? {
            guard let found, range.contains(found) else { return nil }
            let scale = decimals == 2 ? 100.0 : 1.0
            return FixedDecimal((found * scale).rounded(.down) / scale, decimals: decimals)?.trimmed
        }
        var value: Double? { text.flatMap { Double($0) } }
    }

    func run() throws {
        let known = try athlete.map { path throws(CommandFailure) in try AthleteFile.athlete(atPath: path) }
        let document = try Connection.analysis(ofFile: file, athlete: known, plan: nil)
        let findings = [
            Finding(
                label: "best 5 s mean speed", key: "max_speed_mps", unit: "m/s", decimals: 2,
                found: document.best.speed, end: document.best.speedEnd, known: known?.maxSpeed,
                range: ObservedMaxima.speeds),
            Finding(
                label: "highest heart rate", key: "max_hr_bpm", unit: "bpm", decimals: 0,
                found: document.best.heartRate, end: document.best.heartRateEnd, known: known?.maxHeartRate,
                range: ObservedMaxima.heartRates),
        ]
        guard findings.contains(where: { $0.text != nil }) else {
            let whose = known?.listsSensors == true ? " of this athlete's sensors" : ""
            throw CommandFailure(.badData, "\(file): holds no speed and no heart rate\(whose) to calibrate with")
        }
        var figures: [AthleteFile.Figure] = []
        var lines: [String] = []
        for finding in findings { lines.append(try line(finding, &figures)) }
        if document.sprints.isEmpty, document.intervals.isEmpty {
            lines.append("There is no sprint in this recording: these are hardly maxima.")
        }
        if !write, let known {
            let more = findings.contains {
                ($0.value ?? 0) > ($0.key == "max_hr_bpm" ? known.maxHeartRate : known.maxSpeed) ?? 0
            }
            if more { lines.append("--write puts them into the athlete's file.") }
        }
        if write, let athlete, !figures.isEmpty {
            let bytes = try WholeFile.read(athlete, limit: AthleteFile.largest)
            let text: String
            do {
                text = try AthleteFile.setting(figures, in: try AthleteFile.text(bytes))
            } catch {
                throw CommandFailure(.configuration, "\(athlete):\(error)")
            }
            try WholeFile.replace(athlete, with: Array(text.utf8))
            lines.append(
                "\(athlete) is updated. sprintctl sessions rescore --all --athlete \(athlete) scores old sessions with it."
            )
        }
        try StandardStream.output.write(lines.joined(separator: "\n") + "\n")
    }

    private func line(_ finding: Finding, _ figures: inout [AthleteFile.Figure]) throws(CommandFailure) -> String {
        func padded(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(0, width - text.count))
        }
        let label = padded(finding.label, 22)
        guard let text = finding.text, let value = finding.value else { return "\(label)not in this recording" }
        var line = label + padded("\(text) \(finding.unit)", 11)
        if let end = finding.end.flatMap({ Int(exactly: $0.rounded(.down)) }) {
            line += "at \(end / 60):\(end % 60 < 10 ? "0" : "")\(end % 60)"
        }
        guard let known = finding.known else {
            if write { figures.append(.init(key: finding.key, value: text)) }
            return line
        }
        let old = FixedDecimal(known, decimals: finding.decimals)?.trimmed ?? "\(known)"
        if value == known { return line + ", as in the file" }
        if value < known, !lower { return line + ", below the file's \(old), which stays" }
        if write { figures.append(.init(key: finding.key, value: text)) }
        return line + ", the file \(write ? "had" : "has") \(old)"
    }
}
