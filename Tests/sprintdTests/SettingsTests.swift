// SPDX-License-Identifier: GPL-3.0-or-later
import Foundation
import LiveCapture
import Measurement
import ProcessIO
import Scoring
import ServiceIO
import Testing

@testable import sprintd

@Suite struct SettingsTests {
    private final class Folder {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("settings-\(UUID().uuidString)").path

        init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
        deinit { try? FileManager.default.removeItem(atPath: path) }

        func file(_ name: String, _ text: String) throws {
            try Data(text.utf8).write(to: URL(filePath: path + "/" + name))
        }
    }

    private let folder: Folder
    private var environment: Environment {
        Environment(["CONFIGURATION_DIRECTORY": folder.path, "STATE_DIRECTORY": folder.path + "/state"])
    }

    init() throws { folder = try Folder() }

    @Test func aServiceFindsWhatSystemdMadeForIt() throws {
        let environment = Environment([
            "CONFIGURATION_DIRECTORY": folder.path, "STATE_DIRECTORY": "/var/lib/sprintd:/var/lib/other",
            "RUNTIME_DIRECTORY": "/run/sprintd", "HOME": "/home/x", "XDG_RUNTIME_DIR": "/run/user/7",
        ])
        let places = Places(environment)
        #expect(places.configuration == nil)
        try folder.file("sprintd.toml", "")
        #expect(places.configuration == folder.path + "/sprintd.toml")
        #expect(places.state == "/var/lib/sprintd")
        #expect(places.socket(state: "/s") == "/run/sprintd/sprintd.sock")
    }

    @Test func aPersonFindsItAtHome() {
        let places = Places(Environment(["HOME": "/home/x", "XDG_RUNTIME_DIR": "/run/user/7"]))
        #expect(places.state == "/home/x/.local/state/sprintd")
        #expect(places.socket(state: "/s") == "/run/user/7/sprintd/sprintd.sock")
        #expect(
            Places(Environment(["HOME": "/home/x", "XDG_STATE_HOME": "relative"])).state
                == "/home/x/.local/state/sprintd")
        #expect(Places(Environment(["XDG_STATE_HOME": "/data"])).state == "/data/sprintd")
        #expect(Places(Environment([:])).state == nil)
        #expect(Places(Environment([:])).socket(state: "/s") == "/s/sprintd.sock")
    }

    @Test func theCommandLineGoesBeforeTheFile() throws {
        try folder.file("ada.toml", "name = \"Ada\"\n")
        try folder.file(
            "sprintd.toml",
            """
            state = "/from/file"
            log_level = "debug"
            [session]
            silence_s = 60
            plan = "4x4"
            [socket]
            path = "/from/file.sock"
            [[athlete]]
            name = "Bob"
            plan = "30-30"
            [[athlete]]
            name = "Eve"
            """)
        let plain = try Settings.load(LiveOptions(), environment)
        #expect(plain.configurationPath == folder.path + "/sprintd.toml")
        #expect(plain.state == "/from/file" && plain.socket == "/from/file.sock" && plain.logLevel == .debug)
        #expect(plain.rule.silence == 60)
        #expect(plain.members.map(\.athlete.name) == ["Bob", "Eve"])
        #expect(plain.members.map { $0.plan?.name } == ["30-30", "4x4"])

        var options = LiveOptions(state: "/given", plan: "tabata", silence: 90)
        options.socket = "/given.sock"
        options.logLevel = .error
        var given = try Settings.load(options, environment)
        #expect(given.state == "/given" && given.socket == "/given.sock" && given.logLevel == .error)
        #expect(given.rule.silence == 90)
        #expect(given.members.map { $0.plan?.name } == ["tabata", "tabata"])
        options.athletes = [folder.path + "/ada.toml"]
        options.plan = nil
        given = try Settings.load(options, environment)
        #expect(given.members.map(\.athlete.name) == ["Ada"])
        #expect(given.members.map { $0.plan?.name } == ["4x4"])
    }

    @Test func aSimulationIsNobodysConfiguration() throws {
        try folder.file("sprintd.toml", "nonsense\n")
        var options = LiveOptions(state: folder.path, simulation: .init(workout: "steady", seed: 1, rate: 1))
        #expect(try Settings.load(options, environment).configurationPath == nil)
        options.state = nil
        #expect(throws: CommandFailure.self) { try Settings.load(options, environment) }
        options.configuration = folder.path + "/sprintd.toml"
        #expect(throws: CommandFailure.self) { try Settings.load(options, environment) }
    }

    @Test func bindingsComeAfterTheConfiguration() throws {
        try folder.file("sprintd.toml", "state = \".\"\n[[athlete]]\nname = \"Ada\"\nsensors = [\"ant:120:1\"]\n")
        try folder.file(
            "bindings.toml",
            "[[binding]]\nsensor = \"ant:124:2\"\nathlete = \"Ada\"\n[[binding]]\nsensor = \"ant:120:1\"\nathlete = \"Eve\"\n"
        )
        let settings = try Settings.load(LiveOptions(), environment)
        #expect(settings.members[0].athlete.sensors.map(\.description) == ["ant:120:1", "ant:124:2"])
        #expect(settings.remarks == ["bindings.toml: ant:120:1: no athlete is called \"Eve\""])
    }

    @Test func aSensorThatIsListedByItsNameIsNotAnySensor() throws {
        try folder.file("sprintd.toml", "[[athlete]]\nname = \"Ada\"\nsensors = [\"ble:name:Strap 1\"]\n")
        #expect(try Settings.load(LiveOptions(), environment).summary.contains("athletes  Ada (1 sensor)\n"))
    }

    @Test func whatTakesARestartIsSaid() throws {
        try folder.file("sprintd.toml", "")
        let before = try Settings.load(LiveOptions(), environment)
        try folder.file(
            "sprintd.toml",
            "log_level = \"debug\"\nstate = \"/other\"\n[usb]\nenabled = false\n[session]\nsilence_s = 20\n[[athlete]]\nname = \"Ada\"\n"
        )
        let after = try Settings.load(LiveOptions(), environment)
        #expect(
            after.needingRestart(since: before) == [
                "state: has changed, which takes a restart", "socket: has changed, which takes a restart",
                "usb.enabled: has changed, which takes a restart",
            ])
        #expect(after.needingRestart(since: after).isEmpty)
    }
}
