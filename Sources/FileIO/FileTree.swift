// SPDX-License-Identifier: GPL-3.0-or-later
internal import Glibc

/// Names in folders: one system call a function. Paths are lent to the C library as zero-ended copies for the length of
/// one call each, which is all that `unsafe` means where nothing else is said.
package enum FileTree {
    /// - Parameter mode: permission bits, less those of the process's mask.
    /// - Throws: EEXIST when the name is taken.
    package static func makeFolder(_ path: String, mode: UInt32) throws(ErrorNumber) {
        try SystemCall.repeating { unsafe mkdir(path, mode) }
    }

    /// Replaces `new` in one step.
    package static func rename(_ old: String, to new: String) throws(ErrorNumber) {
        try SystemCall.repeating { unsafe Glibc.rename(old, new) }
    }

    /// Removes a file or an empty folder.
    package static func remove(_ path: String) throws(ErrorNumber) {
        try SystemCall.repeating { unsafe Glibc.remove(path) }
    }

    package static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// Whether it is a folder itself, and no link to one.
    package static func isFolder(_ path: String) -> Bool {
        var status = stat()
        // SAFETY: lstat fills the structure that it is given and keeps no pointer.
        return unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Whether it is there and is a pipe, a device or a socket.
    package static func isSpecial(_ path: String) -> Bool {
        var status = stat()
        // SAFETY: stat fills the structure that it is given and keeps no pointer.
        guard unsafe stat(path, &status) == 0 else { return false }
        return status.st_mode & S_IFMT != S_IFREG && status.st_mode & S_IFMT != S_IFDIR
    }

    /// What a symbolic link leads to in the end; the path itself where it is no link.
    ///
    /// - Throws: ENOENT for a link that leads nowhere, ELOOP and what else a path can be refused for.
    package static func resolvingLink(_ path: String) throws(ErrorNumber) -> String {
        var status = stat()
        // SAFETY: lstat fills the structure that it is given and keeps no pointer.
        guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK else { return path }
        // SAFETY: realpath allocates the text that it returns; it is copied, then freed.
        guard let target = unsafe realpath(path, nil) else { throw ErrorNumber(errno) }
        defer { unsafe free(target) }
        return unsafe String(cString: target)
    }

    /// A path without links, `.` and `..`, of a file that need not be there yet; its folder must be.
    ///
    /// - Returns: `nil` when the folder is not there.
    package static func canonical(_ path: String) -> String? {
        if let whole = real(path) { return whole }
        // A name that is not there yet, in a folder that is.
        let cut = path.lastIndex(of: "/")
        let folder = cut.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let name = cut.map { String(path[path.index(after: $0)...]) } ?? path
        guard !name.isEmpty, name != ".", name != ".." else { return nil }
        return real(folder).map { $0 == "/" ? "/" + name : $0 + "/" + name }
    }

    private static func real(_ path: String) -> String? {
        // SAFETY: realpath allocates the text that it returns; it is copied, then freed.
        guard let target = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(target) }
        return unsafe String(cString: target)
    }

    /// Whether both names lead to one file that is there, through whatever links.
    package static func isSame(_ left: String, _ right: String) -> Bool {
        var first = stat()
        var second = stat()
        // SAFETY: stat fills the structure that it is given and keeps no pointer.
        guard unsafe stat(left, &first) == 0, unsafe stat(right, &second) == 0 else { return false }
        return first.st_dev == second.st_dev && first.st_ino == second.st_ino
    }

    /// The names in a folder, sorted; without `.` and `..`.
    package static func names(in path: String) throws(ErrorNumber) -> [String] {
        // SAFETY: the stream is ours from opendir to closedir; each entry is read before the next call replaces it, and
        // its name ends in a zero within the entry.
        guard let stream = unsafe opendir(path) else { throw ErrorNumber(errno) }
        defer { unsafe _ = closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                unsafe tuple.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: tuple.pointee)) {
                    unsafe String(cString: $0)
                }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}
