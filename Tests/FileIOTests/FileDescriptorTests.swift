// SPDX-License-Identifier: GPL-3.0-or-later
import Foundation
import Testing

@testable import FileIO

@Suite struct FileDescriptorTests {
    /// A folder of its own for each test, gone afterwards.
    private func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sprintd-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path)
    }

    private func error(_ body: () throws(ErrorNumber) -> Void) -> ErrorNumber? {
        do throws(ErrorNumber) {
            try body()
            return nil
        } catch {
            return error
        }
    }

    @Test func readsNoFurtherThanTheLimitOrTheEnd() throws {
        try inFolder { folder in
            let made = try FileDescriptor.open(folder + "/file", for: .creation(mode: 0o600))
            let bytes = (0..<600_000).map { UInt8(truncatingIfNeeded: $0) }
            try made.write(bytes.span)
            try made.synchronize()
            try made.synchronizeData()
            try made.close()
            for limit in [0, 1, 262_144, 262_145, 600_000, .max] {
                let file = try FileDescriptor.open(folder + "/file", for: .reading)
                #expect(try file.readAll(limit: limit) == Array(bytes.prefix(limit)))
                try file.close()
            }
            let file = try FileDescriptor.open(folder + "/file", for: .reading)
            var buffer: [UInt8] = [9, 9, 9]
            #expect(try file.read(into: &buffer, limit: -1) == 0)
            #expect(try file.read(into: &buffer, limit: 2) == 2)
            #expect(buffer == [0, 1, 9])
            try file.close()
            #expect(error { () throws(ErrorNumber) in try file.close() } == ErrorNumber(9))  // EBADF
        }
    }

    @Test func aNameThatIsTakenIsNotTakenAgain() throws {
        try inFolder { folder in
            try FileDescriptor.open(folder + "/file", for: .creation(mode: 0o600)).close()
            let refused = error { () throws(ErrorNumber) in
                _ = try FileDescriptor.open(folder + "/file", for: .creation(mode: 0o600))
            }
            #expect(refused == .alreadyExists)
        }
    }

    @Test func aFolderIsOpenedForReadingButNotRead() throws {
        try inFolder { folder in
            let file = try FileDescriptor.open(folder, for: .reading)
            #expect(file.isFolder)
            #expect(error { () throws(ErrorNumber) in _ = try file.readAll(limit: 1) } == .isDirectory)
            try file.close()
        }
    }
}
