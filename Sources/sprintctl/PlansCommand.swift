// SPDX-License-Identifier: GPL-3.0-or-later
internal import ArgumentParser
internal import AthleteFile
internal import ProcessIO
internal import Report
internal import Scoring

struct PlansCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plans",
        abstract: "List the built-in plans, show one, or check a plan file.",
        discussion: "A plan file that is none is refused with file, line and column, and status 78.")

    @Argument(help: "The plan to show; all are listed when none is given.")
    var name: String?

    @Option(help: ArgumentHelp("A plan file (TOML) to check and show.", valueName: "file"))
    var file: String?

    func validate() throws {
        if name != nil, file != nil { throw ValidationError("A name or --file, not both.") }
    }

    func run() throws {
        let output = StandardStream.output
        let style = Environment.process.style(isTerminal: output.isTerminal, terminalColumns: output.columns)
        if let file {
            try output.write(PlanText(try PlanFile.plan(atPath: file), style: style).whole)
        } else if let name {
            try output.write(PlanText(try PlanFile.plan(name, .usage), style: style).whole)
        } else {
            try output.write(Plan.builtIn.map { PlanText($0, style: style).line }.joined())
        }
    }
}
