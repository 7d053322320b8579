// SPDX-License-Identifier: GPL-3.0-or-later
import Foundation
import SessionStore
import Testing

@Suite struct SessionFoldersTests {
    private let state = FileManager.default.temporaryDirectory.path + "/folders-\(UUID().uuidString)"

    /// The same activity was imported again, under the name that it had before.
    @Test func whatAKilledDeletionLeftIsInNobodysWayAndGoesToo() throws {
        defer { try? FileManager.default.removeItem(atPath: state) }
        let files = PosixFileSystem()
        let lock = try StateLock(state: state, files: files)
        for name in [".deleted-run", ".deleted-other", "run"] {
            let folder = "\(state)/sessions/\(name)"
            try files.makeFolder(folder)
            files.close(try files.create(folder + "/import.fit"))
        }
        let folders = SessionFolders(state: state, files: files)
        #expect(try folders.names() == ["run"])
        try folders.delete("run", lock: lock)
        #expect(try files.list(state + "/sessions") == [])
    }
}
