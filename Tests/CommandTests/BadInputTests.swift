// SPDX-License-Identifier: GPL-3.0-or-later
import Capture
import Foundation
import Measurement
import Testing

/// Wrong input is answered with one line and a status (`sysexits.h`), and leaves nothing behind.
@Suite(.enabled(if: Programs.areBuilt, "the programs are not beside the tests"))
struct BadInputTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var name: String
        /// `nil` for a file that is not there.
        var bytes: [UInt8]?
        var isFolder = false
        var status: Int32 = 65
        /// What follows the file's name in the message.
        var message: String
        var testDescription: String { name }

        init(_ name: String, text: String, _ message: String) {
            self.name = name
            bytes = Array(text.utf8)
            self.message = message
        }

        init(_ name: String, _ bytes: [UInt8]?, isFolder: Bool = false, status: Int32 = 65, _ message: String) {
            self.name = name
            self.bytes = bytes
            self.isFolder = isFolder
            self.status = status
            self.message = message
        }
    }

    private static let section: [UInt8] =
        [0x0A, 0x0D, 0x0D, 0x0A, 28, 0, 0, 0, 0x4D, 0x3C, 0x2B, 0x1A, 1, 0, 0, 0]
        + [UInt8](repeating: 0xFF, count: 8) + [28, 0, 0, 0]
    private static let ethernet: [UInt8] = [1, 0, 0, 0, 20, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0]
    private static let monitor: [UInt8] = [1, 0, 0, 0, 20, 0, 0, 0, 220, 0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0]
    /// 2^64 − 1 µs, an empty packet.
    private static let late: [UInt8] =
        [6, 0, 0, 0, 32, 0, 0, 0, 0, 0, 0, 0] + [UInt8](repeating: 0xFF, count: 8)
        + [UInt8](repeating: 0, count: 8) + [32, 0, 0, 0]

    private static let noise: [UInt8] = {
        var state: UInt64 = 1
        return (0..<20_000).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
    }()

    static let files = [
        Case("empty", [], ": is empty"),
        Case("missing", nil, status: 66, ": no such file"),
        Case("folder", nil, isFolder: true, status: 66, ": is a folder, not a recording"),
        Case("wrong magic", [0xDE, 0xAD, 0xBE, 0xEF, 0, 0, 0, 0], ": is no recording that is read"),
        Case("noise", noise, ": is no recording that is read"),
        Case("zeros", [UInt8](repeating: 0, count: 1 << 20), ": is no recording that is read"),
        Case("half a pcapng header", Array(section.prefix(20)), ": byte 0: the pcapng header is cut short"),
        Case("half a pcap header", Array(SmallFile.pcap.bytes.prefix(20)), ": byte 0: the pcap header is cut short"),
        Case(
            "half a btsnoop header", Array(SmallFile.btsnoop.bytes.prefix(12)),
            ": byte 0: the btsnoop header is cut short"),
        Case("btsnoop of another version", Array("btsnoop\0".utf8) + [0, 0, 0, 9, 0, 0, 3, 0xEA], ": byte 8: "),
        Case("Ethernet only", section + ethernet, ": byte 0: holds link type 1 only"),
    ]

    /// What `analyze` alone has an opinion on.
    static let samples = [
        Case("text.csv", text: "t_s,hr_bpm\n0,100\n1,abc\n", ":3:2: hr_bpm: \"abc\" is not a number"),
        Case("nan.csv", text: "t_s,hr_bpm\n0,100\nnan,100\n", ":3:1: t_s: \"nan\" is not a number"),
        Case("inf.csv", text: "t_s,hr_bpm\n0,100\ninf,100\n", ":3:1: t_s: \"inf\" is not a number"),
        Case("far.csv", text: "t_s,hr_bpm\n0,100\n1e30,100\n", ":3:1: t_s: 1e30 is out of range"),
        Case("back.csv", text: "t_s,hr_bpm\n5,100\n3,100\n", ":3:1: t_s: time 3 is earlier"),
        Case("negative.csv", text: "t_s,hr_bpm\n0,-5\n", ":2:2: hr_bpm: -5 is negative"),
        Case("wide.csv", text: "t_s,hr_bpm\n0,1,2\n", ":2:3: the row has 3 cells"),
        Case("header.csv", text: "t_s,hr_bpm\n", ": holds nothing that can be analysed"),
        Case("no sample.csv", text: "t_s\n0\n1\n", ": holds nothing that can be analysed"),
        Case("no records.fit", [12, 0x20, 0x54, 8, 0, 0, 0, 0] + Array(".FIT".utf8), ""),
        Case("no interface", section, ": holds nothing that can be analysed"),
        Case("no frame", section + monitor, ": holds nothing that can be analysed"),
        Case("no describing", section + late, ": holds nothing that can be analysed: stopped at byte 28: "),
        Case("far away", section + monitor + late, ": holds nothing that can be analysed: stopped at byte 48: "),
    ]

    private static func put(_ file: Case, in folder: TemporaryFolder) throws -> String {
        let path = folder.path + "/" + file.name
        if file.isFolder { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false) }
        if let bytes = file.bytes { _ = try folder.file(file.name, bytes) }
        return path
    }

    private static func check(
        _ result: Programs.Result, _ program: String, _ status: Int32, _ start: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(result.status == status, sourceLocation: sourceLocation)
        #expect(result.output == "", sourceLocation: sourceLocation)
        #expect(result.errorLines.count == 1, "\(result.errors)", sourceLocation: sourceLocation)
        #expect(result.errors.hasSuffix("\n"), sourceLocation: sourceLocation)
        #expect(result.errors.hasPrefix("\(program): \(start)"), "\(result.errors)", sourceLocation: sourceLocation)
    }

    @Test(arguments: files) func isRefusedByAllCommands(_ file: Case) throws {
        let folder = try TemporaryFolder()
        let path = try Self.put(file, in: folder)
        let before = folder.contents()
        for command in ["analyze", "inspect"] {
            Self.check(
                try Programs.run("sprintctl", [command, path]), "sprintctl", file.status, path + file.message)
        }
        let replay = try Programs.run(
            "sprintd", ["--replay", path, "--rate", "max", "--state", folder.path + "/state"])
        Self.check(replay, "sprintd", file.status, path + file.message)
        #expect(folder.contents() == before)
    }

    /// A comment is anybody's words: one line of them, which steers no terminal.
    @Test func whatACommentSaysIsOneLineOfPlainText() throws {
        let folder = try TemporaryFolder()
        var writer = try PcapngWriter(.init(comment: "first\nsecond\u{1B}[2J"))
        let message = ANTBroadcast.heartRate
        writer.usb(
            time: Timestamp(seconds: 1), direction: .received, bus: 1, device: 2, endpoint: 1, bytes: message.span)
        var bytes: [UInt8] = []
        writer.drain(into: &bytes)
        let result = try Programs.run("sprintctl", ["inspect", try folder.file("comment.pcapng", bytes)])
        #expect(result.status == 0)
        #expect(result.output.hasPrefix("# comment: first second [2J\n"), "\(result.output)")
        #expect(!result.output.contains("\u{1B}"))
    }

    @Test(arguments: samples) func isRefusedByAnalyze(_ file: Case) throws {
        let folder = try TemporaryFolder()
        let path = try Self.put(file, in: folder)
        let result = try Programs.run("sprintctl", ["analyze", path, "--format", "json"])
        Self.check(result, "sprintctl", file.status, path + file.message)
        let replay = try Programs.run(
            "sprintd", ["--replay", path, "--rate", "max", "--state", folder.path + "/state"])
        Self.check(replay, "sprintd", 65, path + ": ")
        #expect(folder.contents() == [file.name])
    }

    static let athletes: [(text: String, message: String)] = [
        ("name = 1\n", ":1:1: name: expected a string"),
        ("\nspeed = 1\n", ":2:1: speed: unknown key"),
        ("max_speed_mps = nan\n", ":1:1: max_speed_mps: nan is not between"),
        ("max_hr_bpm = 1e999\n", ":1:1: max_hr_bpm: inf is not between"),
        ("sensors = [\"foo\"]\n", ":1:1: sensors: \"foo\""),
        ("name = \"Ada\n", ":1:8: a string that does not end"),
        ("sensors = [[[[[[[[[[[[", ":1:"),
    ]

    @Test(arguments: athletes)
    func anAthleteFileIsRefusedWithItsPlace(_ athlete: (text: String, message: String)) throws {
        let folder = try TemporaryFolder()
        let capture = try folder.file("small.pcapng", SmallFile.pcapng.bytes)
        let path = try folder.file("athlete.toml", Array(athlete.text.utf8))
        let analyze = try Programs.run("sprintctl", ["analyze", capture, "--athlete", path])
        Self.check(analyze, "sprintctl", 78, path + athlete.message)
        let replay = try Programs.run(
            "sprintd", ["--replay", capture, "--state", folder.path + "/state", "--athlete", path])
        Self.check(replay, "sprintd", 78, path + athlete.message)
        #expect(folder.contents() == ["athlete.toml", "small.pcapng"])
    }

    @Test(arguments: ["0", "-1", "nan", "inf", "1e300", "fast", "0.001"])
    func aRateThatIsNoneIsRefused(_ rate: String) throws {
        let folder = try TemporaryFolder()
        let capture = try folder.file("small.pcapng", SmallFile.pcapng.bytes)
        let result = try Programs.run(
            "sprintd", ["--replay", capture, "--rate=\(rate)", "--state", folder.path + "/state"])
        Self.check(result, "sprintd", 64, "--rate must be")
        #expect(folder.contents() == ["small.pcapng"])
    }

    static let usages: [(arguments: [String], start: String, command: String)] = [
        (["analyze"], "Missing expected argument '<file>'", "sprintctl analyze"),
        (["analyze", "a", "b"], "Unexpected argument 'b'", "sprintctl analyze"),
        (["week", "--date", "yesterday"], "'yesterday' is no date: write YYYY-MM-DD", "sprintctl week"),
        (["sessions", "list", "--format", "xml"], "The value 'xml' is invalid", "sprintctl sessions list"),
        (["nonsense"], "Unexpected argument 'nonsense'", "sprintctl"),
    ]

    @Test(arguments: usages)
    func wrongArgumentsAreAnsweredInOneLine(_ usage: (arguments: [String], start: String, command: String)) throws {
        let result = try Programs.run("sprintctl", usage.arguments)
        Self.check(result, "sprintctl", 64, usage.start)
        #expect(result.errors.hasSuffix(" (\(usage.command) --help tells more)\n"), "\(result.errors)")
    }

    @Test func theHelpOfSimulateNamesThePlans() throws {
        let help = try Programs.run("sprintctl", ["simulate", "--help"])
        for plan in ["fartlek", "heart-rate-only", "sprint-5x30-90", "sprint-<n>x<work>-<recovery>"] {
            #expect(help.output.contains(plan), "\(help.output)")
        }
    }

    @Test func anOutputThatCannotBeMadeLeavesNothing() throws {
        let folder = try TemporaryFolder()
        let capture = try folder.file("small.pcapng", SmallFile.pcapng.bytes)
        let path = folder.path + "/none/x"
        Self.check(try Programs.run("sprintctl", ["simulate", "--out", path]), "sprintctl", 73, path + ": ")
        let replay = try Programs.run("sprintd", ["--replay", capture, "--rate", "max", "--state", capture])
        Self.check(replay, "sprintd", 73, "cannot make the folder \(capture)/sessions: ")
        #expect(folder.contents() == ["small.pcapng"])
        #expect(try Data(contentsOf: URL(filePath: capture)) == Data(SmallFile.pcapng.bytes))
    }
}
