// SPDX-License-Identifier: GPL-3.0-or-later
internal import Glibc

extension FileTree {
    /// Whether the folder that a path lies in shows by its set-group-ID bit that what is made in it is for its group to read. Linux hands group
    /// and bit on to the folders below it (inode(7)).
    package static func isSharedWithGroup(folderOf path: String) -> Bool {
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        var status = stat()
        // SAFETY: stat fills the structure that it is given and keeps no pointer.
        guard unsafe stat(folder, &status) == 0 else { return false }
        return status.st_mode & (S_ISGID | S_IRGRP | S_IXGRP) == S_ISGID | S_IRGRP | S_IXGRP
    }
}

extension FileDescriptor {
    /// Gives this file the owner, the group and the permission bits of another. Where its group may not be given, nothing is given to a group.
    ///
    /// - Parameter path: nothing happens where nothing is there.
    package func takeRights(of path: String) {
        var other = stat()
        // SAFETY: stat fills the structure that it is given and keeps no pointer.
        guard unsafe stat(path, &other) == 0 else { return }
        let isGiven = fchown(rawValue, other.st_uid, other.st_gid) == 0
        _ = fchmod(rawValue, other.st_mode & (isGiven ? 0o777 : 0o707))
    }

    /// Whether the path leads to this very file. What cannot be found out counts as yes.
    package func isFile(at path: String) -> Bool {
        var own = stat()
        var named = stat()
        // SAFETY: both calls fill the structure that they are given and keep no pointer.
        guard unsafe fstat(rawValue, &own) == 0 else { return true }
        // SAFETY: as above.
        guard unsafe stat(path, &named) == 0 else { return errno != ENOENT && errno != ENOTDIR }
        return own.st_dev == named.st_dev && own.st_ino == named.st_ino
    }
}
