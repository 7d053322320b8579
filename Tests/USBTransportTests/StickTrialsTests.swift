// SPDX-License-Identifier: GPL-3.0-or-later
import Foundation
import Testing

/// The transport, through the unmodified libusb, against emulated sticks. Each trial runs in processes of its own, which umockdev
/// shows other devices to than the tests have.
@Suite struct StickTrialsTests {
    private static let folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()

    private static let wrapper: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .map { "\($0)/umockdev-wrapper" }.first { FileManager.default.isExecutableFile(atPath: $0) }

    private static let canEmulate: Bool = {
        guard wrapper != nil, let result = try? run(["/bin/true"]) else { return false }
        return result.status == 0
    }()

    private static func run(_ program: [String], on commands: [String] = []) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: wrapper ?? "")
        process.arguments = [folder.appendingPathComponent("stick-emulator").path] + commands + ["--"] + program
        process.standardInput = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let status = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
        return (status, String(decoding: data, as: UTF8.self))
    }

    @Test(
        .enabled(if: canEmulate, "umockdev is not installed (scripts/install-dependencies installs it)"),
        arguments: [
            "handshake", "channels", "scan", "throughput", "replug", "faults", "outages", "several", "busy", "replay",
        ])
    func standsTheTrial(_ name: String) throws {
        let result = try Self.run([Self.folder.appendingPathComponent("stick-trials").path, name])
        #expect(result.status == 0, "\(result.output)")
    }

    struct Visit: CustomTestStringConvertible, Sendable {
        var commands: [String]
        var command: String
        var status: Int32
        var says: String
        var testDescription: String { "\(command) \(commands)" }
    }

    /// What a person sees, from the program itself.
    static let visits: [Visit] = [
        Visit(commands: [], command: "doctor", status: 69, says: "FAIL  no ANT+ stick is plugged in"),
        Visit(
            commands: ["plug a usbm"], command: "doctor", status: 0,
            says: "ok    ANTUSB-m (bus 1, device 2) receives, firmware AJK1.34RAF, every sensor in range"),
        Visit(
            commands: ["plug a usb2 usb_serial_simple"], command: "doctor", status: 0,
            says: "note  the kernel's driver usb_serial_simple has it now"),
        Visit(
            commands: ["plug a", "silent a"], command: "doctor", status: 69,
            says: "FAIL  ANTUSB-m (bus 1, device 2) does not answer a reset: unplug it and plug it in again"),
        Visit(
            commands: ["plug a", "refuse a 46"], command: "doctor", status: 69,
            says: "FAIL  ANTUSB-m (bus 1, device 2) refuses 'network key': invalid message"),
        Visit(
            commands: ["plug a", "busy a"], command: "doctor", status: 69,
            says: "FAIL  ANTUSB-m (bus 1, device 2) is held by another program"),
        Visit(
            commands: ["plug a usb1"], command: "doctor", status: 69,
            says: "note  ANTUSB1 (bus 1, device 2) is a serial stick of the first kind"),
        Visit(commands: [], command: "scan", status: 69, says: "sprintctl: no ANT+ stick is plugged in"),
        Visit(
            commands: ["plug a"], command: "scan", status: 69,
            says: "sprintctl: no sensor is in the air; a strap sends only while it is worn"),
        // The simulation's sensors of seed 1.
        Visit(
            commands: ["plug a", "air 1 1 1 60"], command: "sensors", status: 0,
            says: "sensors = [\"ant:120:910745\", \"ant:124:99968\"]"),
    ]

    @Test(
        .enabled(if: canEmulate, "umockdev is not installed (scripts/install-dependencies installs it)"),
        arguments: visits)
    func saysWhatIsWrong(_ visit: Visit) throws {
        let program = Self.folder.appendingPathComponent("sprintctl").path
        let time = visit.command == "doctor" ? [] : ["--seconds", "3"]
        let result = try Self.run([program, visit.command] + time, on: visit.commands)
        #expect(result.status == visit.status, "\(result.output)")
        #expect(result.output.contains(visit.says), "\(result.output)")
    }
}
