// SPDX-License-Identifier: GPL-3.0-or-later
import Scoring
import SessionStore
import Testing

@Suite struct SessionImporterTests {
    private let disk = SimulatedDisk()
    private let metadata = SessionMetadata(program: "test", athlete: Athlete())

    private func add(state: String) throws -> String {
        if !disk.exists("/in.csv") {
            let file = try disk.create("/in.csv")
            _ = try disk.append([0x74, 0x5F, 0x73].span, to: file)
            disk.close(file)
        }
        return try SessionImporter(state: state, files: disk)
            .add(name: "run", file: "/in.csv", kind: .csv, metadata: metadata, analysis: "{}\n")
    }

    /// `ü` is two bytes, and one character.
    @Test(arguments: ["/state", "/jürgen/state"]) func itsNameIsTold(_ state: String) throws {
        #expect(try add(state: state) == "run")
        #expect(try add(state: state) == "run-2")
        #expect(disk.bytes("\(state)/sessions/run/import.csv") == [0x74, 0x5F, 0x73])
    }

    @Test func oneThatDoesNotFitLeavesNothing() throws {
        var room = 0
        while true {
            disk.room = .max
            if disk.exists("/state/sessions/run") { break }
            _ = try? disk.create("/in.csv")
            disk.room = room
            do {
                _ = try add(state: "/state")
            } catch {
                #expect(try disk.list("/state/sessions") == [], "room for \(room)")
            }
            room += 100
        }
        #expect(try disk.list("/state/sessions/run") == ["analysis.json", "import.csv", "import.json"])
        // The description of nobody in particular alone takes more than a hundred bytes.
        #expect(room > 200)
    }
}
