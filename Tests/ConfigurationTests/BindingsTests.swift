// SPDX-License-Identifier: GPL-3.0-or-later
import AthleteFile
import Foundation
import Measurement
import ProcessIO
import Scoring
import Testing

@testable import Configuration

@Suite struct BindingsTests {
    private let strap: SensorID
    private let pod: SensorID

    init() throws {
        strap = try #require(SensorID("ant:120:16815"))
        pod = try #require(SensorID("ble:C4:12:F5:00:A0:01"))
    }

    private static func athlete(_ name: String?, _ sensors: [SensorID]) -> Athlete {
        var athlete = Athlete()
        athlete.name = name
        athlete.sensors = sensors
        return athlete
    }

    @Test func whatIsWrittenIsRead() throws {
        var bindings = Bindings()
        bindings.bind(strap, to: "Ada \"the\\first\"\u{1}")
        bindings.bind(pod, to: nil)
        bindings.unbind(strap, from: "Bob")
        #expect(try Bindings(text: bindings.text) == bindings)
        #expect(bindings.bindings.count == 3)
    }

    @Test func theLastWordOnASensorHolds() {
        var bindings = Bindings()
        bindings.bind(strap, to: "Ada")
        bindings.unbind(strap, from: "Ada")
        #expect(bindings.bindings.map(\.isBound) == [false])
        var athletes = [Self.athlete("Ada", [strap, pod])]
        #expect(bindings.apply(to: &athletes).isEmpty)
        #expect(athletes[0].sensors == [pod])
        bindings.bind(strap, to: "Ada")
        #expect(bindings.apply(to: &athletes).isEmpty)
        #expect(athletes[0].sensors == [pod, strap])
    }

    @Test func anAthleteWhoIsGoneIsSaidAndKept() {
        var bindings = Bindings()
        bindings.bind(strap, to: "Eve")
        var athletes = [Self.athlete("Ada", [])]
        #expect(bindings.apply(to: &athletes) == ["bindings.toml: ant:120:16815: no athlete is called \"Eve\""])
        #expect(athletes[0].sensors.isEmpty)
    }

    @Test func itLiesInTheStateFolder() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("bindings-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(try Bindings.read(state: folder) == Bindings())
        var bindings = Bindings()
        bindings.bind(strap, to: "Ada")
        try bindings.write(state: folder)
        #expect(try Bindings.read(state: folder) == bindings)
        try Data("[[binding]]\nathlete = \"Ada\"\n".utf8).write(to: URL(filePath: Bindings.path(state: folder)))
        #expect(
            throws: CommandFailure(
                .configuration, "\(folder)/bindings.toml:1:1: sensor: is missing in this binding")
        ) { try Bindings.read(state: folder) }
    }

    /// A client that binds without end must not keep the next start from beginning.
    @Test func moreThanIsReadAgainIsNotWritten() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("bindings-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var bindings = Bindings()
        bindings.bind(strap, to: "Ada")
        try bindings.write(state: folder)
        let before = bindings
        let long = String(repeating: "x", count: 100_000)
        for number in 1...3 { bindings.bind(.ant(deviceType: 120, number: UInt32(number)), to: long) }
        let error = #expect(throws: CommandFailure.self) { try bindings.write(state: folder) }
        #expect(error?.status == .usage)
        #expect(try Bindings.read(state: folder) == before)
    }

    @Test(arguments: [
        ("[[binding]]\nsensor = \"strap\"\n", 2, 1), ("[[binding]]\nsensor = 1\n", 2, 1), ("x = 1\n", 1, 1),
        ("[[binding]]\nsensor = \"ant:120:1\"\nbound = 1\n", 3, 1), ("binding = 1\n", 1, 1), ("binding = [1]\n", 1, 1),
        ("[[binding]]\nsensor = \"ant:120:1\"\n[binding.more]\n", 3, 1), ("binding.x = 1\n[[binding]]\n", 1, 1),
        ("[binding]\n[[binding]]\n", 2, 1), ("[[binding]]\n[binding]\n", 2, 1), ("[[binding]\n", 1, 11),
    ])
    func whatIsWrongHasAPlace(_ text: String, _ line: Int, _ column: Int) {
        let error = #expect(throws: AthleteFileError.self) { try Bindings(text: text) }
        #expect(error.map { [$0.line, $0.column] } == [line, column], "\(error.map(\.description) ?? "")")
    }
}
