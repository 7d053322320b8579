// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis

/// Finishes sessions whose process died: cuts the capture behind its last good block, and writes the analysis.
///
/// Nothing that was read or not is thrown away: what is cut off lies beside the capture, safe on the disk before the cut.
/// Killed at any point, the next recovery begins again and comes to the same end:
///
///     read ─► torn tail to NAME.torn.new ─► sync ─► rename ─► sync folder ─► cut ─► sync ─► analysis.json
///       │       (again: the same bytes)              (there and alike: kept)     (again: nothing torn)
///       ├─► nothing torn: sync ─► analysis.json. What a killed process wrote last may be the kernel's alone
///       └─► no frame: the folder moves to set-aside/, where nobody tries it again
package struct SessionRecovery {
    package enum Outcome: Equatable, Sendable {
        /// The session is whole now.
        case recovered(frames: UInt64, tornBytes: UInt64)
        /// The capture held no frame; the folder lies here now.
        case setAside(folder: String, reason: String)
        /// A folder without anything in it, of a process that died before it had made the capture.
        case removed
        /// There was nothing to do, or this is no session.
        case untouched
    }

    package static let tornName = SessionWriter.captureName + ".torn"

    private let state: String
    private let files: any FileSystem
    /// Held as long as recovery may go on.
    private let lock: StateLock

    /// - Parameter files: `nil` for those of the lock.
    package init(_ lock: StateLock, files: (any FileSystem)? = nil) {
        self.lock = lock
        state = lock.state
        self.files = files ?? lock.files
    }

    /// The sessions without an analysis, by name, oldest first.
    package func unfinished() throws(SessionError) -> [String] {
        let sessions = StateFolder.sessions(state)
        guard files.exists(sessions) else { return [] }
        return try convert { () throws(FileError) in
            try files.list(sessions).filter { name in
                !name.hasPrefix(".") && files.isFolder("\(sessions)/\(name)")
                    && !files.exists("\(sessions)/\(name)/\(SessionWriter.analysisName)")
            }
        }
    }

    /// Finishes one session.
    package func recover(_ name: String) throws(SessionError) -> Outcome {
        try convert { () throws(FileError) in
            let folder = StateFolder.sessions(state) + "/" + name
            guard files.isFolder(folder), !files.exists(folder + "/" + SessionWriter.analysisName) else {
                return .untouched
            }
            let capture = folder + "/" + SessionWriter.captureName
            guard files.exists(capture) else {
                guard try files.list(folder).isEmpty else { return .untouched }
                try files.remove(folder)
                try files.syncFolder(StateFolder.sessions(state))
                return .removed
            }
            let scan = try CaptureScan(capture, files: files)
            guard scan.frames > 0 else { return try setAside(name, scan) }
            let torn = scan.size > scan.goodBytes ? scan.size - scan.goodBytes : 0
            let source = try files.openForUpdate(capture)
            defer { files.close(source) }
            if torn > 0 { try cut(source, at: scan.goodBytes, in: folder) }
            try files.sync(source)
            guard
                let document = try SessionAnalysis.document(
                    ofCapture: capture, files: files, known: SessionRescore.metadata(of: folder, files))
            else {
                return .untouched
            }
            try StateFolder.replace(
                folder + "/" + SessionWriter.analysisName, with: Array((document.json(pretty: true) + "\n").utf8), files
            )
            try files.syncFolder(folder)
            return .recovered(frames: scan.frames, tornBytes: torn)
        }
    }

    private func cut(_ source: OpenFile, at length: UInt64, in folder: String) throws(FileError) {
        // One that is there with the same bytes is of a recovery that was killed before its cut.
        let torn = try StateFolder.name(folder + "/" + Self.tornName) { candidate throws(FileError) in
            guard files.exists(candidate) else { return true }
            return try holds(candidate, tailOf: source, from: length)
        }
        if !files.exists(torn) {
            try StateFolder.replace(torn, files) { file throws(FileError) in
                var chunk = [UInt8](repeating: 0, count: 256 << 10)
                var offset = length
                while true {
                    let count = try files.read(source, at: offset, into: &chunk)
                    guard count > 0 else { break }
                    try files.appendAll(chunk.span.extracting(first: count), to: file)
                    offset += UInt64(count)
                }
            }
        }
        try files.syncFolder(folder)
        try files.truncate(source, to: length)
    }

    private func holds(_ path: String, tailOf source: OpenFile, from start: UInt64) throws(FileError) -> Bool {
        let file = try files.open(path)
        defer { files.close(file) }
        let size = try files.size(of: file)
        let total = try files.size(of: source)
        guard total >= start, total - start == size else { return false }
        var left = [UInt8](repeating: 0, count: 64 << 10)
        var right = left
        var offset: UInt64 = 0
        while offset < size {
            let count = try files.read(file, at: offset, into: &left)
            let other = try files.read(source, at: start + offset, into: &right)
            // A read may bring less than was asked for.
            let common = min(count, other)
            guard common > 0, left.prefix(common) == right.prefix(common) else { return false }
            offset += UInt64(common)
        }
        return true
    }

    private func setAside(_ name: String, _ scan: CaptureScan) throws(FileError) -> Outcome {
        let aside = StateFolder.setAside(state)
        try StateFolder.make(aside, files)
        let target = try StateFolder.name(aside + "/" + name) { candidate throws(FileError) in
            !files.exists(candidate)
        }
        try files.rename(StateFolder.sessions(state) + "/" + name, to: target)
        try files.syncFolder(aside)
        try files.syncFolder(StateFolder.sessions(state))
        return .setAside(folder: target, reason: scan.fault ?? "it ends before the first frame")
    }

    private func convert<Value>(_ body: () throws(FileError) -> Value) throws(SessionError) -> Value {
        do throws(FileError) {
            return try body()
        } catch {
            throw .file(error)
        }
    }
}

extension SessionRecovery.Outcome {
    /// One line for a person; `nil` when nothing was done.
    package func text(session name: String) -> String? {
        switch self {
        case .recovered(let frames, let torn):
            "recovered \(name): \(frames) frames"
                + (torn > 0 ? "; \(torn) torn bytes kept in \(SessionRecovery.tornName)" : "")
        case .setAside(let folder, let reason): "set aside \(name), which holds no frame (\(reason)): now \(folder)"
        case .removed: "removed \(name), an empty folder"
        case .untouched: nil
        }
    }
}
