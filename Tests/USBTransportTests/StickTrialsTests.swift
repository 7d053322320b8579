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

    private static func run(_ program: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: wrapper ?? "")
        process.arguments = [folder.appendingPathComponent("stick-emulator").path, "--"] + program
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
}
