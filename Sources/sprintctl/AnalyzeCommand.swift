// SPDX-License-Identifier: GPL-3.0-or-later
internal import Analysis
internal import ArgumentParser
internal import AthleteFile
internal import ProcessIO
internal import Report
internal import Scoring

struct AnalyzeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "analyze",
        abstract: "Find the phases of a recording, score its sprints, and print the report.",
        discussion: """
            Reads pcapng, pcap, btsnoop, FIT, TCX and CSV files; the format is told by the content.

            Colour and width follow the terminal; NO_COLOR and COLUMNS are honoured.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text
        case json
    }

    @Argument(help: "The recording.")
    var file: String

    @Option(help: ArgumentHelp("What is known of the athlete (TOML).", valueName: "file"))
    var athlete: String?

    @Option(help: ArgumentHelp("The plan that the session is held against: a name or a file.", valueName: "plan"))
    var plan: String?

    @Option(help: "A report to read, or everything as JSON.")
    var format: Format = .text

    func run() throws {
        let known = try athlete.map { path throws(CommandFailure) in try AthleteFile.athlete(atPath: path) }
        let planned = try plan.map { plan throws(CommandFailure) in try PlanFile.plan(plan, .usage) }
        let document = try Connection.analysis(ofFile: file, athlete: known, plan: planned)
        let output = StandardStream.output
        switch format {
        case .json:
            try output.write(document.json(pretty: true) + "\n")
        case .text:
            let style = Environment.process.style(isTerminal: output.isTerminal, terminalColumns: output.columns)
            try output.write(Report(document, style: style).text)
        }
    }
}
