// SPDX-License-Identifier: GPL-3.0-or-later
import BinaryCoding
import Capture
import Measurement
import Testing

@Suite struct PcapngWriterTests {
    static let metadata = #"{"athlete":"Ada","config":{"target":0.8}}"#
    static let ant: [UInt8] = [0xA4, 0x01, 0x6F, 0x00, 0xCA]

    private func drained(_ writer: inout PcapngWriter) -> [UInt8] {
        var bytes: [UInt8] = []
        writer.drain { span in bytes = span.indices.map { span[$0] } }
        return bytes
    }

    private func session(clockOffset: Int64 = 0) throws -> [UInt8] {
        var writer = try PcapngWriter(
            PcapngWriter.Section(
                hardware: "a machine", operatingSystem: "Linux", application: "sprintd 1",
                comment: Self.metadata),
            clockOffset: clockOffset)
        var bytes = drained(&writer)
        writer.usb(1_000_000_001, .received, Self.ant)
        writer.bluetooth(1_000_000_002, .sent, adapter: 1, SmallRecording.reset)
        bytes += drained(&writer)
        try writer.comment(#"{"event":"clock"}"#, at: Timestamp(nanoseconds: 1_500_000_000))
        try writer.comment("two\nlines", at: Timestamp(nanoseconds: 1_500_000_999))
        writer.bluetooth(2_000_000_003, .received, SmallRecording.resetDone)
        writer.usb(2_000_000_004, .sent, [])
        return bytes + drained(&writer)
    }

    @Test func whatItWritesReadsBack() throws {
        let reading = Outcome(try session())
        #expect(reading.error == nil)
        #expect(reading.breakage == nil)
        #expect(reading.times == [1_000_000_001, 1_000_000_002, 2_000_000_003, 2_000_000_004])
        #expect(reading.frames.map(\.header.link.code) == [220, 201, 201, 220])
        #expect(reading.frames.map(\.header.interface) == [0, 1, 0, 0])
        #expect(reading.frames.map { Int($0.header.originalLength) } == reading.frames.map(\.bytes.count))
        #expect(reading.frames[1].bytes == SmallRecording.packets[0])
        #expect(reading.frames[2].bytes == SmallRecording.packets[1])
        #expect(
            reading.comments == [
                CaptureComment(origin: .section, time: nil, text: Self.metadata),
                CaptureComment(
                    origin: .journal, time: Timestamp(nanoseconds: 1_500_000_000),
                    text: #"{"event":"clock"}"#),
                CaptureComment(
                    origin: .journal, time: Timestamp(nanoseconds: 1_500_000_000), text: "two\nlines"),
            ])

        let frame = reading.frames[0]
        let packet = try DecodedUSB(frame.header, frame.bytes)
        #expect(packet.event == .completion && packet.isInput && packet.carriesData)
        #expect(packet.bus == 1 && packet.device == 6 && packet.endpoint == 1 && packet.status == 0)
        #expect(packet.payload == Self.ant)
        let last = reading.frames[3]
        let empty = try DecodedUSB(last.header, last.bytes)
        #expect(empty.event == .submission && !empty.isInput && !empty.carriesData && empty.status == -115)
    }

    @Test func theUSBHeaderIsTheKernels() {
        var bytes: [UInt8] = []
        let request = USBPacketTests.request
        USBPacket.encode(
            time: Timestamp(nanoseconds: 1_647_322_958_206_164_999), direction: .sent, bus: 1, device: 6,
            endpoint: 1, identifier: 0xFFFF_913A_A167_BD80, data: request.span, into: &bytes)
        var expected = USBPacketTests.header() + request
        // Transfer flags, which the encoder leaves at none.
        expected.replaceSubrange(56..<60, with: [0, 0, 0, 0])
        #expect(bytes == expected)
        // 1 ns before the epoch: second −1, microsecond 999 999.
        bytes = []
        let nothing: [UInt8] = []
        USBPacket.encode(
            time: Timestamp(nanoseconds: -1), direction: .received, bus: 0, device: 0, endpoint: 0,
            identifier: 0, data: nothing.span, into: &bytes)
        #expect(Array(bytes[16..<28]) == [255, 255, 255, 255, 255, 255, 255, 255, 0x3F, 0x42, 0x0F, 0x00])
    }

    @Test func aClockOffsetMovesEveryTimeAlike() throws {
        let day: Int64 = 1_700_000_000
        let plain = Outcome(try session())
        let moved = Outcome(try session(clockOffset: day))
        #expect(moved.times == plain.times.map { $0 + day * 1_000_000_000 })
        #expect(moved.comments[1].time?.nanoseconds == day * 1_000_000_000 + 1_500_000_000)
    }

    @Test(arguments: SmallRecording.allCases) func recordsARecordingAgain(_ sample: SmallRecording) throws {
        let first = Outcome(sample.bytes)
        var writer = try PcapngWriter(PcapngWriter.Section())
        for frame in first.frames { writer.frame(frame.header, frame.bytes.span) }
        #expect(Outcome(drained(&writer)).frames == first.frames)
    }

    @Test func recordsEveryLinkTypeAgain() throws {
        var frames: [Outcome.Frame] = []
        for (index, link) in [LinkType.bluetoothHCIH4, .bluetoothHCIH4WithDirection, .usbLinux, .usbLinuxMmapped]
            .enumerated()
        {
            for interface: UInt32 in [0, 7] {
                for length in 0..<9 {
                    let header = CapturedFrame(
                        time: Timestamp(nanoseconds: Int64(index * 100 + length)), link: link,
                        interface: interface, originalLength: UInt32(length + 3))
                    frames.append(Outcome.Frame(header: header, bytes: (0..<UInt8(length)).map { $0 }))
                }
            }
        }
        var writer = try PcapngWriter(PcapngWriter.Section())
        for frame in frames { writer.frame(frame.header, frame.bytes.span) }
        #expect(Outcome(drained(&writer)).frames == frames)
    }

    /// A recording of btmon may name any of 65 536 adapters.
    @Test func moreInterfacesThanASectionHoldsAreReadBackToo() throws {
        var writer = try PcapngWriter(.init(application: "test", comment: Self.metadata), clockOffset: 1_700_000_000)
        let numbers = Array(0..<UInt32(2050)) + [0, 2049]
        let bytes = SmallRecording.reset
        for number in numbers {
            let header = CapturedFrame(
                time: Timestamp(nanoseconds: 1), link: .bluetoothHCIH4, interface: number, originalLength: 4)
            writer.frame(header, bytes.span, drops: number % 1025 == 0 ? 3 : 0)
        }
        writer.statistics(drops: 2, at: Timestamp(nanoseconds: 2))
        let reading = Outcome(drained(&writer))
        #expect(reading.breakage == nil && reading.error == nil)
        #expect(reading.frames.map(\.header.interface) == numbers)
        #expect(reading.frames.allSatisfy { $0.bytes == bytes })
        // Three each of 0, of 1025 and of 0 again, in three sections; then the last two.
        #expect(reading.recorderDrops == 11)
        // The session's metadata stands once.
        #expect(reading.comments.map(\.text) == [Self.metadata])
    }

    @Test func aFlippedBitOfAnyPacketIsFound() throws {
        var writer = try PcapngWriter(PcapngWriter.Section())
        writer.bluetooth(0, .sent, SmallRecording.reset)
        let before = writer.pendingBytes
        writer.bluetooth(0, .received, SmallRecording.resetDone)
        let bytes = drained(&writer)
        let data = before + 28..<before + 28 + 11
        for bit in 0..<8 * data.count {
            var damaged = bytes
            damaged[data.lowerBound + bit / 8] ^= 1 << UInt8(bit % 8)
            let reading = Outcome(damaged)
            #expect(reading.frames.count == 1)
            #expect(reading.breakage?.position == UInt64(before))
            guard case .checksum(_, let computed)? = reading.breakage?.fault else {
                Issue.record("bit \(bit) was not found")
                continue
            }
            #expect(computed == CRC32.checksum(Array(damaged[data]).span))
        }
    }

    @Test func refusesATextThatDoesNotFit() {
        let long = String(repeating: "x", count: 65_536)
        #expect(throws: PcapngWriterError.textTooLong(bytes: 65_536)) {
            try PcapngWriter(PcapngWriter.Section(comment: long))
        }
        #expect(throws: Never.self) {
            try PcapngWriter(PcapngWriter.Section(comment: String(long.dropLast())))
        }
    }

    @Test func keepsItsBytesWhenTheCallerCannotTakeThem() throws {
        struct Full: Error {}
        var writer = try PcapngWriter(PcapngWriter.Section())
        let count = writer.pendingBytes
        #expect(throws: Full.self) { try writer.drain { _ throws(Full) in throw Full() } }
        #expect(writer.pendingBytes == count)
        #expect(drained(&writer).count == count)
        #expect(writer.pendingBytes == 0)
    }
}
