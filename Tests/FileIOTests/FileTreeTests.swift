// SPDX-License-Identifier: GPL-3.0-or-later
import Foundation
import Testing

@testable import FileIO

@Suite struct FileTreeTests {
    @Test func makesListsRenamesAndRemoves() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/sprintd-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(!FileTree.exists(folder))
        try FileTree.makeFolder(folder, mode: 0o700)
        #expect(throws: ErrorNumber.alreadyExists) { try FileTree.makeFolder(folder, mode: 0o700) }
        try FileTree.makeFolder(folder + "/b", mode: 0o700)
        try FileDescriptor.open(folder + "/ä", for: .creation(mode: 0o600)).close()
        #expect(try FileTree.names(in: folder) == ["b", "ä"])
        try FileTree.rename(folder + "/ä", to: folder + "/c")
        try FileTree.remove(folder + "/b")
        #expect(try FileTree.names(in: folder) == ["c"])
        #expect(throws: ErrorNumber.notDirectory) { try FileTree.names(in: folder + "/c") }
        #expect(throws: ErrorNumber.noSuchFile) { try FileTree.remove(folder + "/b") }
        #expect(!FileTree.isSpecial(folder))
        #expect(!FileTree.isSpecial(folder + "/c"))
        #expect(FileTree.isSpecial("/dev/null"))
    }

    @Test func aLinkIsFollowedToItsEnd() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/sprintd-\(UUID().uuidString)"
        try FileTree.makeFolder(folder, mode: 0o700)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: "/dev/null")
        try FileManager.default.createSymbolicLink(atPath: folder + "/nowhere", withDestinationPath: "absent")
        #expect(try FileTree.resolvingLink(folder + "/link") == "/dev/null")
        #expect(try FileTree.resolvingLink(folder + "/absent") == folder + "/absent")
        #expect(throws: ErrorNumber.noSuchFile) { try FileTree.resolvingLink(folder + "/nowhere") }
    }
}
