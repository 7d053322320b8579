// SPDX-License-Identifier: GPL-3.0-or-later
import Capture
import Foundation
import Measurement
import Simulation
import Testing

@testable import sprintctl

/// Maxima from a calibration to the sessions that they score, plans, and weeks, as a person would type it.
@Suite(.enabled(if: Programs.areBuilt, "the programs are not beside the tests"), .timeLimit(.minutes(15)))
struct AthleteTests {
    let folder: TemporaryFolder
    let state: String

    init() throws {
        folder = try TemporaryFolder()
        state = folder.path + "/state"
    }

    private func sprintctl(_ arguments: String...) throws -> Programs.Result {
        try Programs.run("sprintctl", arguments)
    }

    /// A CSV of an athlete who walks at 1.5 m/s and runs at 8 m/s from 60 to 70 s, heart rate 100, then 185 bpm.
    private func calibration() throws -> String {
        var text = "t_s,speed_mps,hr_bpm\n"
        for index in 0..<480 {
            let time = Double(index) / 4
            let runs = time >= 60 && time < 70
            text += "\(time),\(runs ? 8 : 1.5),\(time >= 62 ? min(185, 100 + 10 * (time - 62)) : 100)\n"
        }
        return try folder.file("calibration.csv", Array(text.utf8))
    }

    @Test func aCalibrationGoesIntoTheFileAndKeepsTheRest() throws {
        let recording = try calibration()
        let path = try folder.file("ada.toml", Array("# Ada\nname = \"Ada\"\nmax_speed_mps = 7.5 # in May\n".utf8))
        let shown = try sprintctl("athlete", "calibrate", recording, "--athlete", path)
        #expect(shown.status == 0, "\(shown.errors)")
        #expect(shown.output.contains("8 m/s") && shown.output.contains("the file has 7.5"), "\(shown.output)")
        #expect(try String(contentsOfFile: path, encoding: .utf8).contains("7.5 # in May"))
        let written = try sprintctl("athlete", "calibrate", recording, "--athlete", path, "--write")
        #expect(written.status == 0, "\(written.errors)")
        #expect(
            try String(contentsOfFile: path, encoding: .utf8)
                == "# Ada\nname = \"Ada\"\nmax_speed_mps = 8 # in May\nmax_hr_bpm = 185\n")
        // Again: nothing to change.
        let again = try sprintctl("athlete", "calibrate", recording, "--athlete", path, "--write")
        #expect(again.output.contains("as in the file") && !again.output.contains("updated"))
    }

    @Test func aLowerFigureNeedsToBeAskedFor() throws {
        let recording = try calibration()
        let path = try folder.file("ada.toml", Array("max_speed_mps = 9\nmax_hr_bpm = 200\n".utf8))
        let kept = try sprintctl("athlete", "calibrate", recording, "--athlete", path, "--write")
        #expect(kept.output.contains("below the file's 9, which stays"), "\(kept.output)")
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "max_speed_mps = 9\nmax_hr_bpm = 200\n")
        _ = try sprintctl("athlete", "calibrate", recording, "--athlete", path, "--write", "--lower")
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "max_speed_mps = 8\nmax_hr_bpm = 185\n")
    }

    @Test func aCalibrationWithoutAFileToWriteIsRefused() throws {
        #expect(try sprintctl("athlete", "calibrate", "x", "--write").status == 64)
        #expect(try sprintctl("athlete", "calibrate", folder.path + "/none").status == 66)
    }

    @Test func plansAreListedShownAndChecked() throws {
        let listed = try sprintctl("plans").output.split(separator: "\n")
        for name in ["sprint-5x30-90", "30-30", "tabata", "10-20-30", "4x4"] {
            #expect(listed.contains { $0.hasPrefix(name + " ") })
            #expect(try sprintctl("plans", name).output.hasPrefix(name + "\n"))
        }
        #expect(try sprintctl("plans", "none").status == 64)
        let good = try folder.file(
            "hills.toml", Array("name = \"hills\"\nsteps = [{ kind = \"sprint\", seconds = 20 }]\n".utf8))
        #expect(try sprintctl("plans", "--file", good).output.hasPrefix("hills\n"))
        let bad = try folder.file("bad.toml", Array("name = \"bad\"\nsteps = [{ kind = \"sprint\" }]\n".utf8))
        let refused = try sprintctl("plans", "--file", bad)
        #expect(refused.status == 78)
        #expect(refused.errors.hasPrefix("sprintctl: \(bad):2:10: seconds: is missing"))
    }

    /// The plan is in the capture: the file may go.
    @Test func aSessionKeepsItsWholePlan() throws {
        let capture = try folder.file("short.pcapng", try ShortCapture.bytes(seconds: 4))
        let plan = try folder.file(
            "hills.toml", Array("name = \"hills\"\nsteps = [{ kind = \"sprint\", seconds = 20 }]\n".utf8))
        let replay = try Programs.run(
            "sprintd", ["--replay", capture, "--rate", "max", "--state", state, "--plan", plan])
        #expect(replay.status == 0, "\(replay.errors)")
        try FileManager.default.removeItem(atPath: plan)
        let path = "\(state)/sessions/20260105T060000Z-athlete"
        let kept = try String(contentsOfFile: path + "/analysis.json", encoding: .utf8)
        #expect(kept.contains("\"name\": \"hills\""))
        #expect(try sprintctl("analyze", "--format", "json", path + "/capture.pcapng").output == kept)
        try FileManager.default.removeItem(atPath: path + "/analysis.json")
        #expect(try sprintctl("sessions", "repair", "--state", state).status == 0)
        #expect(try String(contentsOfFile: path + "/analysis.json", encoding: .utf8) == kept)
    }

    @Test func aSimulationDoesNotOverwriteItself() throws {
        let path = folder.path + "/a"
        for (out, truth) in [
            (path, folder.path + "/./a"), (path, folder.path + "//a"),
            (folder.path + "/../\(URL(filePath: folder.path).lastPathComponent)/a", path),
        ] {
            #expect(try sprintctl("simulate", "--out", out, "--truth", truth).status == 64)
            #expect(try sprintctl("simulate", "--out", out, "--athlete", truth).status == 64)
        }
        #expect(folder.contents() == [])
    }

    /// Where the daemon has them, too: a path that does not begin with a slash is none.
    @Test(arguments: [("/data", "/data/sprintd"), ("data", "/.local/state/sprintd")])
    func theUsualStateFolderIsTheDaemons(_ home: String, _ expected: String) throws {
        let process = Programs.process("sprintctl", ["sessions", "list"])
        process.environment = [
            "HOME": folder.path, "XDG_STATE_HOME": home.hasPrefix("/") ? folder.path + home : home,
            "PATH": "/usr/bin:/bin",
        ]
        // Where the service's is there, it stands in for one's own that is not.
        try FileManager.default.createDirectory(atPath: folder.path + expected, withIntermediateDirectories: true)
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(text == "There is no session yet in \(folder.path)\(expected).\n")
    }

    @Test func aHistoryWithoutASessionSaysSo() throws {
        for command in [["week"], ["trend"], ["sessions", "list"]] {
            let empty = try Programs.run("sprintctl", command + ["--state", state])
            #expect(empty.status == 0 && empty.output == "There is no session yet in \(state).\n", "\(empty)")
        }
        for command in ["trend", "sessions list"] {
            let arguments = command.split(separator: " ").map(String.init)
            #expect(try Programs.run("sprintctl", arguments + ["--format", "json", "--state", state]).output == "[]\n")
        }
        #expect(!FileManager.default.fileExists(atPath: state))
    }

    /// From a session that was scored on estimates to the same session scored on what was measured since.
    @Test func anOldSessionIsScoredAnew() throws {
        let fixture = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Fixtures/perfect-session").path
        let replay = try Programs.run(
            "sprintd", ["--replay", fixture + "/capture.pcapng", "--rate", "max", "--state", state])
        #expect(replay.status == 0, "\(replay.errors)")
        let name = "20260105T060000Z-athlete"
        let path = "\(state)/sessions/\(name)"
        let capture = try Data(contentsOf: URL(filePath: path + "/capture.pcapng"))

        let unchanged = try sprintctl("sessions", "rescore", "--all", "--state", state)
        #expect(unchanged.output.hasPrefix("\(name): unchanged, score "), "\(unchanged.output)\(unchanged.errors)")
        #expect(unchanged.output.contains("(estimated: "))
        #expect(!FileManager.default.fileExists(atPath: path + "/rescored.json"))

        let seen = try sprintctl("athlete", "show", "--state", state)
        #expect(seen.output.contains("observed: \(name)"), "\(seen.output)")

        // The name in the file is new: the session had none.
        let ada = try folder.file(
            "ada.toml", Array("max_speed_mps = 6.94\nmax_hr_bpm = 190\nmass_kg = 60\nplan = \"sprint-5x30-90\"\n".utf8))
        let rescored = try sprintctl("sessions", "rescore", name, "--athlete", ada, "--state", state)
        #expect(rescored.status == 0, "\(rescored.errors)")
        #expect(rescored.output.contains(" -> ") && rescored.output.contains("6.94 m/s (measured), 190 bpm (measured)"))
        #expect(try Data(contentsOf: URL(filePath: path + "/capture.pcapng")) == capture)
        let analysis = try String(contentsOfFile: path + "/analysis.json", encoding: .utf8)
        #expect(analysis.contains("\"value\": 6.94"))

        let again = try sprintctl("sessions", "rescore", name, "--athlete", ada, "--state", state)
        #expect(again.output.hasPrefix("\(name): unchanged"))
        let own = try sprintctl("sessions", "rescore", "--all", "--state", state)
        #expect(own.output.hasPrefix("\(name): unchanged"))
        #expect(try String(contentsOfFile: path + "/analysis.json", encoding: .utf8) == analysis)
        // Made again from what lies there, it is the same.
        try FileManager.default.removeItem(atPath: path + "/analysis.json")
        #expect(try sprintctl("sessions", "repair", "--state", state).status == 0)
        #expect(try String(contentsOfFile: path + "/analysis.json", encoding: .utf8) == analysis)
        let shown = try sprintctl("sessions", "show", name, "--state", state)
        #expect(shown.output.contains("6.94 m/s (measured maximum)"), "\(shown.output)")
        #expect(shown.output.contains("1 sprint session in 7 days"))

        let week = try sprintctl("week", "--date", "2026-01-07", "--state", state)
        #expect(week.status == 0, "\(week.errors)")
        #expect(
            week.output.contains("5 sprints") && week.output.contains("protein: 96 to 144 g a day"), "\(week.output)")
        #expect(try sprintctl("week", "--date", "2026-02-07", "--state", state).output.contains("0 sprint sessions"))
        #expect(try sprintctl("week", "--date", "2026-02-30", "--state", state).status == 64)
        #expect(try sprintctl("week", "--athlete", "Bob", "--state", state).status == 66)

        // The session is nobody's until it is scored for somebody; a file stands for the name in it.
        #expect(try sprintctl("week", "--date", "2026-01-07", "--athlete", ada, "--state", state).status == 78)

        let bob = try folder.file("bob.toml", Array("name = \"Bob\"\n".utf8))
        _ = try sprintctl("sessions", "rescore", name, "--athlete", bob, "--state", state)
        for command in [["week", "--date", "2026-01-07"], ["trend"], ["sessions", "list"]] {
            let byName = try Programs.run("sprintctl", command + ["--athlete", "Bob", "--state", state])
            let byFile = try Programs.run("sprintctl", command + ["--athlete", bob, "--state", state])
            #expect(byName.status == 0 && byName == byFile && byName.output.contains("2026-01-0"), "\(byFile)")
        }
        let other = try sprintctl("sessions", "rescore", name, "--athlete", ada, "--state", state)
        #expect(other.output.hasPrefix("\(name): passed over, of Bob"), "\(other.output)")
    }
}
