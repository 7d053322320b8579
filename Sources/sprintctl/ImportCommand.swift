// SPDX-License-Identifier: GPL-3.0-or-later
internal import Analysis
internal import ArgumentParser
internal import AthleteFile
internal import FileIO
internal import Measurement
internal import ProcessIO
internal import Replay
internal import Scoring
internal import SessionIndex
internal import SessionStore

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take an activity of another program into the history.",
        discussion: """
            Reads FIT, TCX and CSV files. The file is kept as it is in a session of its own, so that everything else \
            can be made from it again. One that is there already, or that was exported from a session that is, is \
            refused.
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

    @Flag(help: "Import it although it is there already.")
    var again = false

    func validate() throws {
        try Connection.validate(start: start)
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
        let sessions = try state.indexed()
        // The athlete's best in the sessions that are here and were before.
        known.observed = ObservedHistory(sessions.map(\.digest), athlete: known.name).maxima(before: begin)
        let metadata = SessionMetadata(
            program: "sprintctl \(Version.text)", athlete: known, plan: planned,
            replayOf: file.split(separator: "/").last.map(String.init)
        ).asKept
        let document = try Connection.analysis(ofFile: file, athlete: nil, plan: nil, known: metadata, start: begin)
        try Connection.checkDates(from: begin, duration: document.source.duration, of: file)
        let name = SessionName.make(unixSeconds: begin, athlete: known.name)
        let importer = SessionImporter(state: state.path, files: PosixFileSystem())
        do {
            if !again, let twin = try twin(importer, kind, begin, document, sessions) {
                throw CommandFailure(
                    .cannotCreate,
                    "\(file): is there already as \(twin.session) (\(twin.reason)); --again imports it all the same")
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
            return zero + max(0, min(recorded, Connection.dates.lowerBound))
        }
        guard recorded >= Connection.leastDate else {
            throw CommandFailure(.badData, "\(file): does not say when it began: say --start TIME")
        }
        return recorded
    }

    private func twin(
        _ importer: SessionImporter, _ kind: SessionSource.ImportKind, _ begin: Int64, _ document: AnalysisDocument,
        _ sessions: [IndexedSession]
    ) throws(FileError) -> ImportTwin? {
        if let twin = try importer.twin(ofFile: file, kind: kind) {
            return ImportTwin(session: twin, reason: "the same file")
        }
        return ImportTwin(
            beginning: Self.beginning(of: file, limit: 4096), begin: begin, document: document, among: sessions)
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
        let line = beginning(of: path, limit: 128).prefix { $0 != 0x0A }
        let mark = Array("# start ".utf8)
        guard line.starts(with: mark) else { return nil }
        return DateText.unixNanoseconds(line.dropFirst(mark.count)).map { $0 / 1_000_000_000 }
    }

    private static func beginning(of path: String, limit: Int) -> [UInt8] {
        let files = PosixFileSystem()
        guard let file = try? files.open(path) else { return [] }
        defer { files.close(file) }
        var buffer = [UInt8](repeating: 0, count: limit)
        guard let count = try? files.read(file, at: 0, into: &buffer) else { return [] }
        return Array(buffer.prefix(count))
    }
}
