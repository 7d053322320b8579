// SPDX-License-Identifier: GPL-3.0-or-later
internal import Analysis
internal import ArgumentParser
internal import AthleteFile
internal import JSON
internal import ProcessIO
internal import Scoring
internal import SessionStore

struct SessionsRescoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rescore",
        abstract: "Score finished sessions anew, with what is known of the athlete now.",
        discussion: """
            Captures and imported files stay as they are. A session whose analysis comes out the same is left alone. What is known \
            is kept beside them in rescored.json.

            Without --athlete each session keeps its own figures, and only what was observed in earlier sessions is \
            brought up to date. With it, sessions of other athletes are passed over.
            """)

    @OptionGroup var state: SessionsCommand.State

    @Option(help: ArgumentHelp("What is known of the athlete now (TOML).", valueName: "file"))
    var athlete: String?

    @Flag(help: "All sessions.")
    var all = false

    @Argument(help: "Sessions by name.")
    var names: [String] = []

    func validate() throws {
        if names.isEmpty != all { throw ValidationError("Name sessions, or say --all.") }
    }

    func run() throws {
        let known = try athlete.map { path throws(CommandFailure) in try AthleteFile.athlete(atPath: path) }
        let plan = try known?.plan.map { plan throws(CommandFailure) in try PlanFile.plan(plan, .configuration) }
        let wanted = try state.names(names)
        guard !wanted.isEmpty else { return }
        var rescore = SessionRescore(
            try state.lock(), program: "sprintctl \(Version.text)",
            analyseImport: { path, known, start in
                try? Connection.analysis(ofFile: path, athlete: nil, plan: nil, known: known, start: start)
            })
        var changed = 0
        var failures = SessionFailures()
        // Oldest first: what is observed in one counts for the next.
        for name in wanted.sorted() {
            let outcome: SessionRescore.Outcome
            do throws(SessionError) {
                outcome = try rescore.rescore(name, athlete: known, plan: plan)
            } catch {
                try failures.add(name, CommandFailure(error))
                continue
            }
            if case .rescored = outcome { changed += 1 }
            if let text = text(outcome) {
                try StandardStream.output.write("\(name): \(text)\n")
            } else {
                try failures.add(name, CommandFailure(.badData, "passed over, holds nothing that can be read"))
            }
        }
        try StandardStream.output.write("\(changed) of \(wanted.count) scored anew\n")
        try failures.end(of: wanted.count, "could not be scored anew")
    }

    /// - Returns: `nil` for a failure.
    private func text(_ outcome: SessionRescore.Outcome) -> String? {
        switch outcome {
        case .rescored(let before, let after, let athlete):
            "score \(points(before)) -> \(points(after)), \(maxima(athlete))"
        case .unchanged(let score, let athlete): "unchanged, score \(points(score)), \(maxima(athlete))"
        case .ofAnother(let other): "passed over, of \(other ?? "nobody")"
        case .unfinished: "passed over, not finished"
        case .unreadable: nil
        }
    }

    private func points(_ score: Double?) -> String {
        score.flatMap { FixedDecimal($0, decimals: 1)?.text } ?? "none"
    }

    private func maxima(_ athlete: AnalysisDocument.AthleteMaxima) -> String {
        func text(_ maximum: AnalysisDocument.Maximum?, _ unit: String, _ decimals: Int) -> String? {
            guard let maximum, let value = FixedDecimal(maximum.value, decimals: decimals)?.text else { return nil }
            return "\(value) \(unit) (\(maximum.basis.rawValue)\(maximum.origin.map { ": " + $0 } ?? ""))"
        }
        return [text(athlete.maxSpeed, "m/s", 2), text(athlete.maxHeartRate, "bpm", 0)].compactMap { $0 }
            .joined(separator: ", ")
    }
}
