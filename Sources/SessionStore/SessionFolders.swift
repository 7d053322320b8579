// SPDX-License-Identifier: GPL-3.0-or-later

/// The sessions of a state folder as they lie there, for those who look and do not write.
package struct SessionFolders {
    package let state: String
    let files: any FileSystem

    package init(state: String, files: any FileSystem) {
        self.state = state
        self.files = files
    }

    /// Of all sessions, oldest first.
    package func names() throws(FileError) -> [String] {
        let sessions = StateFolder.sessions(state)
        guard files.exists(sessions) else { return [] }
        return try files.list(sessions).filter { !$0.hasPrefix(".") && files.isFolder("\(sessions)/\($0)") }
    }

    /// - Returns: `nil` for what is no name of a session in this folder: a path, a link, a name that is not there.
    package func path(of name: String) -> String? {
        guard !name.isEmpty, !name.hasPrefix("."), !name.utf8.contains(UInt8(ascii: "/")), !name.utf8.contains(0)
        else { return nil }
        let path = "\(StateFolder.sessions(state))/\(name)"
        return files.isFolder(path) ? path : nil
    }

    package func isFinished(_ name: String) -> Bool {
        files.exists("\(StateFolder.sessions(state))/\(name)/\(SessionWriter.analysisName)")
    }

    /// Whether a process is at work here now, so that an unfinished session is one that is being recorded or finished.
    package var isInUse: Bool { files.isLocked("\(state)/lock") }

    /// Removes a session: its name goes first, in one step, so that no half of one is ever seen.
    package func delete(_ name: String, lock: borrowing StateLock) throws(FileError) {
        guard let folder = path(of: name) else { return }
        let sessions = StateFolder.sessions(state)
        let hidden = try StateFolder.name("\(sessions)/\(Self.deletedPrefix)\(name)") { candidate in
            !files.exists(candidate)
        }
        // From here on it is no session any more, whatever happens.
        try files.rename(folder, to: hidden)
        try remove(hidden)
        // Left by a process that was killed here. Whoever deletes something wants it gone.
        for entry in try files.list(sessions) where entry.hasPrefix(Self.deletedPrefix) {
            try? remove("\(sessions)/\(entry)")
        }
        try files.syncFolder(sessions)
    }

    private static let deletedPrefix = ".deleted-"

    private func remove(_ folder: String) throws(FileError) {
        for entry in try files.list(folder) { try files.remove("\(folder)/\(entry)") }
        try files.remove(folder)
    }
}
