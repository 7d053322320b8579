// SPDX-License-Identifier: GPL-3.0-or-later

/// What a session's folder holds of which everything else in it is made.
///
///     capture.pcapng                          recorded here
///     import.fit | import.tcx | import.csv    an activity of another program, byte for byte, and
///     import.json                             what was known of the athlete when it was imported (sprintd.session/1)
package enum SessionSource: Equatable, Sendable {
    case capture(path: String)
    case imported(path: String, metadata: SessionMetadata?)

    /// The kinds of file that an imported session can have; the raw value is the name's end.
    package enum ImportKind: String, Sendable, CaseIterable {
        case fit
        case tcx
        case csv

        package var fileName: String { "import.\(rawValue)" }
    }

    package static let importMetadataName = "import.json"
    /// Made from the others, for other programs.
    package static let activityName = "activity.fit"

    package var path: String {
        switch self {
        case .capture(let path), .imported(let path, _): path
        }
    }
}

extension SessionFolders {
    /// - Returns: `nil` for what is no session's name, and for a folder that holds neither.
    package func source(of name: String) -> SessionSource? {
        guard let folder = path(of: name) else { return nil }
        return source(inFolder: folder)
    }

    /// - Parameter folder: of a session, wherever it lies.
    package func source(inFolder folder: String) -> SessionSource? {
        let capture = "\(folder)/\(SessionWriter.captureName)"
        if files.exists(capture) { return .capture(path: capture) }
        for kind in SessionSource.ImportKind.allCases {
            let path = "\(folder)/\(kind.fileName)"
            guard files.exists(path) else { continue }
            let metadata = text("\(folder)/\(SessionSource.importMetadataName)").flatMap { SessionMetadata(json: $0) }
            return .imported(path: path, metadata: metadata)
        }
        return nil
    }

    /// A small file's text; `nil` when it cannot be read.
    private func text(_ path: String) -> String? {
        guard let file = try? files.open(path) else { return nil }
        defer { files.close(file) }
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        guard let count = try? files.read(file, at: 0, into: &buffer) else { return nil }
        return String(decoding: buffer.prefix(count), as: UTF8.self)
    }

    /// Gives a session's folder a file that can be made again, whole or not at all. Nothing else in the folder is touched.
    package func replaceDerived(_ fileName: String, of name: String, with bytes: [UInt8]) throws(FileError) {
        guard let folder = path(of: name) else { return }
        try StateFolder.replace("\(folder)/\(fileName)", with: bytes, files)
        try files.syncFolder(folder)
    }
}
