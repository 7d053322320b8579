// SPDX-License-Identifier: GPL-3.0-or-later
import Capture
import Foundation
import Measurement
import Testing

/// Recordings of true devices, which are not part of the project.
enum RealRecordings {
    static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["SPRINTD_REAL_RECORDINGS"] {
            return URL(fileURLWithPath: path)
        }
        // Beside the package, however deep a working copy of it lies there.
        var package = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { package.deleteLastPathComponent() }
        let beside = ["../shared/real", "../../shared/real"].map { package.appendingPathComponent($0) }
        return beside.first { FileManager.default.fileExists(atPath: $0.path) } ?? beside[0]
    }()
    static var available: Bool { FileManager.default.fileExists(atPath: folder.path) }
}

@Suite struct RealRecordingTests {
    /// The text beside the capture was made from it by its recorders' tools: seconds from the first frame,
    /// direction, bytes.
    @Test(.enabled(if: RealRecordings.available, "the folder of real recordings is absent"))
    func agreesWithTheTextMadeFromTheSameCapture() throws {
        let folder = RealRecordings.folder.appendingPathComponent("ant")
        let bytes = [UInt8](
            try Data(contentsOf: folder.appendingPathComponent("antusb2-hrm-usbmon.pcapng")))
        let text = try String(
            contentsOf: folder.appendingPathComponent("antusb2-hrm-usbmon.txt"), encoding: .utf8)
        let expected = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init)

        let reading = Outcome(bytes, chunk: 4096)
        #expect(reading.breakage == nil)
        #expect(reading.frames.count == 7542)
        let first = try #require(reading.times.first)
        var lines: [String] = []
        for frame in reading.frames {
            let packet = try DecodedUSB(frame.header, frame.bytes)
            guard packet.bus == 1, packet.device == 6, packet.endpoint == 1, packet.transfer == .bulk,
                packet.carriesData
            else { continue }
            let microseconds = (frame.header.time.nanoseconds - first) / 1000
            let fraction = String(microseconds % 1_000_000 + 1_000_000).dropFirst()
            let hex = packet.payload.map { byte in
                let digits = String(byte, radix: 16)
                return digits.count == 1 ? "0" + digits : digits
            }.joined()
            lines.append("\(microseconds / 1_000_000).\(fraction) \(packet.isInput ? "<" : ">") \(hex)")
        }
        #expect(lines.count == expected.count)
        for (line, truth) in zip(lines, expected) { #expect(line == truth) }
    }
}
