// SPDX-License-Identifier: GPL-3.0-or-later
internal import FileIO

/// A file, a FIFO or the standard input, read from its start to its end in chunks.
struct ByteSource: ~Copyable {
    /// Bytes asked for at a time.
    static let chunkLength = 256 << 10

    /// The path as it was given, or `standard input`.
    let name: String
    private let descriptor: FileDescriptor
    private let isOwned: Bool
    private var chunk: [UInt8]

    /// Opens a file. A FIFO is waited for until somebody writes to it.
    ///
    /// - Parameter path: `-` for the standard input.
    init(path: String) throws(RecordingError) {
        chunk = [UInt8](repeating: 0, count: Self.chunkLength)
        guard path != "-" else {
            name = "standard input"
            descriptor = .standardInput
            isOwned = false
            return
        }
        name = path
        descriptor = try Self.open(path)
        isOwned = true
    }

    deinit {
        // Nothing was written, so a failing close loses nothing.
        if isOwned { try? descriptor.close() }
    }

    private static func open(_ path: String) throws(RecordingError) -> FileDescriptor {
        // A path with a zero byte in it would be cut there.
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw RecordingError(file: path, reason: "not a file's name", category: .noInput)
        }
        let opened: FileDescriptor
        do throws(ErrorNumber) {
            opened = try FileDescriptor.open(path, for: .reading)
        } catch {
            throw RecordingError(file: path, reason: reason(for: error), category: .noInput)
        }
        guard !opened.isFolder else {
            try? opened.close()
            throw RecordingError(file: path, reason: reason(for: .isDirectory), category: .noInput)
        }
        return opened
    }

    private static func reason(for error: ErrorNumber) -> String {
        switch error {
        case .noSuchFile, .notDirectory: "no such file"
        case .permissionDenied, .notPermitted: "no permission to read it"
        case .isDirectory: "is a folder, not a recording"
        default: "cannot be opened: \(error.text)"
        }
    }

    /// Reads once, and hands over what came.
    ///
    /// - Returns: whether anything came; `false` at the end.
    mutating func read(_ body: (Span<UInt8>) -> Void) throws(RecordingError) -> Bool {
        let count: Int
        do throws(ErrorNumber) {
            count = try descriptor.read(into: &chunk)
        } catch {
            // The standard input may be a folder; nothing was opened that could tell.
            guard error != .isDirectory else {
                throw RecordingError(file: name, reason: Self.reason(for: error), category: .noInput)
            }
            throw RecordingError(file: name, reason: "cannot be read: \(error.text)", category: .inputOutput)
        }
        guard count > 0 else { return false }
        body(chunk.span.extracting(0..<count))
        return true
    }
}
