// SPDX-License-Identifier: GPL-3.0-or-later
internal import ActivityFile
internal import ArgumentParser
internal import AthleteFile
internal import FIT
internal import Measurement
internal import ProcessIO
internal import Scoring
internal import SessionStore

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a session or a recording in a format that other programs read.",
        discussion: """
            fit and tcx are activity files; csv has a row a second, jsonl a line a record, phase and bout; pcapng \
            is the capture itself.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case fit
        case tcx
        case csv
        case jsonl
        case pcapng

        var isText: Bool {
            switch self {
            case .tcx, .csv, .jsonl: true
            case .fit, .pcapng: false
            }
        }
    }

    enum Surface: String, ExpressibleByArgument, CaseIterable {
        case generic
        case track
        case treadmill

        var subSport: FITProfile.SubSport {
            switch self {
            case .generic: .generic
            case .track: .track
            case .treadmill: .treadmill
            }
        }
    }

    @OptionGroup var state: SessionsCommand.State

    @Argument(help: "The session's name or folder, or a recording.")
    var session: String

    @Option(help: "What to write.")
    var format: Format = .fit

    @Option(help: ArgumentHelp("Where to write it (the standard output).", valueName: "file"))
    var out: String?

    @Option(help: ArgumentHelp("What is known of the athlete (TOML).", valueName: "file"))
    var athlete: String?

    @Option(help: ArgumentHelp("The plan that the session is held against: a name or a file.", valueName: "plan"))
    var plan: String?

    @Option(help: "What was run on.")
    var surface: Surface = .generic

    @Option(
        help: ArgumentHelp(
            "When it began, as 2026-11-23T05:27:11Z, where the recording does not say.", valueName: "time"))
    var start: String?

    func validate() throws {
        try Connection.validate(start: start)
    }

    func run() throws {
        if out == nil, !format.isText, StandardStream.output.isTerminal {
            throw CommandFailure(.usage, "a \(format.rawValue) file is no text for a terminal: say --out FILE")
        }
        let input = try SessionOrRecording.resolve(session, in: state.folders)
        if format == .pcapng {
            let file = try OutputFile(out)
            try Connection.capture(of: input.path) { bytes throws(CommandFailure) in try file.write(bytes) }
            return try file.finish()
        }
        let known = try athlete.map { path throws(CommandFailure) in try AthleteFile.athlete(atPath: path) }
        let planned = try plan.map { plan throws(CommandFailure) in try PlanFile.plan(plan, .usage) }
        let activity = try Connection.activity(
            of: input, athlete: known, plan: planned,
            start: start.flatMap { DateText.unixNanoseconds($0.utf8) }.map { $0 / 1_000_000_000 },
            surface: surface.subSport)
        switch format {
        case .fit: try write(try Connection.fit(activity, name: session))
        case .tcx:
            try Connection.checkDate(of: activity, name: session, "a TCX file")
            let file = try OutputFile(out)
            try TCXActivityWriter(activity).write { bytes throws(CommandFailure) in try file.write(bytes) }
            try file.finish()
        case .csv:
            let file = try OutputFile(out)
            try CSVActivityWriter(activity).write { bytes throws(CommandFailure) in try file.write(bytes) }
            try file.finish()
        case .jsonl:
            let file = try OutputFile(out)
            try JSONLinesActivityWriter(activity).write { bytes throws(CommandFailure) in try file.write(bytes) }
            try file.finish()
        case .pcapng: break
        }
    }

    private func write(_ bytes: [UInt8]) throws(CommandFailure) {
        let file = try OutputFile(out)
        try file.write(bytes.span)
        try file.finish()
    }
}
