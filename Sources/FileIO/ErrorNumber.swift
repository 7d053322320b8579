// SPDX-License-Identifier: GPL-3.0-or-later
internal import Glibc

/// An `errno`.
package struct ErrorNumber: Error, Equatable, Sendable {
    package let rawValue: Int32

    package init(_ rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// A clause for a message; the common ones say what to do something about, the rest is the C library's.
    package var text: String {
        switch rawValue {
        case ENOENT: "no such file or directory"
        case EACCES, EPERM: "permission denied"
        case EISDIR: "is a directory, not a file"
        case ENOTDIR: "a part of the path is not a directory"
        case ENOSPC: "no space left on the device"
        case EROFS: "the file system is read-only"
        default: systemText
        }
    }

    /// The C library's words.
    package var systemText: String {
        var buffer = [CChar](repeating: 0, count: 256)
        // SAFETY: strerror_r writes at most 256 bytes into the buffer, ends them with NUL, and keeps no pointer.
        // Swift sees the XSI variant, which returns a status.
        let status = unsafe strerror_r(rawValue, &buffer, buffer.count)
        guard status == 0 else { return "error \(rawValue)" }
        let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension ErrorNumber {
    package static let alreadyExists = ErrorNumber(EEXIST)
    package static let connectionRefused = ErrorNumber(ECONNREFUSED)
    package static let connectionReset = ErrorNumber(ECONNRESET)
    package static let brokenPipe = ErrorNumber(EPIPE)
    package static let isDirectory = ErrorNumber(EISDIR)
    package static let nameTooLong = ErrorNumber(ENAMETOOLONG)
    package static let noSuchFile = ErrorNumber(ENOENT)
    package static let notDirectory = ErrorNumber(ENOTDIR)
    package static let notPermitted = ErrorNumber(EPERM)
    package static let permissionDenied = ErrorNumber(EACCES)
    package static let tooManyLinks = ErrorNumber(ELOOP)
    package static let wouldBlock = ErrorNumber(EWOULDBLOCK)
}
