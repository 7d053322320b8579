// SPDX-License-Identifier: GPL-3.0-or-later
package import Analysis
import Capture
package import Scoring

/// Makes sessions' analyses anew, for an athlete of whom more is known by now. The capture or the imported file is never touched: what is
/// known lies beside it as `rescored.json` and goes before what the capture's header or `import.json` says, so that whoever makes the analysis again later comes to the same.
///
/// Killed at any point, a session has its old analysis or its new one; doing it again ends at the new one.
package struct SessionRescore {
    package static let metadataName = "rescored.json"
    /// Of that file, in bytes: as much as a capture's header may hold.
    private static let largestMetadata: UInt64 = 65_536

    package enum Outcome: Equatable, Sendable {
        /// Both scores, 0...100, and what the new one rests on.
        case rescored(from: Double?, to: Double?, AnalysisDocument.AthleteMaxima)
        /// The analysis is what it was, to the byte.
        case unchanged(Double?, AnalysisDocument.AthleteMaxima)
        /// The session is another athlete's.
        case ofAnother(String?)
        /// There is no finished session of this name, or no frame in it.
        case unfinished
        /// The folder holds neither a capture nor an import, or the imported file cannot be read.
        case unreadable
    }

    /// Analyses an imported file: its path, what is known of the athlete, and when the session began (seconds since 1970-01-01 00:00 UTC).
    /// `nil` when the file cannot be read.
    package typealias ImportAnalysis = (String, SessionMetadata, Int64?) -> AnalysisDocument?

    private let state: String
    private let program: String
    private let files: any FileSystem
    private let analyseImport: ImportAnalysis
    /// Held as long as this may go on.
    private let lock: StateLock
    /// Of all sessions, by name; read once, since what is made anew here is known here.
    private var digests: [String: SessionDigest]?

    /// - Parameters:
    ///   - program: with its version, for the file beside the capture.
    ///   - analyseImport: here there are no readers of other programs' files; without one, imported sessions are `.unreadable`.
    package init(
        _ lock: StateLock, program: String, analyseImport: @escaping ImportAnalysis = { _, _, _ in nil }
    ) {
        self.lock = lock
        self.program = program
        self.analyseImport = analyseImport
        state = lock.state
        files = lock.files
    }

    /// What is known in place of what a capture's header says; `nil` where a session was never scored anew.
    package static func metadata(of folder: String, _ files: any FileSystem) -> SessionMetadata? {
        let path = "\(folder)/\(metadataName)"
        guard files.exists(path), let bytes = try? files.readAll(path, limit: largestMetadata) else { return nil }
        return SessionMetadata(json: String(decoding: bytes, as: UTF8.self))
    }

    /// - Parameters:
    ///   - athlete: what is known now; `nil` for what the session knows. Sensors, their conventions and the plan are the session's
    ///     where it does not say. Sessions of another name are left alone.
    ///   - plan: the plan that `athlete` names; `nil` for the session's.
    package mutating func rescore(
        _ name: String, athlete: Athlete?, plan: Plan? = nil
    ) throws(SessionError) -> Outcome {
        do throws(FileError) {
            return try replaceAnalysis(name, athlete, plan)
        } catch {
            throw .file(error)
        }
    }

    private mutating func replaceAnalysis(
        _ name: String, _ athlete: Athlete?, _ plan: Plan?
    ) throws(FileError) -> Outcome {
        let folders = SessionFolders(state: state, files: files)
        guard folders.isFinished(name), let folder = folders.path(of: name) else { return .unfinished }
        guard let source = folders.source(inFolder: folder) else { return .unreadable }
        let before = Self.metadata(of: folder, files)
        var known = SessionMetadata(program: program, athlete: Athlete())
        if let metadata = source.known {
            known = metadata
        } else if !source.isImport, let metadata = try header(of: source.path) {
            known = metadata
        }
        if let athlete {
            guard known.athlete.name == nil || known.athlete.name == athlete.name else {
                return .ofAnother(known.athlete.name)
            }
            known.athlete = Self.merge(athlete, over: known.athlete)
            known.plan = plan ?? known.plan
            known.athlete.plan = known.plan?.name
        }
        let earlier =
            if let digests { digests } else { Dictionary(try folders.digests().map { ($0.name, $0) }) { $1 } }
        digests = earlier
        let history = ObservedHistory(Array(earlier.values), athlete: known.athlete.name)
        known.athlete.observed = history.maxima(before: SessionName.start(of: name))
        let document: AnalysisDocument
        if source.isImport {
            guard let made = analyseImport(source.path, known.asKept, SessionName.start(of: name))
            else { return .unreadable }
            document = made
        } else {
            guard let made = try SessionAnalysis.document(ofCapture: source.path, files: files, known: known.asKept)
            else { return .unfinished }
            document = made
        }
        let analysis = document.json(pretty: true) + "\n"
        let path = "\(folder)/\(SessionWriter.analysisName)"
        let old = earlier[name]?.score
        let same = try files.readAll(path, limit: SessionFolders.largestAnalysis) == Array(analysis.utf8)
        guard let new = SessionDigest(name: name, analysis: analysis) else { return .unfinished }
        // Written first: without it the new analysis could not be made again.
        if before?.athlete != known.athlete || before?.plan != known.plan, before != nil || !same {
            known.program = program
            try StateFolder.replace("\(folder)/\(Self.metadataName)", with: Array((known.json + "\n").utf8), files)
            try files.syncFolder(folder)
        }
        guard !same else { return .unchanged(new.score, document.athlete) }
        try StateFolder.replace(path, with: Array(analysis.utf8), files)
        try files.syncFolder(folder)
        digests?[name] = new
        return .rescored(from: old, to: new.score, document.athlete)
    }

    private func header(of capture: String) throws(FileError) -> SessionMetadata? {
        var metadata: SessionMetadata?
        _ = try CaptureScan(
            capture, files: files,
            event: { event in
                guard case .comment(let comment) = event, comment.origin == .section else { return }
                metadata = metadata ?? SessionMetadata(json: comment.text)
            })
        return metadata
    }

    private static func merge(_ new: Athlete, over old: Athlete) -> Athlete {
        var merged = new
        merged.name = new.name ?? old.name
        if !merged.listsSensors {
            merged.sensors = old.sensors
            merged.sensorNames = old.sensorNames
        }
        if merged.cadence.isEmpty { merged.cadence = old.cadence }
        return merged
    }
}
