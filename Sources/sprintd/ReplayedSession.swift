// SPDX-License-Identifier: GPL-3.0-or-later
internal import AthleteFile
internal import ProcessIO
internal import Report
internal import Scoring

/// A recording run through the pipeline as if it were happening.
enum ReplayedSession {
    static func run(_ options: Options) throws(CommandFailure) {
        var athletes: [Athlete] = []
        for path in options.athletes { athletes.append(try AthleteFile.athlete(atPath: path)) }
        let output = StandardStream.output
        let style = Environment.process.style(isTerminal: output.isTerminal, terminalColumns: output.columns)
        let interactive = output.isTerminal && Environment.process["TERM"] ?? "dumb" != "dumb"
        let lines = LivePhaseLine(style: style, interactive: interactive)
        try replay(options, athletes: athletes, lines: lines)
    }

    /// Where the daemon meets the pipeline.
    private static func replay(
        _ options: Options, athletes: [Athlete], lines: LivePhaseLine
    ) throws(CommandFailure) {
        _ = try WholeFile.read(options.recording, limit: .max)
        throw CommandFailure(.unavailable, "\(options.recording): replay is not in this build")
    }
}
