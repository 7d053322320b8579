// SPDX-License-Identifier: GPL-3.0-or-later
internal import Glibc

/// The one place where a failed system call becomes an error number, and where interrupted calls are repeated.
enum SystemCall {
    /// - Returns: the call's result, or the error number.
    static func repeating<Result: SignedInteger>(_ call: () -> Result) -> Swift.Result<Result, ErrorNumber> {
        while true {
            let result = call()
            if result != -1 { return .success(result) }
            let number = errno
            if number != EINTR { return .failure(ErrorNumber(number)) }
        }
    }
}

/// An `errno`.
package struct ErrorNumber: Error, Equatable, Sendable {
    package let rawValue: Int32

    package init(_ rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// A clause for a message; the common ones say what to do something about, the rest is the C library's.
    package var text: String {
        switch rawValue {
        case ENOENT: return "no such file or directory"
        case EACCES, EPERM: return "permission denied"
        case EISDIR: return "is a directory, not a file"
        case ENOTDIR: return "a part of the path is not a directory"
        case ENOSPC: return "no space left on the device"
        case EROFS: return "the file system is read-only"
        default:
            var buffer = [CChar](repeating: 0, count: 256)
            // SAFETY: strerror_r writes at most 256 bytes into the buffer, ends them with NUL, and keeps no pointer.
            // Swift sees the XSI variant, which returns a status.
            let status = unsafe strerror_r(rawValue, &buffer, buffer.count)
            guard status == 0 else { return "error \(rawValue)" }
            let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}
