// SPDX-License-Identifier: GPL-3.0-or-later
internal import FileIO

/// The real file system.
///
/// What is made in a folder with the set-group-ID bit (the state folder of a service whose group may read sessions) is for its group to read:
/// folders 0750, files 0640.
package final class PosixFileSystem: FileSystem, Sendable {
    private let isInterrupted: @Sendable () -> Bool

    /// - Parameter isInterrupted: asked at each ``read(_:at:into:)``, which fails from then on. For work that another process can do again.
    package init(isInterrupted: @escaping @Sendable () -> Bool = { false }) {
        self.isInterrupted = isInterrupted
    }

    private static func folderMode(_ path: String) -> UInt32 {
        FileTree.isSharedWithGroup(folderOf: path) ? 0o750 : 0o700
    }

    private static func fileMode(_ path: String) -> UInt32 {
        FileTree.isSharedWithGroup(folderOf: path) ? 0o640 : 0o600
    }

    /// Says of a refused call what was to be done, and to which file.
    private func attempt<Value>(
        _ operation: FileError.Operation, _ path: String, _ call: () throws(ErrorNumber) -> Value
    ) throws(FileError) -> Value {
        do throws(ErrorNumber) {
            return try call()
        } catch {
            throw FileError(operation: operation, path: path, number: error.rawValue, reason: error.systemText)
        }
    }

    package func makeFolder(_ path: String) throws(FileError) {
        try attempt(.makeFolder, path) { () throws(ErrorNumber) in
            do throws(ErrorNumber) {
                try FileTree.makeFolder(path, mode: Self.folderMode(path))
            } catch {
                guard error == .alreadyExists else { throw error }
            }
        }
    }

    package func makeNewFolder(_ path: String) throws(FileError) {
        try attempt(.makeFolder, path) { () throws(ErrorNumber) in try FileTree.makeFolder(path, mode: Self.folderMode(path)) }
    }

    package func create(_ path: String) throws(FileError) -> OpenFile {
        try attempt(.create, path) { () throws(ErrorNumber) in
            OpenFile(number: try FileDescriptor.open(path, for: .creation(mode: Self.fileMode(path))).rawValue, path: path)
        }
    }

    package func open(_ path: String) throws(FileError) -> OpenFile { try open(path, for: .readingPlainFile) }

    package func openForUpdate(_ path: String) throws(FileError) -> OpenFile { try open(path, for: .updating) }

    private func open(_ path: String, for purpose: FileDescriptor.Purpose) throws(FileError) -> OpenFile {
        try attempt(.open, path) { () throws(ErrorNumber) in
            OpenFile(number: try FileDescriptor.open(path, for: purpose).rawValue, path: path)
        }
    }

    package func size(of file: OpenFile) throws(FileError) -> UInt64 {
        try attempt(.read, file.path) { () throws(ErrorNumber) in try FileDescriptor(rawValue: file.number).size() }
    }

    package func read(_ file: OpenFile, at offset: UInt64, into buffer: inout [UInt8]) throws(FileError) -> Int {
        if isInterrupted() {
            let error = ErrorNumber.cancelled
            throw FileError(operation: .read, path: file.path, number: error.rawValue, reason: error.systemText)
        }
        do throws(ErrorNumber) {
            return try FileDescriptor(rawValue: file.number).read(at: offset, into: &buffer)
        } catch {
            throw FileError(operation: .read, path: file.path, number: error.rawValue, reason: error.systemText)
        }
    }

    package func truncate(_ file: OpenFile, to length: UInt64) throws(FileError) {
        try attempt(.truncate, file.path) { () throws(ErrorNumber) in
            try FileDescriptor(rawValue: file.number).truncate(to: length)
        }
    }

    package func lock(_ path: String) throws(FileError) -> OpenFile? {
        try attempt(.lock, path) { () throws(ErrorNumber) -> OpenFile? in
            let file = try FileDescriptor.open(path, for: .locking(mode: Self.fileMode(path)))
            do throws(ErrorNumber) {
                if try file.lockExclusively() { return OpenFile(number: file.rawValue, path: path) }
            } catch {
                try? file.close()
                throw error
            }
            try? file.close()
            return nil
        }
    }

    package func isLocked(_ path: String) -> Bool {
        // Nothing is made: a state folder that is only looked at stays as it is.
        guard let file = try? FileDescriptor.open(path, for: .reading) else { return false }
        defer { try? file.close() }
        return (try? file.lockShared()) == false
    }

    package func append(_ bytes: Span<UInt8>, to file: OpenFile) throws(FileError) -> Int {
        try attempt(.write, file.path) { () throws(ErrorNumber) in
            try FileDescriptor(rawValue: file.number).writeSome(bytes)
        }
    }

    package func sync(_ file: OpenFile) throws(FileError) {
        try attempt(.sync, file.path) { () throws(ErrorNumber) in
            try FileDescriptor(rawValue: file.number).synchronizeData()
        }
    }

    package func isInPlace(_ file: OpenFile) -> Bool { FileDescriptor(rawValue: file.number).isFile(at: file.path) }

    package func close(_ file: OpenFile) {
        // What matters was synchronised before, and its failure told then.
        try? FileDescriptor(rawValue: file.number).close()
    }

    package func syncFolder(_ path: String) throws(FileError) {
        try attempt(.sync, path) { () throws(ErrorNumber) in
            let folder = try FileDescriptor.open(path, for: .folder)
            defer { try? folder.close() }
            try folder.synchronize()
        }
    }

    package func rename(_ old: String, to new: String) throws(FileError) {
        try attempt(.rename, new) { () throws(ErrorNumber) in try FileTree.rename(old, to: new) }
    }

    package func remove(_ path: String) throws(FileError) {
        try attempt(.remove, path) { () throws(ErrorNumber) in try FileTree.remove(path) }
    }

    package func list(_ path: String) throws(FileError) -> [String] {
        try attempt(.list, path) { () throws(ErrorNumber) in try FileTree.names(in: path) }
    }

    package func exists(_ path: String) -> Bool { FileTree.exists(path) }

    package func isFolder(_ path: String) -> Bool { FileTree.isFolder(path) }
}
