// SPDX-License-Identifier: GPL-3.0-or-later
package import Capture
package import Measurement

/// One session on disk: a folder with the capture, which grows while it is recorded, and the analysis, which is written once at the
/// end and whose presence says that the session was finished.
package final class SessionWriter {
    package static let captureName = "capture.pcapng"
    package static let analysisName = "analysis.json"
    package let folder: String
    private let files: any FileSystem
    private let file: OpenFile
    private var writer: PcapngWriter
    private var isClosed = false
    private let policy: CommitPolicy
    /// When the disk was last known to hold everything.
    private var lastCommit: Timestamp
    /// Whether something was appended since.
    private var isDirty = true
    /// The first failure. Nothing is written after it: part of a block may be in the file, and a disk that has failed to
    /// synchronise once may forget what it failed on and report success the next time.
    private var failure: SessionError?

    /// Makes `STATE/sessions/NAME/` with an empty capture in it. A name that is taken gets `-2`, `-3`…
    ///
    /// - Parameters:
    ///   - state: the state folder; made, with its parents, when it is not there.
    ///   - section: what the capture's header says.
    ///   - now: the time from which the first interval of the policy runs, on any clock that does not step.
    package init(
        state: String, name: String, section: PcapngWriter.Section, files: any FileSystem,
        policy: CommitPolicy = CommitPolicy(), now: Timestamp = .zero
    ) throws(SessionError) {
        self.policy = policy
        lastCommit = now
        do {
            writer = try PcapngWriter(section)
        } catch {
            throw .metadata("\(error)")
        }
        self.files = files
        do throws(FileError) {
            (folder, file) = try Self.makeFolder(named: name, state: state, files)
        } catch {
            throw .file(error)
        }
    }

    /// Makes the folder and an empty capture in it, and returns when both will survive a power cut. When that fails, they are taken back as far
    /// as possible.
    static func makeFolder(
        named name: String, state: String, _ files: any FileSystem
    ) throws(FileError) -> (folder: String, file: OpenFile) {
        let sessions = StateFolder.sessions(state)
        try StateFolder.make(sessions, files)
        let folder = try claim(name, in: sessions, files)
        let path = folder + "/" + captureName
        let file: OpenFile
        do throws(FileError) {
            file = try files.create(path)
        } catch {
            try? files.remove(folder)
            throw error
        }
        do throws(FileError) {
            try files.syncFolder(folder)
            try files.syncFolder(sessions)
        } catch {
            files.close(file)
            try? files.remove(path)
            try? files.remove(folder)
            throw error
        }
        return (folder, file)
    }

    /// Makes a folder of that name; one that is taken gets `-2`, `-3`…
    static func claim(
        _ name: String, in sessions: String, _ files: any FileSystem
    ) throws(FileError) -> String {
        var number = 1
        while true {
            let folder = sessions + "/" + name + (number == 1 ? "" : "-\(number)")
            if !files.exists(folder) {
                do throws(FileError) {
                    try files.makeNewFolder(folder)
                    return folder
                } catch {
                    // Another process may have been quicker.
                    guard error.isCollision else { throw error }
                }
            }
            number += 1
        }
    }

    /// Takes a frame, and writes and commits as the policy says.
    ///
    /// - Parameter now: the time of this call, on the clock given to `init`.
    /// - Throws: the first failure, at every call after it too.
    package func append(_ frame: CapturedFrame, _ bytes: Span<UInt8>, now: Timestamp) throws(SessionError) {
        if let failure { throw failure }
        writer.frame(frame, bytes)
        isDirty = true
        if writer.pendingBytes >= policy.batch { try flush() }
        try commitIfDue(now: now)
    }

    /// Notes in the capture's journal what was wrong with the recording that is replayed. What does not fit is left out.
    package func note(_ notes: SourceNotes, at time: Timestamp) {
        try? writer.comment(notes.json, at: time)
        isDirty = true
    }

    /// Says at the capture's end how many frames the recording that is replayed had lost. What it says of each loss stands at another place there.
    package func note(drops: Int, at time: Timestamp) {
        guard drops > 0 else { return }
        writer.statistics(drops: UInt32(clamping: drops), at: time)
        isDirty = true
    }

    /// When ``commitIfDue(now:)`` will commit; `nil` when there is nothing to commit. To be asked while no frame comes.
    package var nextCommit: Timestamp? { isDirty ? lastCommit.advanced(bySeconds: policy.interval) : nil }

    /// Commits what was appended when the policy's interval is over.
    package func commitIfDue(now: Timestamp) throws(SessionError) {
        if let failure { throw failure }
        guard let nextCommit, now >= nextCommit else { return }
        try commit(now: now)
    }

    /// Writes what has gathered, without waiting for the disk.
    package func flush() throws(SessionError) {
        try guarded { () throws(FileError) in
            try writer.drain { bytes throws(FileError) in try files.appendAll(bytes, to: file) }
        }
    }

    /// Writes what has gathered and returns when it will survive a power cut.
    package func commit(now: Timestamp) throws(SessionError) {
        try flush()
        try guarded { () throws(FileError) in try files.sync(file) }
        isDirty = false
        lastCommit = now
    }

    private func guarded(_ body: () throws(FileError) -> Void) throws(SessionError) {
        if let failure { throw failure }
        do throws(FileError) {
            try body()
        } catch {
            failure = .file(error)
            throw .file(error)
        }
    }

    /// Ends the session: the capture is made safe first, then the analysis appears whole or not at all.
    package func finish(analysis: String) throws(SessionError) {
        try commit(now: lastCommit)
        close()
        try guarded { () throws(FileError) in
            try StateFolder.replace(folder + "/" + Self.analysisName, with: Array(analysis.utf8), files)
            try files.syncFolder(folder)
        }
    }

    /// Takes back a session of which nothing has been recorded.
    package func discard() {
        close()
        try? files.remove(file.path)
        try? files.remove(folder)
    }

    /// Gives the file back. What has gathered and was not written stays so.
    package func close() {
        guard !isClosed else { return }
        isClosed = true
        files.close(file)
    }

    deinit { close() }
}

/// Why a session cannot be written.
package enum SessionError: Error, Equatable, Sendable {
    case file(FileError)
    /// The session's metadata do not fit the capture's header.
    case metadata(String)
    /// Another process works on this state folder.
    case busy(state: String)
}

extension SessionError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .file(let error): error.description
        case .metadata(let reason): "session metadata: \(reason)"
        case .busy(let state): "\(state): another sprintd is at work in this state folder"
        }
    }
}
