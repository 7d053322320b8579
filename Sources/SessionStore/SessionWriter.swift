// SPDX-License-Identifier: GPL-3.0-or-later
package import Capture

/// One session on disk: a folder with the capture, which grows while it is recorded, and the analysis, which is written once at the
/// end and whose presence says that the session was finished.
package final class SessionWriter {
    package static let captureName = "capture.pcapng"
    package static let analysisName = "analysis.json"
    /// How many bytes gather before they are written.
    private static let batch = 64 << 10

    package let folder: String
    private let files: any FileSystem
    private let file: OpenFile
    private var writer: PcapngWriter
    private var isClosed = false

    /// Makes `STATE/sessions/NAME/` with an empty capture in it. A name that is taken gets `-2`, `-3`…
    ///
    /// - Parameters:
    ///   - state: the state folder; made, with its parents, when it is not there.
    ///   - section: what the capture's header says.
    package init(
        state: String, name: String, section: PcapngWriter.Section, files: any FileSystem
    ) throws(SessionError) {
        do {
            writer = try PcapngWriter(section)
        } catch {
            throw .metadata("\(error)")
        }
        do throws(FileError) {
            let sessions = state + "/sessions"
            try Self.makeFolders(sessions, files)
            folder = try Self.claim(name, in: sessions, files)
            self.files = files
            do throws(FileError) {
                file = try files.create(folder + "/" + Self.captureName)
            } catch {
                try? files.remove(folder)
                throw error
            }
            try files.syncFolder(folder)
            try files.syncFolder(sessions)
        } catch {
            throw .file(error)
        }
    }

    private static func makeFolders(_ path: String, _ files: any FileSystem) throws(FileError) {
        var made = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            made += "/" + part
            if !files.exists(made) { try files.makeFolder(made) }
        }
    }

    private static func claim(
        _ name: String, in sessions: String, _ files: any FileSystem
    ) throws(FileError) -> String {
        var number = 1
        while true {
            let folder = sessions + "/" + name + (number == 1 ? "" : "-\(number)")
            if !files.exists(folder) {
                do throws(FileError) {
                    try files.makeNewFolder(folder)
                    return folder
                } catch {
                    // Another process may have been quicker.
                    guard error.isCollision else { throw error }
                }
            }
            number += 1
        }
    }

    package func append(_ frame: CapturedFrame, _ bytes: Span<UInt8>) throws(SessionError) {
        writer.frame(frame, bytes)
        if writer.pendingBytes >= Self.batch { try flush() }
    }

    /// Writes what has gathered, without waiting for the disk.
    package func flush() throws(SessionError) {
        do {
            try writer.drain { bytes throws(FileError) in
                var rest = bytes
                while !rest.isEmpty {
                    let count = try files.append(rest, to: file)
                    rest = rest.extracting(droppingFirst: count)
                }
            }
        } catch {
            throw .file(error)
        }
    }

    /// Writes what has gathered and returns when it will survive a power cut.
    package func commit() throws(SessionError) {
        try flush()
        do {
            try files.sync(file)
        } catch {
            throw .file(error)
        }
    }

    /// Ends the session: the capture is made safe first, then the analysis appears whole or not at all.
    package func finish(analysis: String) throws(SessionError) {
        try commit()
        close()
        let final = folder + "/" + Self.analysisName
        let temporary = final + ".new"
        do {
            let file = try files.create(temporary)
            defer { files.close(file) }
            let bytes = Array(analysis.utf8)
            var rest = bytes.span
            while !rest.isEmpty {
                rest = rest.extracting(droppingFirst: try files.append(rest, to: file))
            }
            try files.sync(file)
            try files.rename(temporary, to: final)
            try files.syncFolder(folder)
        } catch {
            throw .file(error)
        }
    }

    /// Takes back a session of which nothing has been recorded.
    package func discard() {
        close()
        try? files.remove(file.path)
        try? files.remove(folder)
    }

    /// Gives the file back. What has gathered and was not committed stays unwritten.
    package func close() {
        guard !isClosed else { return }
        isClosed = true
        files.close(file)
    }

    deinit { close() }
}

/// Why a session cannot be written.
package enum SessionError: Error, Equatable, Sendable {
    case file(FileError)
    /// The session's metadata do not fit the capture's header.
    case metadata(String)
}

extension SessionError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .file(let error): error.description
        case .metadata(let reason): "session metadata: \(reason)"
        }
    }
}
