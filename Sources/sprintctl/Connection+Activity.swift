// SPDX-License-Identifier: GPL-3.0-or-later
internal import ActivityFile
internal import Analysis
internal import ArgumentParser
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

    /// - Throws: `.noInput` for a folder that holds no session, and for a word that is neither a session nor a file.
    static func resolve(_ word: String, in folders: SessionFolders) throws(CommandFailure) -> SessionOrRecording {
        if let source = folders.source(of: word) { return SessionOrRecording(source, name: word) }
        if folders.path(of: word) != nil {
            throw CommandFailure(.noInput, "\(word): the session holds neither a capture nor an import")
        }
        if let source = folders.source(inFolder: word) {
            return SessionOrRecording(source, name: word.split(separator: "/").last.map(String.init))
        }
        guard FileTree.exists(word) || word.utf8.contains(UInt8(ascii: "/")) else {
            throw CommandFailure(.noInput, "\(word): \(whatThereIs(in: folders))")
        }
        return SessionOrRecording(path: word)
    }

    private static func whatThereIs(in folders: SessionFolders) -> String {
        let none = "there is no such file, and no such session in \(folders.state)"
        let names = (try? folders.names()) ?? []
        guard let newest = names.last else { return none + ", which holds none" }
        let some = names.suffix(3).reversed().joined(separator: ", ")
        return names.count == 1
            ? "\(none), which holds \(newest) only"
            : "\(none); the newest are \(some) (sprintctl sessions list shows all)"
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
    /// Seconds since 1970-01-01 00:00 UTC that activity files can hold. Before it a recording's clock was not set: its times count from a start that
    /// nobody wrote down.
    static let dates = FITProfile.dates
    /// Before this a time is no date but a count from some start.
    static let leastDate: Int64 = 366 * 86_400

    private static let datesText =
        "\(DateText.make(unixMilliseconds: dates.lowerBound * 1000).prefix(10)) to "
        + "\(DateText.make(unixMilliseconds: dates.upperBound * 1000).prefix(10))"

    /// - Parameter start: as typed.
    static func validate(start: String?) throws(ValidationError) {
        guard let start else { return }
        guard let time = DateText.unixNanoseconds(start.utf8) else {
            throw ValidationError("--start must be a time like 2026-11-23T05:27:11Z.")
        }
        guard dates.contains(time / 1_000_000_000) else {
            throw ValidationError("--start must lie within what activity files can hold: \(datesText).")
        }
    }

    /// - Throws: where not all of an activity lies within ``dates``.
    static func checkDates(from start: Int64, duration: Double, of file: String) throws(CommandFailure) {
        let length = Int64(min(max(duration, 0), 1e12)) + 1
        guard dates.contains(start), dates.contains(start + length) else {
            throw CommandFailure(
                .badData,
                "\(file): begins at \(DateText.make(unixMilliseconds: start * 1000)), and activity files hold dates from "
                    + "\(datesText) only: say --start TIME")
        }
    }

    /// - Parameter start: what the user says, which goes before what the recording says.
    static func activity(
        of input: SessionOrRecording, athlete: Athlete?, plan: Plan?, start: Int64? = nil,
        surface: FITProfile.SubSport = .generic
    ) throws(CommandFailure) -> Activity {
        let told = start ?? input.start
        let reading = try reading(
            ofFile: input.path, athlete: athlete, plan: plan, known: input.known, start: told, wantsTrack: true)
        let recorded = reading.start.nanoseconds / 1_000_000_000
        let known = told ?? (dates.contains(recorded) ? recorded : input.name.flatMap(SessionName.start(of:)))
        let unixSeconds = known ?? recorded
        return Activity(
            document: reading.document, track: reading.track, start: unixSeconds,
            offsetFromUTC: LocalTime.offset(at: unixSeconds), surface: surface, version: Version.text)
    }

    /// - Parameter what: has to have a date.
    static func checkDate(of activity: Activity, name: String, _ what: String) throws(CommandFailure) {
        guard activity.start < leastDate else {
            return try checkDates(from: activity.start, duration: activity.document.source.duration, of: name)
        }
        throw CommandFailure(
            .badData, "\(name): the recording does not say when it began, which \(what) has to: say --start TIME")
    }

    /// The activity as a FIT file.
    static func fit(_ activity: Activity, name: String) throws(CommandFailure) -> [UInt8] {
        try checkDate(of: activity, name: name, "a FIT file")
        guard let writer = FITActivityWriter(activity) else {
            throw CommandFailure(.badData, "\(name): is too long for a FIT file's dates")
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
