// SPDX-License-Identifier: GPL-3.0-or-later

/// Takes activities of other programs into the sessions of a state folder.
///
/// As with a recorded session, the analysis appears last and says that the session is whole. No lock is needed: a folder's name is claimed in
/// one step, and who finds it unfinished makes the same analysis from the same bytes.
package struct SessionImporter {
    private let state: String
    private let files: any FileSystem

    package init(state: String, files: any FileSystem) {
        self.state = state
        self.files = files
    }

    /// - Parameters:
    ///   - name: the session's; one that is taken gets `-2`, `-3`…
    ///   - path: the file, which is copied as it is.
    ///   - analysis: JSON.
    /// - Returns: the session's name.
    package func add(
        name: String, file path: String, kind: SessionSource.ImportKind, metadata: SessionMetadata, analysis: String
    ) throws(SessionError) -> String {
        do throws(FileError) {
            let sessions = StateFolder.sessions(state)
            try StateFolder.make(sessions, files)
            let folder = try SessionWriter.claim(name, in: sessions, files)
            do throws(FileError) {
                try files.syncFolder(sessions)
                // Before the copy, so that no copy is ever found without it.
                try StateFolder.replace(
                    "\(folder)/\(SessionSource.importMetadataName)", with: Array((metadata.json + "\n").utf8), files)
                try copy(path, to: "\(folder)/\(kind.fileName)")
                try files.syncFolder(folder)
                try StateFolder.replace("\(folder)/\(SessionWriter.analysisName)", with: Array(analysis.utf8), files)
                try files.syncFolder(folder)
            } catch {
                takeBack(folder)
                throw error
            }
            return folder.split(separator: "/").last.map(String.init) ?? name
        } catch {
            throw .file(error)
        }
    }

    /// The file is still where it is imported from: a session with half of it would only be in the way.
    private func takeBack(_ folder: String) {
        for entry in (try? files.list(folder)) ?? [] { try? files.remove("\(folder)/\(entry)") }
        try? files.remove(folder)
    }

    private func copy(_ path: String, to target: String) throws(FileError) {
        let source = try files.open(path)
        defer { files.close(source) }
        try StateFolder.replace(target, files) { file throws(FileError) in
            var chunk = [UInt8](repeating: 0, count: 256 << 10)
            var offset: UInt64 = 0
            while true {
                let count = try files.read(source, at: offset, into: &chunk)
                guard count > 0 else { break }
                try files.appendAll(chunk.span.extracting(first: count), to: file)
                offset += UInt64(count)
            }
        }
    }

    /// The session that was made from the same bytes, or whose exported activity they are.
    package func twin(ofFile path: String, kind: SessionSource.ImportKind) throws(FileError) -> String? {
        let candidates =
            switch kind {
            case .fit: [kind.fileName, SessionSource.activityName]
            case .tcx, .csv: [kind.fileName]
            }
        for other in try SessionFolders(state: state, files: files).names() {
            for candidate in candidates.map({ "\(StateFolder.sessions(state))/\(other)/\($0)" })
            where files.exists(candidate) {
                if try holdSame(path, candidate) { return other }
            }
        }
        return nil
    }

    private func holdSame(_ one: String, _ other: String) throws(FileError) -> Bool {
        let first = try files.open(one)
        defer { files.close(first) }
        let second = try files.open(other)
        defer { files.close(second) }
        let size = try files.size(of: first)
        guard try files.size(of: second) == size else { return false }
        var left = [UInt8](repeating: 0, count: 64 << 10)
        var right = left
        var offset: UInt64 = 0
        while offset < size {
            let count = try files.read(first, at: offset, into: &left)
            let common = min(count, try files.read(second, at: offset, into: &right))
            guard common > 0, left.prefix(common) == right.prefix(common) else { return false }
            offset += UInt64(common)
        }
        return true
    }
}
