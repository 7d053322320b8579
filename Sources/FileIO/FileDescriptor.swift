// SPDX-License-Identifier: GPL-3.0-or-later
internal import Glibc

/// An open file: one system call a function, repeated when a signal interrupts it. Whoever opens it closes it.
package struct FileDescriptor: Equatable, Sendable {
    package let rawValue: Int32

    package init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    package static let standardInput = FileDescriptor(rawValue: STDIN_FILENO)
    package static let standardOutput = FileDescriptor(rawValue: STDOUT_FILENO)
    package static let standardError = FileDescriptor(rawValue: STDERR_FILENO)

    /// What a file is opened for. No descriptor is handed on to another program.
    package enum Purpose: Sendable {
        case reading
        /// As `reading`, but never waits: what should be a plain file may turn out to be a FIFO.
        case readingPlainFile
        case writing
        /// Reading and changing a file that is there.
        case updating
        /// A file that is only there to be locked; made when it is not there yet.
        case locking(mode: UInt32)
        /// Makes a file that must not be there yet; what is written always goes to its end.
        ///
        /// - Parameter mode: permission bits, less those of the process's mask.
        case creation(mode: UInt32)
        /// A folder's entries, to be synchronised.
        case folder

        fileprivate var flags: Int32 {
            switch self {
            case .reading: O_RDONLY
            case .readingPlainFile: O_RDONLY | O_NONBLOCK
            case .writing: O_WRONLY
            case .updating: O_RDWR
            case .locking: O_RDWR | O_CREAT
            case .creation: O_WRONLY | O_CREAT | O_EXCL | O_APPEND
            case .folder: O_RDONLY | O_DIRECTORY
            }
        }

        fileprivate var mode: UInt32 {
            switch self {
            case .creation(let mode), .locking(let mode): mode
            case .reading, .readingPlainFile, .writing, .updating, .folder: 0
            }
        }
    }

    /// A FIFO is waited for until somebody opens its other end.
    package static func open(_ path: String, for purpose: Purpose) throws(ErrorNumber) -> FileDescriptor {
        FileDescriptor(
            rawValue: try SystemCall.repeating {
                // SAFETY: the path is a NUL-terminated copy that lives for the call.
                unsafe Glibc.open(path, purpose.flags | O_CLOEXEC, purpose.mode)
            })
    }

    package func close() throws(ErrorNumber) {
        // Not repeated: Linux frees the descriptor even when close() is interrupted (close(2), NOTES).
        guard Glibc.close(rawValue) == 0 || errno == EINTR else { throw ErrorNumber(errno) }
    }

    /// Whether it is a folder, which can be opened for reading but not read.
    package var isFolder: Bool {
        var status = stat()
        // SAFETY: fstat fills the structure that it is given and keeps no pointer.
        return unsafe fstat(rawValue, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Reads once, into the buffer's beginning.
    ///
    /// - Parameter limit: bytes; no more than the buffer holds are read.
    /// - Returns: how many bytes came; 0 at the end of the file.
    package func read(into buffer: inout [UInt8], limit: Int = .max) throws(ErrorNumber) -> Int {
        var target = buffer.mutableSpan
        let wanted = min(max(limit, 0), target.count)
        return try unsafe target.withUnsafeMutableBufferPointer { bytes throws(ErrorNumber) in
            // SAFETY: `wanted` is no more than the buffer's length, and read() keeps no pointer.
            try SystemCall.repeating { unsafe Glibc.read(rawValue, bytes.baseAddress, wanted) }
        }
    }

    /// Reads once from a place in the file, into the buffer's beginning; where reading goes on elsewhere does not change.
    ///
    /// - Parameter offset: bytes from the file's start.
    /// - Returns: how many bytes came; 0 at the end of the file and behind it.
    package func read(at offset: UInt64, into buffer: inout [UInt8]) throws(ErrorNumber) -> Int {
        guard let offset = Int(exactly: offset) else { return 0 }
        var target = buffer.mutableSpan
        return try unsafe target.withUnsafeMutableBufferPointer { bytes throws(ErrorNumber) in
            // SAFETY: pointer and length are those of the buffer, and pread() keeps no pointer.
            try SystemCall.repeating { unsafe pread(rawValue, bytes.baseAddress, bytes.count, offset) }
        }
    }

    /// Bytes.
    package func size() throws(ErrorNumber) -> UInt64 {
        var status = stat()
        // SAFETY: fstat fills the structure that it is given and keeps no pointer.
        try SystemCall.repeating { unsafe fstat(rawValue, &status) }
        return UInt64(max(0, status.st_size))
    }

    /// Cuts the file.
    ///
    /// - Parameter length: bytes that stay.
    package func truncate(to length: UInt64) throws(ErrorNumber) {
        try SystemCall.repeating { ftruncate(rawValue, Int(clamping: length)) }
    }

    /// Takes the file's exclusive lock, which ends when the last copy of this descriptor is closed, however its process ends.
    ///
    /// - Returns: `false` when somebody else has it; nobody is waited for.
    package func lockExclusively() throws(ErrorNumber) -> Bool { try lock(LOCK_EX) }

    /// As ``lockExclusively()``, but others may have it in the same way.
    package func lockShared() throws(ErrorNumber) -> Bool { try lock(LOCK_SH) }

    private func lock(_ kind: Int32) throws(ErrorNumber) -> Bool {
        do throws(ErrorNumber) {
            try SystemCall.repeating { flock(rawValue, kind | LOCK_NB) }
            return true
        } catch {
            guard error == .wouldBlock else { throw error }
            return false
        }
    }

    /// Reads up to the end of the file.
    ///
    /// - Parameter limit: bytes; what lies behind them is left.
    package func readAll(limit: Int) throws(ErrorNumber) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: max(0, min(limit, 256 << 10)))
        while bytes.count < limit {
            let count = try read(into: &chunk, limit: limit - bytes.count)
            guard count > 0 else { break }
            bytes.append(contentsOf: chunk[..<count])
        }
        return bytes
    }

    /// Writes as many of the bytes as fit.
    ///
    /// - Returns: how many; at least one of a non-empty span.
    package func writeSome(_ bytes: Span<UInt8>) throws(ErrorNumber) -> Int {
        try unsafe bytes.withUnsafeBufferPointer { buffer throws(ErrorNumber) in
            // SAFETY: pointer and length are those of the span, which outlives the call; write() keeps no pointer.
            try SystemCall.repeating { unsafe Glibc.write(rawValue, buffer.baseAddress, buffer.count) }
        }
    }

    /// Writes all of the bytes.
    package func write(_ bytes: Span<UInt8>) throws(ErrorNumber) {
        var rest = bytes
        while !rest.isEmpty { rest = rest.extracting(droppingFirst: try writeSome(rest)) }
    }

    /// Returns when what was written will survive a power cut, with all that is known about the file.
    package func synchronize() throws(ErrorNumber) {
        try SystemCall.repeating { fsync(rawValue) }
    }

    /// Returns when what was written will survive a power cut; times and the like may not.
    package func synchronizeData() throws(ErrorNumber) {
        try SystemCall.repeating { fdatasync(rawValue) }
    }
}
