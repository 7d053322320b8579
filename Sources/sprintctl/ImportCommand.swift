// SPDX-License-Identifier: GPL-3.0-or-later
internal import Analysis
internal import ArgumentParser
internal import AthleteFile
internal import FileIO
internal import Measurement
internal import ProcessIO
internal import Replay
internal import Scoring
internal import SessionStore

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take an activity of another program into the history.",
        discussion: """
            Reads FIT, TCX and CSV files. The file is kept as it is in a session of its own, so that everything else \
            can be made from it again. One that is there already is not imported twice.
            """)

    @OptionGroup var state: SessionsCommand.State

    @Argument(help: "The activity.")
    var file: String

    @Option(help: ArgumentHelp("What is known of the athlete (TOML).", valueName: "file"))
    var athlete: String?

    @Option(help: ArgumentHelp("The plan that the session is held against: a name or a file.", valueName: "plan"))
    var plan: String?

    @Option(
        help: ArgumentHelp(
            "When its first record was made, as 2026-11-23T05:27:11Z, where the file does not say.", valueName: "time"))
    var start: String?

    func validate() throws {
        if let start, DateText.unixNanoseconds(start.utf8) == nil {
            throw ValidationError("--start must be a time like 2026-11-23T05:27:11Z.")
        }
        if file == "-" { throw ValidationError("the file is read twice, so it cannot be the standard input.") }
    }

    func run() throws {
        if FileStamp(ofFile: file) == nil, FileTree.exists(file) {
            throw CommandFailure(.noInput, "\(file): is no plain file")
        }
        var known =
            try athlete.map { path throws(CommandFailure) in try AthleteFile.athlete(atPath: path) } ?? Athlete()
        var planned = try plan.map { plan throws(CommandFailure) in try PlanFile.plan(plan, .usage) }
        if planned == nil, let name = known.plan { planned = try PlanFile.plan(name, .configuration) }
        known.plan = planned?.name
        let kind = try kind()
        let begin = try begin(kind)
        known.observed = try observed(before: begin, athlete: known.name)
        let metadata = SessionMetadata(
            program: "sprintctl \(Version.text)", athlete: known, plan: planned,
            replayOf: file.split(separator: "/").last.map(String.init)
        ).asKept
        let document = try Connection.analysis(ofFile: file, athlete: nil, plan: nil, known: metadata, start: begin)
        let name = SessionName.make(unixSeconds: begin, athlete: known.name)
        let importer = SessionImporter(state: state.path, files: PosixFileSystem())
        do {
            if let twin = try importer.twin(ofFile: file, kind: kind, name: name) {
                return try StandardStream.output.write("\(file) is there already: \(twin)\n")
            }
            let session = try importer.add(
                name: name, file: file, kind: kind, metadata: metadata,
                analysis: document.json(pretty: true) + "\n")
            try StandardStream.output.write("imported as \(session)\n")
        } catch let error as SessionError {
            throw CommandFailure(error)
        } catch let error as FileError {
            throw CommandFailure(error)
        }
    }

    /// When the session began, in seconds since 1970-01-01 00:00 UTC.
    private func begin(_ kind: SessionSource.ImportKind) throws(CommandFailure) -> Int64 {
        if let start, let given = DateText.unixNanoseconds(start.utf8) { return given / 1_000_000_000 }
        let recorded = try Connection.start(ofFile: file).nanoseconds / 1_000_000_000
        // There the time of t_s = 0 stands, which the first row may lie behind.
        if kind == .csv, let zero = Self.startComment(of: file) {
            return zero + max(0, min(recorded, Connection.earliestDate))
        }
        guard recorded >= Connection.earliestDate else {
            throw CommandFailure(.badData, "\(file): does not say when it began: say --start TIME")
        }
        return recorded
    }

    /// The athlete's best in the sessions that are here and were before.
    private func observed(before begin: Int64, athlete: String?) throws(CommandFailure) -> ObservedMaxima {
        do throws(FileError) {
            return ObservedHistory(try state.folders.digests(), athlete: athlete).maxima(before: begin)
        } catch {
            throw CommandFailure(error)
        }
    }

    private func kind() throws(CommandFailure) -> SessionSource.ImportKind {
        let opened = try Connection.open(file)
        switch opened.format {
        case .fit: return .fit
        case .tcx: return .tcx
        case .csv: return .csv
        case .pcapng, .pcap, .btsnoop:
            throw CommandFailure(
                .badData, "\(file): is a capture; sprintd --replay makes a session of it, frame by frame")
        }
    }

    /// Of a CSV file that this program exported.
    private static func startComment(of path: String) -> Int64? {
        guard let file = try? PosixFileSystem().open(path) else { return nil }
        let files = PosixFileSystem()
        defer { files.close(file) }
        var buffer = [UInt8](repeating: 0, count: 128)
        guard let count = try? files.read(file, at: 0, into: &buffer) else { return nil }
        let line = buffer.prefix(count).prefix { $0 != 0x0A }
        let mark = Array("# start ".utf8)
        guard line.starts(with: mark) else { return nil }
        return DateText.unixNanoseconds(line.dropFirst(mark.count)).map { $0 / 1_000_000_000 }
    }
}
