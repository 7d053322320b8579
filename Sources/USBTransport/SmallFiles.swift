// SPDX-License-Identifier: GPL-3.0-or-later
internal import FileIO

/// Files of the system's that are there or not, and short.
enum SmallFiles {
    /// Empty where the folder cannot be read.
    static func names(in folder: String) -> [String] { (try? FileTree.names(in: folder)) ?? [] }

    /// At most 64 KiB; empty where the file cannot be read.
    static func text(_ path: String) -> String {
        guard let file = try? FileDescriptor.open(path, for: .reading) else { return "" }
        defer { try? file.close() }
        return String(decoding: (try? file.readAll(limit: 65_536)) ?? [], as: UTF8.self)
    }
}
