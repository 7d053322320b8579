// SPDX-License-Identifier: GPL-3.0-or-later
import Foundation
import SessionStore

/// The real file system, whose writer is held at a gate for as long as a test wants, as a disk that hangs would hold it; and that then fails, if
/// it is told to.
final class GatedFiles: FileSystem {
    /// Shared with the test.
    final class Gate: @unchecked Sendable {
        // SAFETY of `@unchecked`: everything below is touched with the condition locked only.
        private let condition = NSCondition()
        private var operation: FileError.Operation?
        private var isHeld = false
        private var isReleased = false
        private var error: Int32?
        private var room: Int?

        /// The next operation of this kind waits until ``release(failing:)``.
        func hold(_ operation: FileError.Operation) {
            condition.withLock {
                self.operation = operation
                isReleased = false
            }
        }

        /// Returns when somebody stands at the gate.
        func waitUntilHeld() {
            condition.withLock { while !isHeld { condition.wait() } }
        }

        var isHolding: Bool { condition.withLock { isHeld } }

        /// - Parameter error: what the operation that was held ends with; `nil`: it is done.
        func release(failing error: Int32? = nil) {
            condition.withLock {
                self.error = error
                isReleased = true
                condition.broadcast()
            }
        }

        /// From now on only so many bytes can be written; `nil`: the disk has room.
        func leaveRoom(_ bytes: Int?) { condition.withLock { room = bytes } }

        fileprivate func pass(_ operation: FileError.Operation, _ path: String) throws(FileError) {
            let failure: Int32? = condition.withLock {
                guard self.operation == operation else { return nil }
                self.operation = nil
                isHeld = true
                condition.broadcast()
                while !isReleased { condition.wait() }
                isHeld = false
                defer { self.error = nil }
                return self.error
            }
            if let failure {
                throw FileError(operation: operation, path: path, number: failure, reason: "error \(failure)")
            }
        }

        /// - Returns: how many of the bytes there is room for.
        fileprivate func take(_ bytes: Int, _ path: String) throws(FileError) -> Int {
            let taken: Int? = condition.withLock {
                guard let room else { return bytes }
                guard room > 0 else { return nil }
                self.room = room - min(room, bytes)
                return min(room, bytes)
            }
            guard let taken else {
                throw FileError(operation: .write, path: path, number: 28, reason: "no space left on the device")
            }
            return taken
        }
    }

    private let real = PosixFileSystem()
    private let gate: Gate

    init(_ gate: Gate) { self.gate = gate }

    func append(_ bytes: Span<UInt8>, to file: OpenFile) throws(FileError) -> Int {
        try gate.pass(.write, file.path)
        return try real.append(bytes.extracting(first: try gate.take(bytes.count, file.path)), to: file)
    }

    func sync(_ file: OpenFile) throws(FileError) {
        try gate.pass(.sync, file.path)
        try real.sync(file)
    }

    func makeFolder(_ path: String) throws(FileError) { try real.makeFolder(path) }
    func makeNewFolder(_ path: String) throws(FileError) { try real.makeNewFolder(path) }
    func create(_ path: String) throws(FileError) -> OpenFile { try real.create(path) }
    func truncate(_ file: OpenFile, to length: UInt64) throws(FileError) { try real.truncate(file, to: length) }
    func syncFolder(_ path: String) throws(FileError) { try real.syncFolder(path) }
    func rename(_ old: String, to new: String) throws(FileError) { try real.rename(old, to: new) }
    func remove(_ path: String) throws(FileError) { try real.remove(path) }
    func open(_ path: String) throws(FileError) -> OpenFile { try real.open(path) }
    func openForUpdate(_ path: String) throws(FileError) -> OpenFile { try real.openForUpdate(path) }
    func size(of file: OpenFile) throws(FileError) -> UInt64 { try real.size(of: file) }
    func read(_ file: OpenFile, at offset: UInt64, into buffer: inout [UInt8]) throws(FileError) -> Int {
        try real.read(file, at: offset, into: &buffer)
    }
    func lock(_ path: String) throws(FileError) -> OpenFile? { try real.lock(path) }
    func isLocked(_ path: String) -> Bool { real.isLocked(path) }
    func isInPlace(_ file: OpenFile) -> Bool { real.isInPlace(file) }
    func close(_ file: OpenFile) { real.close(file) }
    func list(_ path: String) throws(FileError) -> [String] { try real.list(path) }
    func exists(_ path: String) -> Bool { real.exists(path) }
    func isFolder(_ path: String) -> Bool { real.isFolder(path) }
}
