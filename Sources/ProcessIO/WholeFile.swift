// SPDX-License-Identifier: GPL-3.0-or-later
internal import Glibc

/// Reading and writing files in one piece.
package enum WholeFile {
    /// - Parameter limit: bytes; a larger file is refused, not cut.
    /// - Throws: `.noInput`, `.noPermission`, `.inputOutput`, or `.badData` when it is larger than `limit`.
    package static func read(_ path: String, limit: Int) throws(CommandFailure) -> [UInt8] {
        let result: Result<[UInt8], ErrorNumber>
        switch FileDescriptor.open(path, flags: O_RDONLY) {
        case .failure(let error): throw failure(path, error)
        case .success(let file):
            result = file.readAll(limit: limit == .max ? limit : limit + 1)
            _ = file.close()
        }
        switch result {
        case .failure(let error): throw failure(path, error)
        case .success(let bytes):
            guard bytes.count <= limit else {
                throw CommandFailure(.badData, "\(path): larger than \(limit) bytes")
            }
            return bytes
        }
    }

    private static func failure(_ path: String, _ error: ErrorNumber) -> CommandFailure {
        let status: ExitStatus
        switch error.rawValue {
        case ENOENT, ENOTDIR, EISDIR, ENAMETOOLONG, ELOOP: status = .noInput
        case EACCES, EPERM: status = .noPermission
        default: status = .inputOutput
        }
        return CommandFailure(status, "\(path): \(error.text)")
    }

    /// Writes a file so that its name never stands for half of it: the bytes go to a temporary file beside it, which
    /// then takes the name. A pipe or a device is written to directly.
    ///
    /// - Throws: `.cannotCreate`, `.noPermission` or `.inputOutput`; the temporary file is gone then, and a file of
    ///   that name is as it was.
    package static func replace(_ path: String, with bytes: [UInt8]) throws(CommandFailure) {
        let path = try resolved(path)
        if isSpecial(path) { return try writeDirectly(path, bytes) }
        let temporary = "\(path).\(getpid()).tmp"
        switch FileDescriptor.open(temporary, flags: O_WRONLY | O_CREAT | O_EXCL) {
        case .failure(let error):
            let refused = error.rawValue == EACCES || error.rawValue == EPERM
            throw CommandFailure(refused ? .noPermission : .cannotCreate, "\(path): cannot create it: \(error.text)")
        case .success(let file):
            let written = file.write(bytes).flatMap { file.synchronize() }
            let closed = file.close()
            let result = written.flatMap { closed }.flatMap { rename(temporary, to: path) }
            if case .failure(let error) = result {
                // SAFETY: the path is a NUL-terminated copy that lives for the call.
                _ = unsafe unlink(temporary)
                throw CommandFailure(
                    error.rawValue == EISDIR ? .cannotCreate : .inputOutput, "\(path): cannot write it: \(error.text)")
            }
        }
    }

    private static func writeDirectly(_ path: String, _ bytes: [UInt8]) throws(CommandFailure) {
        switch FileDescriptor.open(path, flags: O_WRONLY) {
        case .failure(let error): throw CommandFailure(.cannotCreate, "\(path): cannot open it: \(error.text)")
        case .success(let file):
            let result = file.write(bytes)
            _ = file.close()
            guard case .failure(let error) = result else { return }
            if error.rawValue == EPIPE { throw .closedPipe }
            throw CommandFailure(.inputOutput, "\(path): cannot write it: \(error.text)")
        }
    }

    /// The file that a symbolic link leads to, so that the link stays one (`/dev/stdout` is such a link).
    private static func resolved(_ path: String) throws(CommandFailure) -> String {
        var status = stat()
        // SAFETY: lstat fills the structure that it is given and keeps no pointer.
        guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK else { return path }
        // SAFETY: realpath allocates the text that it returns; it is copied, then freed.
        guard let target = unsafe realpath(path, nil) else {
            throw CommandFailure(.cannotCreate, "\(path): cannot create it: \(ErrorNumber(errno).text)")
        }
        defer { unsafe free(target) }
        return unsafe String(cString: target)
    }

    /// Whether it is there and is a pipe, a device or a socket.
    private static func isSpecial(_ path: String) -> Bool {
        var status = stat()
        // SAFETY: stat fills the structure that it is given and keeps no pointer.
        guard unsafe stat(path, &status) == 0 else { return false }
        return status.st_mode & S_IFMT != S_IFREG && status.st_mode & S_IFMT != S_IFDIR
    }

    private static func rename(_ source: String, to target: String) -> Result<Void, ErrorNumber> {
        // SAFETY: both paths are NUL-terminated copies that live for the call.
        SystemCall.repeating { unsafe Glibc.rename(source, target) }.map { _ in () }
    }
}
