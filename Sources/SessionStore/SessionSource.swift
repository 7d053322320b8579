// SPDX-License-Identifier: GPL-3.0-or-later

/// What a session's folder holds of which everything else in it is made.
///
///     capture.pcapng                          recorded here
///     import.fit | import.tcx | import.csv    an activity of another program, byte for byte, and
///     import.json                             what was known of the athlete when it was imported (sprintd.session/1)
///
/// Where the session was scored anew, `rescored.json` goes before what the others say of the athlete.
package enum SessionSource: Equatable, Sendable {
    /// What is known in place of what the capture's header says; `nil` where a session was never scored anew.
    case capture(path: String, known: SessionMetadata?)
    case imported(path: String, known: SessionMetadata?)

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
    /// Of `import.json`, in bytes: several times what the largest plan takes.
    static let largestMetadata: UInt64 = 1 << 20

    package var path: String {
        switch self {
        case .capture(let path, _), .imported(let path, _): path
        }
    }

    package var known: SessionMetadata? {
        switch self {
        case .capture(_, let known), .imported(_, let known): known
        }
    }

    package var isImport: Bool {
        switch self {
        case .capture: false
        case .imported: true
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
        let rescored = SessionRescore.metadata(of: folder, files)
        let capture = "\(folder)/\(SessionWriter.captureName)"
        if files.exists(capture) { return .capture(path: capture, known: rescored) }
        for kind in SessionSource.ImportKind.allCases {
            let path = "\(folder)/\(kind.fileName)"
            if files.exists(path) { return .imported(path: path, known: rescored ?? importMetadata(inFolder: folder)) }
        }
        return nil
    }

    private func importMetadata(inFolder folder: String) -> SessionMetadata? {
        let path = "\(folder)/\(SessionSource.importMetadataName)"
        guard let bytes = try? files.readAll(path, limit: SessionSource.largestMetadata) else { return nil }
        return SessionMetadata(json: String(decoding: bytes, as: UTF8.self))
    }

    /// Gives a session's folder a file that can be made again, whole or not at all. Nothing else in the folder is touched.
    package func replaceDerived(_ fileName: String, of name: String, with bytes: [UInt8]) throws(FileError) {
        guard let folder = path(of: name) else { return }
        try StateFolder.replace("\(folder)/\(fileName)", with: bytes, files)
        try files.syncFolder(folder)
    }
}
