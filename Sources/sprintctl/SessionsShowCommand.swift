// SPDX-License-Identifier: GPL-3.0-or-later
internal import Analysis
internal import ArgumentParser
internal import ProcessIO
internal import Report
internal import SessionStore

struct SessionsShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Print a session's report.")

    @OptionGroup var state: SessionsCommand.State

    @Argument(help: "The session's name.")
    var name: String

    func run() throws {
        _ = try state.folder(of: name)
        let input = try SessionOrRecording.resolve(name, in: state.folders)
        let document = try Connection.analysis(
            ofFile: input.path, athlete: nil, plan: nil, known: input.known, start: input.start)
        let week = try WeekCommand.week(of: name, state: state)
        let output = StandardStream.output
        let style = Environment.process.style(isTerminal: output.isTerminal, terminalColumns: output.columns)
        try output.write(Report(document, style: style, week: week).text)
    }
}
