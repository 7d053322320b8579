// SPDX-License-Identifier: GPL-3.0-or-later
import AthleteFile
import Foundation
import Measurement
import ProcessIO
import Scoring
import ServiceIO
import TestSupport
import Testing

@testable import Configuration

@Suite struct ConfigurationFileTests {
    private static let example = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "systemd/sprintd.toml")

    /// A folder that lasts as long as the test.
    private final class Folder {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("configuration-\(UUID().uuidString)")
            .path

        init(_ files: [String: String]) throws {
            for (name, text) in files {
                let url = URL(filePath: path + "/" + name)
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(text.utf8).write(to: url)
            }
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    private func read(_ text: String, in folder: String = "/etc/sprintd") -> ConfigurationFile {
        ConfigurationFile(Array(text.utf8), path: folder + "/sprintd.toml")
    }

    /// The shipped example with what stands behind "#" taken in: what follows the sign at once is a key, a table or a part of one.
    private func wholeExample() throws -> String {
        try String(contentsOf: Self.example, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
            .map { line in
                guard line.first == "#", let next = line.dropFirst().first,
                    next != " " || line.hasPrefix("#    {")
                        || line.hasPrefix("#    ]") || line.hasPrefix("#        {")
                else { return String(line) }
                return String(line.dropFirst())
            }.joined(separator: "\n")
    }

    // MARK: The shipped example

    @Test func theShippedExampleChangesNothing() throws {
        let file = try ConfigurationFile(atPath: Self.example.path)
        #expect(file.problems.isEmpty)
        #expect(file.configuration == ServiceConfiguration())
    }

    @Test func theShippedExampleIsRightInAllItsParts() throws {
        let folder = try Folder([
            "bob.toml": "name = \"Bob\"\n",
            "plans/long.toml": "name = \"long\"\nsteps = [{kind=\"interval\",seconds=240}]\n",
        ])
        let file = read(try wholeExample(), in: folder.path)
        #expect(file.problems.isEmpty)
        let configuration = file.configuration
        #expect(configuration.participants.map(\.athlete.name) == ["Ada", "Bob"])
        #expect(configuration.participants[0].plan?.name == "hills")
        // 1 warm-up, 6 × 2, 1 cool-down.
        #expect(configuration.participants[0].plan?.steps.count == 14)
        #expect(configuration.plan?.name == "sprint-5x30-90")
        // The defaults that it names are those that hold.
        let usual = ServiceConfiguration()
        #expect(configuration.logLevel == usual.logLevel)
        #expect(configuration.session.startsBySign == usual.session.startsBySign)
        #expect(configuration.session.silence == 300)
        #expect(configuration.session.commitInterval == 1)
        #expect(configuration.session.releasesSensors == usual.session.releasesSensors)
        #expect(configuration.usb == usual.usb && configuration.bluetooth.isEnabled == usual.bluetooth.isEnabled)
        #expect(configuration.socket.isEnabled == usual.socket.isEnabled)
    }

    @Test func theShippedExampleHasEveryKeyThatThereIs() throws {
        let document = try TOMLDocument(try wholeExample(), tablesInArrays: true, arraysOfTables: true)
        var shown: Set<String> = []
        for entry in document.entries {
            var path = entry.path
            let isArray = path[0] == "athlete" || path[0] == "plan"
            if isArray {
                path[0] += "[]"
                if path.count > 1 { path.remove(at: 1) }
            }
            shown.insert(path.prefix(2).joined(separator: "."))
        }
        #expect(shown.subtracting(ConfigurationFile.keys) == [])
        #expect(Set(ConfigurationFile.keys).subtracting(shown) == [])
    }

    // MARK: What it says

    @Test func everyValueIsTaken() throws {
        let file = read(
            """
            state = "state"
            log_level = "debug"
            [session]
            silence_s = 60
            starts = "by command"
            plan = "tabata"
            commit_interval_s = 0.5
            release_sensors = true
            [socket]
            enabled = false
            path = "/run/x.sock"
            [usb]
            enabled = false
            [bluetooth]
            enabled = false
            adapter = "hci12"
            [[athlete]]
            name = "Ada"
            [athlete.cadence]
            "ble:C4:12:F5:00:A0:01" = "strides"
            [[athlete]]
            name = "Bob"
            max_hr_bpm = 190
            """)
        #expect(file.problems.isEmpty)
        var expected = ServiceConfiguration()
        expected.state = "/etc/sprintd/state"
        expected.logLevel = .debug
        expected.session.silence = 60
        expected.session.startsBySign = false
        expected.session.commitInterval = 0.5
        expected.session.releasesSensors = true
        expected.socket = .init(isEnabled: false, path: "/run/x.sock")
        expected.usb.isEnabled = false
        expected.bluetooth = .init(isEnabled: false, adapter: 12)
        expected.plan = Plan.named("tabata")
        var ada = Athlete()
        ada.name = "Ada"
        let pod = try #require(SensorID("ble:C4:12:F5:00:A0:01"))
        ada.cadence = [pod: .strides]
        var bob = Athlete()
        bob.name = "Bob"
        bob.maxHeartRate = 190
        expected.participants = [.init(athlete: ada), .init(athlete: bob)]
        #expect(file.configuration == expected)
    }

    @Test func anAthletesFileAndItsPlanLieWhereTheyLie() throws {
        let folder = try Folder([
            "athletes/ada.toml": "name = \"Ada\"\nplan = \"hill.toml\"\n",
            "athletes/bob.toml": "name = \"Bob\"\nplan = \"own\"\n",
            "athletes/hill.toml": "name = \"hill\"\nsteps = [{kind=\"sprint\",seconds=10}]\n",
            "own/own.toml": "name = \"own\"\nsteps = [{kind=\"sprint\",seconds=20}]\n",
        ])
        let file = read(
            "plans = \"own\"\n[[athlete]]\nfile = \"athletes/ada.toml\"\n[[athlete]]\nfile = \"athletes/bob.toml\"\n",
            in: folder.path)
        #expect(file.problems.isEmpty)
        #expect(file.configuration.participants.map { $0.plan?.name } == ["hill", "own"])
    }

    @Test func allProblemsAreFoundInOneGo() {
        let file = read(
            """
            log_level = "loud"
            colour = 1
            [session]
            silence_s = 5
            [[athlete]]
            name = "Ada"
            max_hr_bpm = 999
            hat = "red"
            """)
        #expect(
            file.problems == [
                "/etc/sprintd/sprintd.toml:1:1: log_level: \"loud\" is not "
                    + #""debug" or "error" or "info" or "notice" or "warning""#,
                "/etc/sprintd/sprintd.toml:2:1: colour: unknown key",
                "/etc/sprintd/sprintd.toml:4:1: silence_s: 5.0 is not between 10.0 and 86400.0 s",
                "/etc/sprintd/sprintd.toml:7:1: max_hr_bpm: 999.0 is not between 100.0 and 240.0 bpm",
                "/etc/sprintd/sprintd.toml:8:1: hat: unknown key",
            ])
        #expect(
            throws: CommandFailure(
                .configuration, file.problems[0] + " (and 4 more: sprintd --check-config shows all)")
        ) { try file.checked() }
    }

    @Test(arguments: [
        ("state = 1", 1, 1), ("state = \"~/x\"", 1, 1), ("state = \"\"", 1, 1), ("session = 1", 1, 1),
        ("[session]\nsilence_s = \"5 min\"", 2, 1), ("[session]\nstarts = \"never\"", 2, 1),
        ("[session]\nplan = \"nonsense\"", 2, 1), ("[session]\nplan = \"absent.toml\"", 2, 1),
        ("[session]\nrelease_sensors = 1", 2, 1), ("[session]\ncommit_interval_s = 0", 2, 1),
        ("[socket]\npath = \"/\(String(repeating: "s", count: 107))\"", 2, 1),
        ("[socket]\nenabled = 1", 2, 1), ("[socket]\nport = 1", 2, 1), ("[socket.deep]\nx = 1", 1, 1),
        ("[usb]\nenable = true", 2, 1), ("[bluetooth]\nadapter = \"0\"", 2, 1),
        ("[bluetooth]\nadapter = \"hci00\"", 2, 1),
        ("[bluetooth]\nadapter = \"hci99999\"", 2, 1), ("athlete = 1", 1, 1), ("athlete = [1]", 1, 1),
        ("[athlete]", 1, 1),
        ("athlete.x = 1\n[[athlete]]", 1, 1), ("[[athlete]]\nfile = \"a.toml\"\nname = \"A\"", 3, 1),
        ("[[athlete]]\n[[athlete]]", 2, 1), ("[[athlete]]\nplan = \"nonsense\"", 2, 1),
        ("[[athlete]]\nplan = \"absent.toml\"", 2, 1), ("[[plan]]\nname = \"x\"", 1, 1),
        ("[[plan]]\nname = \"tabata\"\nsteps = [{kind=\"sprint\",seconds=10}]", 1, 1),
        ("[[plan]]\nsteps = [{kind=\"sprint\",seconds=10}]", 1, 1), ("plans = \"absent\"", 1, 1),
        ("plan.x = 1\n[[plan]]\nname = \"x\"\nsteps = [{kind=\"sprint\",seconds=10}]", 1, 1), ("x", 1, 2),
    ])
    func whatIsWrongHasAPlace(_ text: String, _ line: Int, _ column: Int) throws {
        let problems = read(text).problems
        #expect(!problems.isEmpty)
        #expect(problems.contains { $0.hasPrefix("/etc/sprintd/sprintd.toml:\(line):\(column): ") }, "\(problems)")
    }

    @Test func aProblemInAnotherFileNamesThatFile() throws {
        let folder = try Folder(["ada.toml": "hat = 1\n", "plans/p.toml": "name = \"p\"\nsteps = 1\n"])
        let file = read("plans = \"plans\"\n[[athlete]]\nfile = \"ada.toml\"\n", in: folder.path)
        #expect(
            file.problems == [
                "\(folder.path)/plans/p.toml:2:1: steps: expected an array of steps, found a whole number",
                "\(folder.path)/ada.toml:1:1: hat: unknown key",
            ])
    }

    // MARK: Hostile

    @Test func everyPrefixOfTheExampleIsReadOrRefused() throws {
        let bytes = Array(try wholeExample().utf8)
        for count in stride(from: 0, to: bytes.count, by: 7) {
            _ = ConfigurationFile(Array(bytes.prefix(count)), path: "/nowhere/x.toml")
        }
    }

    @Test func randomChangesOfTheExampleAreReadOrRefused() throws {
        let bytes = Array(try wholeExample().utf8)
        let alphabet = Array("[]{}=.,\"'#\n 0aé\u{0}".utf8)
        var generator = SeededGenerator(seed: 8)
        for _ in 0..<300 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                changed[Int.random(in: 0..<changed.count, using: &generator)] = generator.element(of: alphabet)
            }
            _ = ConfigurationFile(changed, path: "/nowhere/x.toml")
        }
    }

    @Test func aLargeFileIsReadInGoodTime() {
        // As large as may be: 20000 keys that nobody knows.
        let text = (0..<20_000).map { "k\($0) = 1\n" }.joined()
        #expect(read(text).problems.count == 20_000)
    }
}
