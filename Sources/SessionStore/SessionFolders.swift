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

    /// Removes a session: its name goes first, in one step, so that no half of one is ever seen.
    package func delete(_ name: String, lock: borrowing StateLock) throws(FileError) {
        guard let folder = path(of: name) else { return }
        let hidden = "\(StateFolder.sessions(state))/.deleted-\(name)"
        // From here on it is no session any more, whatever happens.
        try files.rename(folder, to: hidden)
        for entry in try files.list(hidden) { try files.remove("\(hidden)/\(entry)") }
        try files.remove(hidden)
        try files.syncFolder(StateFolder.sessions(state))
    }
}
