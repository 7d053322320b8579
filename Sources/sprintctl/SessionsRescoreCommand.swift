// SPDX-License-Identifier: GPL-3.0-or-later
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
        let rescore = SessionRescore(
            try state.lock(), program: "sprintctl \(Version.text)",
            analyseImport: { path, known, start in
                try? Connection.analysis(ofFile: path, athlete: nil, plan: nil, known: known, start: start)
            })
        var changed = 0
        // Oldest first: what is observed in one counts for the next.
        for name in wanted.sorted() {
            let outcome: SessionRescore.Outcome
            do throws(SessionError) {
                outcome = try rescore.rescore(name, athlete: known, plan: plan)
            } catch {
                throw CommandFailure(error)
            }
            if case .rescored = outcome { changed += 1 }
            try StandardStream.output.write(text(outcome, name) + "\n")
        }
        try StandardStream.output.write("\(changed) of \(wanted.count) scored anew\n")
    }

    private func text(_ outcome: SessionRescore.Outcome, _ name: String) -> String {
        switch outcome {
        case .rescored(let before, let after):
            "\(name): score \(points(before?.score)) -> \(points(after.score)), \(maxima(after))"
        case .unchanged(let digest): "\(name): unchanged, score \(points(digest.score)), \(maxima(digest))"
        case .ofAnother(let other): "\(name): passed over, of \(other ?? "nobody")"
        case .unfinished: "\(name): passed over, not finished"
        case .unreadable: "\(name): passed over, holds nothing that can be read"
        }
    }

    private func points(_ score: Double?) -> String {
        score.flatMap { FixedDecimal($0, decimals: 1)?.text } ?? "none"
    }

    private func maxima(_ digest: SessionDigest) -> String {
        func text(_ maximum: SessionDigest.Maximum?, _ unit: String, _ decimals: Int) -> String? {
            guard let maximum, let value = FixedDecimal(maximum.value, decimals: decimals)?.text else { return nil }
            return "\(value) \(unit) (\(maximum.basis)\(maximum.origin.map { ": " + $0 } ?? ""))"
        }
        return [text(digest.maxSpeed, "m/s", 2), text(digest.maxHeartRate, "bpm", 0)].compactMap { $0 }
            .joined(separator: ", ")
    }
}
