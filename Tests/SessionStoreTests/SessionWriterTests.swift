// SPDX-License-Identifier: GPL-3.0-or-later
import Capture
import Foundation
import SessionStore
import Testing

@Suite struct SessionWriterTests {
    /// The real file system, with another process that is always a step ahead.
    private final class Raced: FileSystem {
        let real = PosixFileSystem()
        var refusesFiles = false

        func makeFolder(_ path: String) throws(FileError) { try real.makeFolder(path) }
        func makeNewFolder(_ path: String) throws(FileError) { try real.makeNewFolder(path) }
        func create(_ path: String) throws(FileError) -> OpenFile {
            if refusesFiles { throw FileError(operation: .create, path: path, number: 28, reason: "no space") }
            return try real.create(path)
        }
        func append(_ bytes: Span<UInt8>, to file: OpenFile) throws(FileError) -> Int {
            try real.append(bytes, to: file)
        }
        func sync(_ file: OpenFile) throws(FileError) { try real.sync(file) }
        func close(_ file: OpenFile) { real.close(file) }
        func syncFolder(_ path: String) throws(FileError) { try real.syncFolder(path) }
        func rename(_ old: String, to new: String) throws(FileError) { try real.rename(old, to: new) }
        func remove(_ path: String) throws(FileError) { try real.remove(path) }
        func list(_ path: String) throws(FileError) -> [String] { try real.list(path) }
        func open(_ path: String) throws(FileError) -> OpenFile { try real.open(path) }
        func openForUpdate(_ path: String) throws(FileError) -> OpenFile { try real.openForUpdate(path) }
        func size(of file: OpenFile) throws(FileError) -> UInt64 { try real.size(of: file) }
        func read(_ file: OpenFile, at offset: UInt64, into buffer: inout [UInt8]) throws(FileError) -> Int {
            try real.read(file, at: offset, into: &buffer)
        }
        func truncate(_ file: OpenFile, to length: UInt64) throws(FileError) { try real.truncate(file, to: length) }
        func lock(_ path: String) throws(FileError) -> OpenFile? { try real.lock(path) }
        func isLocked(_ path: String) -> Bool { real.isLocked(path) }
        func isFolder(_ path: String) -> Bool { real.isFolder(path) }
        /// What was looked at is there by the time that it is made.
        func exists(_ path: String) -> Bool { false }
    }

    private let state = FileManager.default.temporaryDirectory.appendingPathComponent("store-\(UUID().uuidString)").path

    @Test func aNameThatWasTakenJustNowGetsTheNextNumber() throws {
        defer { try? FileManager.default.removeItem(atPath: state) }
        let files = Raced()
        let writers = try (0..<3).map { _ in
            try SessionWriter(state: state, name: "run", section: .init(), files: files)
        }
        #expect(writers.map(\.folder) == ["run", "run-2", "run-3"].map { "\(state)/sessions/\($0)" })
    }

    @Test func aSessionThatCannotBeginLeavesNoFolder() throws {
        defer { try? FileManager.default.removeItem(atPath: state) }
        let files = Raced()
        files.refusesFiles = true
        #expect(throws: SessionError.self) {
            _ = try SessionWriter(state: state, name: "run", section: .init(), files: files)
        }
        #expect(try files.list(state + "/sessions") == [])
    }

    @Test func aDiscardedSessionIsGone() throws {
        defer { try? FileManager.default.removeItem(atPath: state) }
        let files = PosixFileSystem()
        let writer = try SessionWriter(state: state, name: "run", section: .init(), files: files)
        try writer.flush()
        writer.discard()
        #expect(try files.list(state + "/sessions") == [])
    }
}
