// SPDX-License-Identifier: GPL-3.0-or-later

/// The places in a state folder, and the two ways in which things come to be there for good.
///
///     STATE/lock                         locked by the process that writes or repairs sessions
///     STATE/sessions/NAME/               see SessionWriter
///     STATE/set-aside/NAME/              what was found without a single frame that can be read
package enum StateFolder {
    package static func sessions(_ state: String) -> String { state + "/sessions" }
    package static func setAside(_ state: String) -> String { state + "/set-aside" }

    /// Makes a folder with its parents, each with its entry in the folder above safe on the disk.
    static func make(_ path: String, _ files: any FileSystem) throws(FileError) {
        var made = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            let parent = made.isEmpty ? "/" : made
            made += "/" + part
            guard !files.exists(made) else { continue }
            try files.makeFolder(made)
            do throws(FileError) {
                try files.syncFolder(parent)
            } catch {
                // Else the next attempt would find it there, and trust an entry that may not be on the disk.
                try? files.remove(made)
                throw error
            }
        }
    }

    /// Finds out at the start, and not with the first session, that nothing can be written here.
    package static func checkWritable(_ state: String, _ files: any FileSystem) throws(SessionError) {
        do throws(FileError) {
            let probe = sessions(state) + "/.probe"
            // Left by a process that was killed here.
            if files.exists(probe) { try files.remove(probe) }
            files.close(try files.create(probe))
            try files.remove(probe)
        } catch {
            throw .file(error)
        }
    }

    /// Gives a file its bytes whole or not at all; its folder's entry is for the caller to synchronise.
    static func replace(_ path: String, with bytes: [UInt8], _ files: any FileSystem) throws(FileError) {
        try replace(path, files) { file throws(FileError) in try files.appendAll(bytes.span, to: file) }
    }

    static func replace(
        _ path: String, _ files: any FileSystem, fill: (OpenFile) throws(FileError) -> Void
    ) throws(FileError) {
        let temporary = path + ".new"
        // Left by a process that was killed here.
        if files.exists(temporary) { try files.remove(temporary) }
        let file = try files.create(temporary)
        defer { files.close(file) }
        try fill(file)
        try files.sync(file)
        try files.rename(temporary, to: path)
    }

    /// - Returns: the path, or the first of `path-2`, `path-3`… that `suits`.
    static func name(_ path: String, suits: (String) throws(FileError) -> Bool) throws(FileError) -> String {
        var number = 1
        while true {
            let candidate = path + (number == 1 ? "" : "-\(number)")
            if try suits(candidate) { return candidate }
            number += 1
        }
    }
}

extension FileSystem {
    func appendAll(_ bytes: Span<UInt8>, to file: OpenFile) throws(FileError) {
        var rest = bytes
        while !rest.isEmpty { rest = rest.extracting(droppingFirst: try append(rest, to: file)) }
    }
}
