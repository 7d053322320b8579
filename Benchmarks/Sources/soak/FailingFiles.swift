// SPDX-License-Identifier: GPL-3.0-or-later
import FileIO
import SessionStore
import Synchronization

/// The real file system, which fails on demand: nothing can be made, written, synchronised or renamed then.
final class FailingFiles: FileSystem {
    /// Shared with whoever makes it fail.
    final class Switch: Sendable {
        private let number = Atomic<Int32>(0)
        private let count = Atomic<Int>(0)

        /// ENOSPC 28, EIO 5, EROFS 30; `nil`: all is well.
        func fail(with error: Int32?) { number.store(error ?? 0, ordering: .releasing) }

        /// How many calls were refused.
        var refusals: Int { count.load(ordering: .relaxed) }

        fileprivate func check(_ operation: FileError.Operation, _ path: String) throws(FileError) {
            let error = number.load(ordering: .acquiring)
            guard error != 0 else { return }
            count.add(1, ordering: .relaxed)
            throw FileError(operation: operation, path: path, number: error, reason: ErrorNumber(error).systemText)
        }
    }

    private let real = PosixFileSystem()
    private let state: Switch

    init(_ state: Switch) { self.state = state }

    func makeFolder(_ path: String) throws(FileError) {
        try state.check(.makeFolder, path)
        try real.makeFolder(path)
    }

    func makeNewFolder(_ path: String) throws(FileError) {
        try state.check(.makeFolder, path)
        try real.makeNewFolder(path)
    }

    func create(_ path: String) throws(FileError) -> OpenFile {
        try state.check(.create, path)
        return try real.create(path)
    }

    func truncate(_ file: OpenFile, to length: UInt64) throws(FileError) {
        try state.check(.truncate, file.path)
        try real.truncate(file, to: length)
    }

    func append(_ bytes: Span<UInt8>, to file: OpenFile) throws(FileError) -> Int {
        try state.check(.write, file.path)
        return try real.append(bytes, to: file)
    }

    func sync(_ file: OpenFile) throws(FileError) {
        try state.check(.sync, file.path)
        try real.sync(file)
    }

    func syncFolder(_ path: String) throws(FileError) {
        try state.check(.sync, path)
        try real.syncFolder(path)
    }

    func rename(_ old: String, to new: String) throws(FileError) {
        try state.check(.rename, new)
        try real.rename(old, to: new)
    }

    func remove(_ path: String) throws(FileError) {
        try state.check(.remove, path)
        try real.remove(path)
    }

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
