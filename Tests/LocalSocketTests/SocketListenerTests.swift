// SPDX-License-Identifier: GPL-3.0-or-later
import Foundation
import SocketProtocol
import Testing

@testable import LocalSocket

@Suite struct SocketListenerTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "socket-\(UUID().uuidString.prefix(8))")
        .path
    private var path: String { folder + "/made/sprintd.sock" }

    private func removeFolder() { try? FileManager.default.removeItem(atPath: folder) }

    private func failure(_ path: String, group: String? = nil) -> LocalSocketError? {
        do throws(LocalSocketError) {
            try SocketListener(path: path, mode: 0o660, group: group).close()
            return nil
        } catch {
            return error
        }
    }

    private func makeFolder() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    @Test func theFileSaysWhoMayConnect() throws {
        try makeFolder()
        defer { removeFolder() }
        let listener = try SocketListener(path: path, mode: 0o640, group: nil)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o640)
        #expect(failure(path) == .inUse(path: path))
        SocketSystem.close(try SocketSystem.connect(path))
        listener.close()
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func aSocketThatADeadProcessLeftIsReplaced() throws {
        try makeFolder()
        defer { removeFolder() }
        let stale = folder + "/sprintd.sock"
        SocketSystem.close(try SocketSystem.bind(stale))
        #expect(FileManager.default.fileExists(atPath: stale))
        #expect(failure(stale) == nil)
    }

    @Test func whatIsSomebodyElsesIsLeftAlone() throws {
        try makeFolder()
        defer { removeFolder() }
        let file = folder + "/file"
        try Data("kept".utf8).write(to: URL(filePath: file))
        #expect(failure(file) == .notASocket(path: file))
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "kept")
        let other = folder + "/other"
        let descriptor = try SocketSystem.bind(other)
        defer { SocketSystem.close(descriptor) }
        try SocketSystem.listen(descriptor, backlog: 1)
        #expect(failure(other) == .inUse(path: other))
        #expect(FileManager.default.fileExists(atPath: other))
    }

    @Test func whatCannotBeIsSaid() throws {
        try makeFolder()
        defer { removeFolder() }
        let long = folder + "/" + String(repeating: "x", count: 200)
        #expect(failure(long) == .pathTooLong(path: long))
        #expect(failure(folder + "/g", group: "no such group") == .noGroup("no such group"))
        #expect(!FileManager.default.fileExists(atPath: folder + "/g"))
        guard case .system = failure(folder + "/a/b/c") else {
            Issue.record("a folder was made")
            return
        }
    }

    @Test func aSocketThatWasHandedOverIsServed() throws {
        try makeFolder()
        defer { removeFolder() }
        let given = folder + "/given"
        let descriptor = try SocketSystem.bind(given)
        try SocketSystem.listen(descriptor, backlog: 4)
        let world = try World(place: .descriptor(descriptor))
        #expect(try Client(given).status().athletes.map(\.name) == ["Ada"])
        world.server.stop()
        // The file belongs to whoever made it.
        #expect(FileManager.default.fileExists(atPath: given))
    }
}
