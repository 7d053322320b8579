// SPDX-License-Identifier: GPL-3.0-or-later
internal import AthleteFile
package import ProcessIO

extension Bindings {
    /// Bytes; a larger file is none of ours.
    private static let largest = 262_144

    package static func path(state: String) -> String { state + "/" + fileName }

    /// - Returns: none when there is no file.
    /// - Throws: `.configuration`, with file, line and column, when it is no such file; what ``WholeFile/read(_:limit:)`` throws
    ///   when it cannot be read.
    package static func read(state: String) throws(CommandFailure) -> Bindings {
        let path = path(state: state)
        let bytes: [UInt8]
        do {
            bytes = try WholeFile.read(path, limit: largest)
        } catch {
            if error.status == .noInput { return Bindings() }
            throw error
        }
        do {
            return try Bindings(text: try AthleteFile.text(bytes))
        } catch {
            throw CommandFailure(.configuration, "\(path):\(error)")
        }
    }

    /// Replaces the file whole.
    ///
    /// - Throws: `.usage` when there are more bindings than would be read again, which would keep the next start from beginning; what
    ///   ``WholeFile/replace(_:with:)`` throws when it cannot be written. The file is as it was then.
    package func write(state: String) throws(CommandFailure) {
        let (path, bytes) = (Self.path(state: state), Array(text.utf8))
        guard bytes.count <= Self.largest else {
            throw CommandFailure(.usage, "\(path): \(bindings.count) bindings do not fit into \(Self.largest) bytes")
        }
        try WholeFile.replace(path, with: bytes)
    }
}
