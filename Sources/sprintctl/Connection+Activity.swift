// SPDX-License-Identifier: GPL-3.0-or-later
internal import ActivityFile
internal import Analysis
internal import Capture
internal import FIT
internal import FileIO
internal import Measurement
internal import ProcessIO
internal import Scoring
internal import SessionStore

/// What the word on a command line stands for: a session of the state folder, a session's folder, or a recording.
struct SessionOrRecording {
    var path: String
    /// What is known of a session's athlete in place of what a capture's header says.
    var known: SessionMetadata?
    /// Of a session's folder.
    var name: String?
    /// When an imported session began, seconds since 1970-01-01 00:00 UTC: its file need not say.
    var start: Int64?

    /// - Throws: `.noInput` for a folder that holds no session.
    static func resolve(_ word: String, in folders: SessionFolders) throws(CommandFailure) -> SessionOrRecording {
        if let source = folders.source(of: word) { return SessionOrRecording(source, name: word) }
        if folders.path(of: word) != nil {
            throw CommandFailure(.noInput, "\(word): the session holds neither a capture nor an import")
        }
        if let source = folders.source(inFolder: word) {
            return SessionOrRecording(source, name: word.split(separator: "/").last.map(String.init))
        }
        return SessionOrRecording(path: word)
    }

    private init(path: String) { self.path = path }

    private init(_ source: SessionSource, name: String?) {
        path = source.path
        self.name = name
        known = source.known
        if source.isImport { start = name.flatMap(SessionName.start(of:)) }
    }
}

extension Connection {
    /// Before this a recording's clock was not set: its times count from a start that nobody wrote down.
    static let earliestDate: Int64 = 899_424_000

    /// - Parameter start: what the user says, which goes before what the recording says.
    static func activity(
        of input: SessionOrRecording, athlete: Athlete?, plan: Plan?, start: Int64? = nil,
        surface: FITProfile.SubSport = .generic
    ) throws(CommandFailure) -> Activity {
        let told = start ?? input.start
        let reading = try reading(
            ofFile: input.path, athlete: athlete, plan: plan, known: input.known, start: told, wantsTrack: true)
        let recorded = reading.start.nanoseconds / 1_000_000_000
        let known = told ?? (recorded >= earliestDate ? recorded : input.name.flatMap(SessionName.start(of:)))
        let unixSeconds = known ?? recorded
        return Activity(
            document: reading.document, track: reading.track, start: unixSeconds,
            offsetFromUTC: LocalTime.offset(at: unixSeconds), surface: surface, version: Version.text)
    }

    /// The activity as a FIT file.
    static func fit(_ activity: Activity, name: String) throws(CommandFailure) -> [UInt8] {
        guard let writer = FITActivityWriter(activity) else {
            throw CommandFailure(
                .badData,
                "\(name): the recording does not say when it began, which a FIT file has to: say --start TIME")
        }
        return writer.bytes
    }

    /// The recording's frames as pcapng: a session's capture byte for byte, of any other recording its good part with what its first header
    /// says of it.
    static func capture(
        of path: String, to write: (Span<UInt8>) throws(CommandFailure) -> Void
    ) throws(CommandFailure) {
        // A pipe can be read once only.
        if FileStamp(ofFile: path) != nil, let whole = try? CaptureScan(path, files: PosixFileSystem()),
            whole.frames > 0, whole.fault == nil
        {
            return try copy(path, to: write)
        }
        var file = try open(path)
        var comment: String?
        var writer: PcapngWriter?
        var refusal: CommandFailure?
        func begin() {
            guard writer == nil, refusal == nil else { return }
            do {
                writer = try PcapngWriter(
                    .init(operatingSystem: "Linux", application: "sprintctl \(Version.text)", comment: comment))
            } catch {
                refusal = CommandFailure(.badData, "\(path): \(error)")
            }
        }
        var more = true
        while more {
            more = try next(
                &file,
                frame: { frame, bytes in
                    begin()
                    writer?.frame(frame, bytes)
                }, sample: { _ in },
                event: { event in
                    guard case .comment(let found) = event, found.origin == .section else { return }
                    comment = comment ?? found.text
                })
            if let refusal { throw refusal }
            if let pending = writer?.pendingBytes, pending > 1 << 20 { try writer?.drain(write) }
        }
        guard writer != nil else {
            throw CommandFailure(.badData, "\(path): holds no frames of a radio, which are what a capture is made of")
        }
        try writer?.drain(write)
    }

    private static func copy(
        _ path: String, to write: (Span<UInt8>) throws(CommandFailure) -> Void
    ) throws(CommandFailure) {
        let files = PosixFileSystem()
        func converted<Value>(_ body: () throws(FileError) -> Value) throws(CommandFailure) -> Value {
            do throws(FileError) {
                return try body()
            } catch {
                throw CommandFailure(error)
            }
        }
        let file = try converted { () throws(FileError) in try files.open(path) }
        defer { files.close(file) }
        var chunk = [UInt8](repeating: 0, count: 256 << 10)
        var offset: UInt64 = 0
        while true {
            let count = try converted { () throws(FileError) in try files.read(file, at: offset, into: &chunk) }
            guard count > 0 else { break }
            try write(chunk.span.extracting(first: count))
            offset += UInt64(count)
        }
    }
}
