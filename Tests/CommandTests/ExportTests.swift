// SPDX-License-Identifier: GPL-3.0-or-later
import FIT
import Foundation
import Testing

/// Sessions go out to other programs' formats, and come back.
@Suite(.enabled(if: Programs.areBuilt, "the programs are not beside the tests"), .timeLimit(.minutes(15)))
struct ExportTests {
    static let fixture = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures/perfect-session/capture.pcapng").path
    let folder: TemporaryFolder
    let capture: String
    let state: String

    init() throws {
        folder = try TemporaryFolder()
        capture = try folder.file("short.pcapng", try ShortCapture.bytes(seconds: 4))
        state = folder.path + "/state"
    }

    private func sprintctl(_ arguments: String...) throws -> Programs.Result {
        try Programs.run("sprintctl", arguments)
    }

    private func messages(_ path: String) throws -> (numbers: [UInt16], notes: [String]) {
        var decoder = FITDecoder()
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        decoder.append(bytes.span)
        decoder.endOfInput()
        var numbers: [UInt16] = []
        while try decoder.advance() { numbers.append(decoder.message.number) }
        return (numbers, decoder.notes)
    }

    @Test func aKilledSessionExportsAWholeFileAfterRecovery() throws {
        let process = Programs.process("sprintd", ["--replay", capture, "--rate", "4", "--state", state])
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let name = "20260105T060000Z-athlete"
        let recorded = "\(state)/sessions/\(name)/capture.pcapng"
        // Until something is on the disk; the process lives a second altogether.
        while process.isRunning,
            (try? FileManager.default.attributesOfItem(atPath: recorded)[.size] as? Int) ?? 0 < 2000
        {
            usleep(2000)
        }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        _ = try sprintctl("sessions", "repair", "--state", state)
        try #require(FileManager.default.fileExists(atPath: "\(state)/sessions/\(name)/analysis.json"))
        let exported = try sprintctl("sessions", "export-missing", "--state", state)
        #expect(exported.status == 0, "\(exported.errors)")
        #expect(exported.output == "exported \(name)\n")
        let (numbers, notes) = try messages("\(state)/sessions/\(name)/activity.fit")
        #expect(notes == [])
        #expect(numbers.first == 0)
        #expect(numbers.last == 34)
        #expect(numbers.contains(20))
        // What is there is not made again.
        #expect(try sprintctl("sessions", "export-missing", "--state", state).output == "")
    }

    @Test func aFailedExportLeavesTheCaptureAsItWas() throws {
        #expect(try Programs.run("sprintd", ["--replay", capture, "--rate", "max", "--state", state]).status == 0)
        let path = "\(state)/sessions/20260105T060000Z-athlete"
        let before = try Data(contentsOf: URL(filePath: path + "/capture.pcapng"))
        // The name that the file has until it is whole is taken, by something that cannot be removed.
        try FileManager.default.createDirectory(
            atPath: path + "/activity.fit.new/full", withIntermediateDirectories: true)
        let failed = try sprintctl("sessions", "export-missing", "--state", state)
        #expect(failed.status == 74)
        #expect(failed.errorLines.count == 2)
        #expect(try Data(contentsOf: URL(filePath: path + "/capture.pcapng")) == before)
        #expect(!FileManager.default.fileExists(atPath: path + "/activity.fit"))
    }

    @Test func theCaptureComesOutByteForByte() throws {
        let out = folder.path + "/out.pcapng"
        #expect(try Programs.run("sprintd", ["--replay", capture, "--rate", "max", "--state", state]).status == 0)
        let name = "20260105T060000Z-athlete"
        #expect(try sprintctl("export", name, "--state", state, "--format", "pcapng", "--out", out).status == 0)
        #expect(
            try Data(contentsOf: URL(filePath: out))
                == Data(contentsOf: URL(filePath: "\(state)/sessions/\(name)/capture.pcapng")))
    }

    @Test(arguments: ["fit", "tcx", "csv"]) func whatGoesOutComesBackAsASession(_ format: String) throws {
        let out = "\(folder.path)/out.\(format)"
        #expect(try sprintctl("export", capture, "--format", format, "--out", out).status == 0)
        let imported = try sprintctl("import", out, "--state", state)
        #expect(imported.status == 0, "\(imported.errors)")
        let name = String(imported.output.dropFirst("imported as ".count).dropLast())
        let path = "\(state)/sessions/\(name)"
        #expect(
            folder.contents(of: "state/sessions/\(name)")
                == ["analysis.json", "import.\(format)", "import.json"].sorted())
        #expect(try Data(contentsOf: URL(filePath: out)) == Data(contentsOf: URL(filePath: "\(path)/import.\(format)")))
        let again = try sprintctl("import", out, "--state", state)
        #expect(again.status == 73)
        #expect(
            again.errors
                == "sprintctl: \(out): is there already as \(name) (the same file); --again imports it all the same\n"
        )
        #expect(try sprintctl("sessions", "verify", "--state", state).output.hasPrefix("\(name): ok, "))
        #expect(try sprintctl("sessions", "list", "--state", state).output.contains(name))
        #expect(try sprintctl("sessions", "show", "--state", state, name).status == 0)

        let analysis = try String(contentsOfFile: path + "/analysis.json", encoding: .utf8)
        try FileManager.default.removeItem(atPath: path + "/analysis.json")
        #expect(try sprintctl("sessions", "repair", "--state", state).output == "analysed \(name) again\n")
        #expect(try String(contentsOfFile: path + "/analysis.json", encoding: .utf8) == analysis)
        // The daemon, which reads none of these formats, leaves it alone.
        try FileManager.default.removeItem(atPath: path + "/analysis.json")
        #expect(try Programs.run("sprintd", ["--replay", capture, "--rate", "max", "--state", state]).status == 0)
        #expect(folder.contents(of: "state/sessions/\(name)") == ["import.\(format)", "import.json"].sorted())
        #expect(try sprintctl("sessions", "delete", "--yes", "--state", state, name).status == 0)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    /// All that its analysis rests on is in the session: the plan's file may go.
    @Test func anImportedSessionKeepsItsPlanAndIsScoredAnew() throws {
        let out = folder.path + "/out.csv"
        #expect(try sprintctl("export", Self.fixture, "--format", "csv", "--out", out).status == 0)
        let plan = try folder.file(
            "hills.toml", Array("name = \"hills\"\nsteps = [{ kind = \"sprint\", seconds = 20 }]\n".utf8))
        let imported = try sprintctl("import", out, "--state", state, "--plan", plan)
        #expect(imported.status == 0, "\(imported.errors)")
        let exported = try sprintctl("export", out, "--format", "jsonl", "--plan", plan)
        #expect(exported.status == 0, "\(exported.errors)")
        #expect(try sprintctl("export", out, "--format", "jsonl", "--plan", "none").status == 64)
        try FileManager.default.removeItem(atPath: plan)

        let name = String(imported.output.dropFirst("imported as ".count).dropLast())
        let path = "\(state)/sessions/\(name)"
        func analysisMadeAgain() throws -> Bool {
            let kept = try String(contentsOfFile: path + "/analysis.json", encoding: .utf8)
            try FileManager.default.removeItem(atPath: path + "/analysis.json")
            #expect(try sprintctl("sessions", "repair", "--state", state).output == "analysed \(name) again\n")
            return try String(contentsOfFile: path + "/analysis.json", encoding: .utf8) == kept
        }
        #expect(try String(contentsOfFile: path + "/analysis.json", encoding: .utf8).contains("\"name\": \"hills\""))
        #expect(try analysisMadeAgain())
        let unchanged = try sprintctl("sessions", "rescore", "--all", "--state", state)
        #expect(unchanged.output.hasPrefix("\(name): unchanged"), "\(unchanged.output)\(unchanged.errors)")

        // A later one of the same athlete knows this one's maxima.
        let later = try sprintctl("import", out, "--again", "--state", state, "--start", "2026-02-03T04:05:06Z")
        let laterName = String(later.output.dropFirst("imported as ".count).dropLast())
        let scored = try String(contentsOfFile: "\(state)/sessions/\(laterName)/analysis.json", encoding: .utf8)
        #expect(scored.contains("\"observed\"") && scored.contains("\"\(name)\""), "\(later.output)\(later.errors)")

        let ada = try folder.file("ada.toml", Array("max_speed_mps = 6.94\nmax_hr_bpm = 190\n".utf8))
        let rescored = try sprintctl("sessions", "rescore", name, "--athlete", ada, "--state", state)
        #expect(
            rescored.output.contains("6.94 m/s (measured), 190 bpm (measured)"),
            "\(rescored.output)\(rescored.errors)")
        #expect(
            folder.contents(of: "state/sessions/\(name)")
                == ["analysis.json", "import.csv", "import.json", "rescored.json"])
        #expect(try Data(contentsOf: URL(filePath: out)) == Data(contentsOf: URL(filePath: path + "/import.csv")))
        #expect(try analysisMadeAgain())
        let shown = try sprintctl("sessions", "show", name, "--state", state)
        #expect(shown.output.contains("6.94 m/s (measured maximum)"), "\(shown.output)")

        // One that is damaged does not keep the others from being scored.
        try Data("damaged".utf8).write(to: URL(filePath: path + "/import.csv"))
        let rest = try sprintctl("sessions", "rescore", "--all", "--state", state)
        #expect(rest.status == 65)
        #expect(
            rest.errors
                == "sprintctl: \(name): passed over, holds nothing that can be read\n"
                + "sprintctl: 1 of 2 sessions could not be scored anew\n")
        #expect(rest.output.contains("\(laterName): "))
    }

    @Test func anImportThatWasCutOffIsRemoved() throws {
        let path = "\(state)/sessions/20260105T060000Z-ada"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for name in ["import.json", "import.fit.new"] { try Data().write(to: URL(filePath: "\(path)/\(name)")) }
        #expect(
            try sprintctl("sessions", "repair", "--state", state).output
                == "removed 20260105T060000Z-ada, an import that was cut off\n")
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func anImportThatCannotBeRemovedIsToldAndTheNextOneIsDone() throws {
        // Something that is not removed as files are.
        let path = "\(state)/sessions/20260105T060000Z-ada"
        try FileManager.default.createDirectory(atPath: path + "/import.x/full", withIntermediateDirectories: true)
        let next = "\(state)/sessions/20260106T060000Z-ada"
        try FileManager.default.createDirectory(atPath: next, withIntermediateDirectories: true)
        try Data().write(to: URL(filePath: next + "/import.json"))
        let result = try sprintctl("sessions", "repair", "--state", state)
        #expect(result.status == 74)
        #expect(result.errorLines.first?.hasPrefix("sprintctl: 20260105T060000Z-ada: cannot remove ") == true)
        #expect(result.errorLines.last == "sprintctl: 1 of 2 sessions could not be repaired")
        #expect(result.output == "removed 20260106T060000Z-ada, an import that was cut off\n")
    }

    @Test func aFileThatDoesNotSayWhenIsAskedFor() throws {
        let undated = try folder.file("a.csv", Array("t_s,hr_bpm\n0,100\n1,101\n2,102\n".utf8))
        for arguments in [
            ["import", undated, "--state", state], ["export", undated, "--out", folder.path + "/a.fit"],
        ] {
            let refused = try Programs.run("sprintctl", arguments)
            #expect(refused.status == 65)
            #expect(refused.errors.contains("say --start TIME"))
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/a.fit"))
        let told = try sprintctl("import", undated, "--state", state, "--start", "2026-02-03T04:05:06Z")
        #expect(told.output == "imported as 20260203T040506Z-athlete\n")
    }

    /// What comes back of a session that is here would count twice.
    @Test(arguments: ["fit", "tcx", "csv"]) func aSessionIsKnownAgainInItsOwnExport(_ format: String) throws {
        #expect(try Programs.run("sprintd", ["--replay", Self.fixture, "--rate", "max", "--state", state]).status == 0)
        let name = "20260105T060000Z-athlete"
        let out = "\(folder.path)/out.\(format)"
        #expect(try sprintctl("export", name, "--state", state, "--format", format, "--out", out).status == 0)
        let ada = try folder.file("ada.toml", Array("name = \"Ada\"\nmax_speed_mps = 6.94\n".utf8))
        for athlete in [[], ["--athlete", ada]] {
            let refused = try Programs.run("sprintctl", ["import", out, "--state", state] + athlete)
            #expect(refused.status == 73)
            #expect(refused.errors.contains("is there already as \(name) ("), "\(refused.errors)")
        }
        // Scored anew, it is still the same session; and the file knows itself by more than its times.
        _ = try sprintctl("sessions", "rescore", "--all", "--athlete", ada, "--state", state)
        #expect(try sprintctl("import", out, "--state", state).status == 73)
        let bob = try folder.file("bob.toml", Array("name = \"Bob\"\n".utf8))
        let other = try sprintctl("import", out, "--state", state, "--athlete", bob)
        #expect(other.status == (format == "fit" ? 73 : 0), "\(other.output)\(other.errors)")
        #expect(try sprintctl("import", out, "--state", state, "--again").status == 0)
    }

    @Test func aDateThatNoFileCanHoldIsRefused() throws {
        let undated = try folder.file("a.csv", Array("t_s,hr_bpm\n0,100\n1,101\n2,102\n".utf8))
        for start in ["1985-03-01T00:00:00Z", "1998-07-01T00:00:00Z", "2043-02-01T00:00:00Z", "2107-01-01T00:00:00Z"] {
            let refused = try sprintctl("import", undated, "--state", state, "--start", start)
            #expect(refused.status == 64)
            #expect(
                refused.errors.contains("--start must lie within what activity files can hold: 1998-07-"),
                "\(refused.errors)")
        }
        let old = try folder.file("old.csv", Array("# start 1985-03-01T00:00:00Z\nt_s,hr_bpm\n0,100\n1,101\n".utf8))
        let refused = try sprintctl("import", old, "--state", state)
        #expect(refused.status == 65)
        #expect(
            refused.errors.hasPrefix(
                "sprintctl: \(old): begins at 1985-03-01T00:00:00Z, and activity files hold dates"),
            "\(refused.errors)")
        #expect(!FileManager.default.fileExists(atPath: state))
    }

    @Test func whatIsNoSessionIsToldWithWhatThereIs() throws {
        let none = try sprintctl("export", "20260105", "--state", state)
        #expect(none.status == 66)
        #expect(
            none.errors
                == "sprintctl: 20260105: there is no such file, and no such session in \(state), which holds none\n")
        #expect(try Programs.run("sprintd", ["--replay", capture, "--rate", "max", "--state", state]).status == 0)
        for command in [["export"], ["plot", "--out", "\(folder.path)/a.svg"]] {
            let one = try Programs.run("sprintctl", command + ["20260105", "--state", state])
            #expect(one.status == 66)
            #expect(one.errors.hasSuffix(" which holds 20260105T060000Z-athlete only\n"), "\(one.errors)")
        }
    }

    /// The capture of a replay is whole; what was wrong with its source is kept in its journal.
    @Test func whatWasWrongWithAReplayedRecordingIsKept() throws {
        let whole = try Data(contentsOf: URL(filePath: capture))
        let torn = try folder.file("torn.pcapng", [UInt8](whole.dropLast(5)))
        #expect(try Programs.run("sprintd", ["--replay", torn, "--rate", "max", "--state", state]).status == 0)
        let name = "20260105T060000Z-athlete"
        let path = "\(state)/sessions/\(name)"
        let kept = try String(contentsOfFile: path + "/analysis.json", encoding: .utf8)
        #expect(!kept.contains("\"notes\": []"))
        #expect(try sprintctl("analyze", "--format", "json", path + "/capture.pcapng").output == kept)
        let rescored = try sprintctl("sessions", "rescore", "--all", "--state", state)
        #expect(rescored.output.hasPrefix("\(name): unchanged"), "\(rescored.output)\(rescored.errors)")
        try FileManager.default.removeItem(atPath: path + "/analysis.json")
        #expect(try sprintctl("sessions", "repair", "--state", state).status == 0)
        #expect(try String(contentsOfFile: path + "/analysis.json", encoding: .utf8) == kept)
    }

    @Test func aCaptureIsNotImported() throws {
        #expect(try sprintctl("import", capture, "--state", state).status == 65)
        #expect(try sprintctl("import", folder.path + "/none.fit", "--state", state).status == 66)
        #expect(!FileManager.default.fileExists(atPath: state))
    }

    @Test func aPictureIsDrawnByTheEndOfItsName() throws {
        let out = folder.path + "/a.svg"
        #expect(try sprintctl("plot", capture, "--out", out, "--theme", "dark").status == 0)
        #expect(try String(contentsOfFile: out, encoding: .utf8).hasPrefix("<svg "))
        #expect(try sprintctl("plot", capture, "--out", folder.path + "/a.jpg").status == 64)
        let process = Programs.process("sprintctl", ["plot", capture, "--out", folder.path + "/a.png"])
        process.environment = ["PATH": folder.path]
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 69)
        #expect(text.contains("install librsvg2-bin"))
    }
}
