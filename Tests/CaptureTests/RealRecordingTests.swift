// SPDX-License-Identifier: GPL-3.0-or-later
import Capture
import Measurement
import TestSupport
import Testing

@Suite struct RealRecordingTests {
    /// The text beside the capture was made from it by its recorders' tools: seconds from the first frame,
    /// direction, bytes.
    @Test(.enabled(if: RealRecordings.available, "the folder of real recordings is absent"))
    func agreesWithTheTextMadeFromTheSameCapture() throws {
        let bytes = try RealRecordings.contents("ant/antusb2-hrm-usbmon.pcapng")
        let text = try RealRecordings.text("ant/antusb2-hrm-usbmon.txt")
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
            lines.append("\(microseconds / 1_000_000).\(fraction) \(packet.isInput ? "<" : ">") \(hex(packet.payload))")
        }
        #expect(lines.count == expected.count)
        for (line, truth) in zip(lines, expected) { #expect(line == truth) }
    }
}
