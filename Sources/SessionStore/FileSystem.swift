// SPDX-License-Identifier: GPL-3.0-or-later

/// What the session store asks of a file system. The seam at which tests put a disk that fills, fails, tears and forgets.
package protocol FileSystem: AnyObject {
    /// Makes a folder, mode 0700; that it is already there is no error.
    func makeFolder(_ path: String) throws(FileError)
    /// Makes a folder that must not be there yet, mode 0700.
    func makeNewFolder(_ path: String) throws(FileError)
    /// Opens a file that must not be there yet for appending, mode 0600.
    func create(_ path: String) throws(FileError) -> OpenFile
    /// Opens a file that is there for ``read(_:at:into:)``.
    func open(_ path: String) throws(FileError) -> OpenFile
    /// Opens a file that is there for ``truncate(_:to:)``.
    func openForUpdate(_ path: String) throws(FileError) -> OpenFile
    /// Bytes.
    func size(of file: OpenFile) throws(FileError) -> UInt64
    /// Reads into the buffer's beginning.
    ///
    /// - Parameter offset: bytes from the file's start.
    /// - Returns: how many bytes came; 0 at the end of the file.
    func read(_ file: OpenFile, at offset: UInt64, into buffer: inout [UInt8]) throws(FileError) -> Int
    /// Cuts the file.
    ///
    /// - Parameter length: bytes that stay.
    func truncate(_ file: OpenFile, to length: UInt64) throws(FileError)
    /// Opens a file, which is made if need be with mode 0600, and takes its lock until it is closed or the process ends.
    ///
    /// - Returns: `nil` when somebody else has the lock; nobody is waited for.
    func lock(_ path: String) throws(FileError) -> OpenFile?
    /// Whether somebody has the lock now. Asking takes nothing away from anybody who has it; who wants it in this very moment may be refused.
    func isLocked(_ path: String) -> Bool
    /// Appends as many of the bytes as fit, at least one, and says how many.
    func append(_ bytes: Span<UInt8>, to file: OpenFile) throws(FileError) -> Int
    /// Returns when everything appended will survive a power cut.
    func sync(_ file: OpenFile) throws(FileError)
    /// Whether the file can still be found where it was opened.
    func isInPlace(_ file: OpenFile) -> Bool
    func close(_ file: OpenFile)
    /// Returns when the folder's entries will survive a power cut.
    func syncFolder(_ path: String) throws(FileError)
    /// Replaces `new` in one step.
    func rename(_ old: String, to new: String) throws(FileError)
    func remove(_ path: String) throws(FileError)
    /// The names in a folder, sorted; without `.` and `..`.
    func list(_ path: String) throws(FileError) -> [String]
    func exists(_ path: String) -> Bool
    /// Whether it is a folder itself, and no link to one.
    func isFolder(_ path: String) -> Bool
}

extension FileSystem {
    package func isInPlace(_ file: OpenFile) -> Bool { true }
}

/// An open file: the file system's own number for it.
package struct OpenFile: Equatable, Sendable {
    package var number: Int32
    package var path: String

    package init(number: Int32, path: String) {
        self.number = number
        self.path = path
    }
}

/// A refused file operation.
package struct FileError: Error, Equatable, Sendable {
    package enum Operation: String, Sendable {
        case makeFolder = "make the folder"
        case create
        case write = "write to"
        case open
        case read
        case truncate = "cut"
        case lock
        case sync
        case rename
        case remove
        case list
    }

    package var operation: Operation
    package var path: String
    /// The system's error number.
    package var number: Int32
    /// The system's words for it.
    package var reason: String

    package init(operation: Operation, path: String, number: Int32, reason: String) {
        self.operation = operation
        self.path = path
        self.number = number
        self.reason = reason
    }
}

extension FileError: CustomStringConvertible {
    package var description: String { "cannot \(operation.rawValue) \(path): \(reason)" }
}

extension FileError {
    /// EACCES, EPERM and EROFS: the user, not the disk, has to change something.
    package var isRefusal: Bool { [1, 13, 30].contains(number) }

    /// EEXIST.
    package var isCollision: Bool { number == 17 }

    package var isCreation: Bool { operation == .makeFolder || operation == .create || operation == .lock }
}
