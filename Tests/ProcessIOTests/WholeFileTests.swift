// SPDX-License-Identifier: GPL-3.0-or-later
import Foundation
import Testing

@testable import ProcessIO

@Suite struct WholeFileTests {
    /// A folder of its own for each test, gone afterwards.
    private func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sprintd-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path)
    }

    private func status(_ body: () throws(CommandFailure) -> Void) -> ProcessIO.ExitStatus? {
        do {
            try body()
            return nil
        } catch {
            return error.status
        }
    }

    @Test func whatIsWrittenIsRead() throws {
        try inFolder { folder in
            let path = folder + "/file"
            for bytes in [[], [0, 255], [UInt8](repeating: 7, count: 600_000)] as [[UInt8]] {
                try WholeFile.replace(path, with: bytes)
                #expect(try WholeFile.read(path, limit: .max) == bytes)
                #expect(try WholeFile.read(path, limit: bytes.count) == bytes)
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["file"])
        }
    }

    @Test func aFileBeyondTheLimitIsRefusedAndNotCut() throws {
        try inFolder { folder in
            try WholeFile.replace(folder + "/file", with: [1, 2, 3])
            let refused = status { () throws(CommandFailure) in _ = try WholeFile.read(folder + "/file", limit: 2) }
            #expect(refused == .badData)
        }
    }

    @Test func whatIsNotThereHasTheRightStatus() throws {
        try inFolder { folder in
            let absent = status { () throws(CommandFailure) in _ = try WholeFile.read(folder + "/no", limit: 9) }
            #expect(absent == .noInput)
            let directory = status { () throws(CommandFailure) in _ = try WholeFile.read(folder, limit: 9) }
            #expect(directory == .noInput)
            let nowhere = status { () throws(CommandFailure) in try WholeFile.replace(folder + "/no/file", with: []) }
            #expect(nowhere == .cannotCreate)
            let taken = status { () throws(CommandFailure) in try WholeFile.replace(folder, with: []) }
            #expect(taken == .cannotCreate)
            let left = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(left.isEmpty)
        }
    }

    /// An athlete's file that nobody else may read stays so, and one that the service's group may read, too.
    @Test func aFileThatIsReplacedKeepsItsRights() throws {
        try inFolder { folder in
            let path = folder + "/file"
            try WholeFile.replace(path, with: [1])
            if geteuid() == 0 {
                try FileManager.default.setAttributes(
                    [.ownerAccountID: 1234, .groupOwnerAccountID: 5678], ofItemAtPath: path)
            }
            for mode in [0o600, 0o400, 0o640, 0o664] {
                try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
                let before = try FileManager.default.attributesOfItem(atPath: path)
                try WholeFile.replace(path, with: [2])
                let after = try FileManager.default.attributesOfItem(atPath: path)
                for key in [FileAttributeKey.posixPermissions, .ownerAccountID, .groupOwnerAccountID] {
                    #expect(after[key] as? Int == before[key] as? Int)
                }
            }
        }
    }

    @Test func aLinkStaysALink() throws {
        try inFolder { folder in
            try WholeFile.replace(folder + "/file", with: [1])
            try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: folder + "/file")
            try WholeFile.replace(folder + "/link", with: [2])
            #expect(try WholeFile.read(folder + "/file", limit: 9) == [2])
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder + "/link") == folder + "/file")
        }
    }

    @Test func aDeviceIsWrittenToAndNotReplaced() throws {
        try WholeFile.replace("/dev/null", with: [1, 2, 3])
        let full = status { () throws(CommandFailure) in try WholeFile.replace("/dev/full", with: [1]) }
        #expect(full == .inputOutput)
        #expect(try WholeFile.read("/dev/null", limit: 9).isEmpty)
    }
}
