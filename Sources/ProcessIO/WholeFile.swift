// SPDX-License-Identifier: GPL-3.0-or-later
internal import FileIO

/// Reading and writing files in one piece.
package enum WholeFile {
    /// - Parameter limit: bytes; a larger file is refused, not cut.
    /// - Throws: `.noInput`, `.noPermission`, `.inputOutput`, or `.badData` when it is larger than `limit`.
    package static func read(_ path: String, limit: Int) throws(CommandFailure) -> [UInt8] {
        let bytes: [UInt8]
        do throws(ErrorNumber) {
            let file = try FileDescriptor.open(path, for: .reading)
            defer { try? file.close() }
            bytes = try file.readAll(limit: limit == .max ? limit : limit + 1)
        } catch {
            throw CommandFailure(status(ofReading: error), "\(path): \(error.text)")
        }
        guard bytes.count <= limit else { throw CommandFailure(.badData, "\(path): larger than \(limit) bytes") }
        return bytes
    }

    private static func status(ofReading error: ErrorNumber) -> ExitStatus {
        switch error {
        case .noSuchFile, .notDirectory, .isDirectory, .nameTooLong, .tooManyLinks: .noInput
        case .permissionDenied, .notPermitted: .noPermission
        default: .inputOutput
        }
    }

    /// Whether two names mean one file, there already or not, so that writing one would overwrite the other. Pipes and devices may be
    /// written to twice.
    package static func isSame(_ left: String, _ right: String) -> Bool {
        guard !FileTree.isSpecial(left) else { return false }
        if left == right || FileTree.isSame(left, right) { return true }
        guard let first = FileTree.canonical(left), let second = FileTree.canonical(right) else { return false }
        return first == second
    }

    /// Writes a file so that its name never stands for half of it: the bytes go to a temporary file beside it, which
    /// then takes the name. A pipe or a device is written to directly.
    ///
    /// - Throws: `.cannotCreate`, `.noPermission` or `.inputOutput`; the temporary file is gone then, and a file of
    ///   that name is as it was.
    package static func replace(_ path: String, with bytes: [UInt8]) throws(CommandFailure) {
        let file = try OutputFile(path)
        try file.write(bytes.span)
        try file.finish()
    }

    /// The file that a symbolic link leads to, so that the link stays one (`/dev/stdout` is such a link).
    static func resolved(_ path: String) throws(CommandFailure) -> String {
        do throws(ErrorNumber) {
            return try FileTree.resolvingLink(path)
        } catch {
            throw CommandFailure(.cannotCreate, "\(path): cannot create it: \(error.text)")
        }
    }
}
