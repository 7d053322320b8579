// SPDX-License-Identifier: GPL-3.0-or-later
internal import Glibc

/// By which one notices that a file was written anew.
package struct FileStamp: Equatable, Sendable {
    /// Bytes.
    package var size: Int64
    /// When it was last written: nanoseconds since 1970-01-01 00:00 UTC.
    package var modified: Int64

    package init(size: Int64, modified: Int64) {
        self.size = size
        self.modified = modified
    }

    /// - Returns: `nil` for what is no file.
    package init?(ofFile path: String) {
        var status = stat()
        // SAFETY: stat fills the structure that it is given and keeps no pointer.
        guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        size = Int64(status.st_size)
        modified = Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
    }
}
