// SPDX-License-Identifier: GPL-3.0-or-later
import Capture
import Measurement
import Testing

@Suite struct PcapReadingTests {
    private func file(
        magic: UInt32, bigEndian: Bool = false, minor: UInt16 = 4, link: UInt32 = 187,
        fraction: UInt32 = 5, captured: UInt32 = 4
    ) -> [UInt8] {
        let file = FileBuilder(bigEndian: bigEndian)
        var bytes = file.integer(magic) + file.integer(UInt16(2)) + file.integer(minor)
        bytes += [UInt8](repeating: 0, count: 8) + file.integer(UInt32(65535)) + file.integer(link)
        bytes += file.integer(UInt32(3)) + file.integer(fraction)
        bytes += file.integer(captured) + file.integer(UInt32(4))
        return bytes + SmallRecording.reset
    }

    @Test(arguments: [(0xA1B2_C3D4, 3_000_005_000), (0xA1B2_3C4D, 3_000_000_005)], [false, true])
    func readsBothResolutionsInBothByteOrders(_ kind: (UInt32, Int64), bigEndian: Bool) {
        let reading = Outcome(file(magic: kind.0, bigEndian: bigEndian))
        #expect(reading.times == [kind.1])
        #expect(reading.frames.map(\.bytes) == [SmallRecording.reset])
        #expect(reading.frames.first?.header.link == .bluetoothHCIH4)
    }

    @Test func ignoresTheUpperHalfOfTheLinkType() {
        #expect(Outcome(file(magic: 0xA1B2_C3D4, link: 0xF400_00BB)).frames.count == 1)
    }

    @Test func refusesOtherVersionsAndLinkTypes() {
        #expect(
            Outcome(file(magic: 0xA1B2_C3D4, minor: 3)).error
                == .unsupportedVersion(.pcap, major: 2, minor: 3))
        #expect(Outcome(file(magic: 0xA1B2_C3D4, link: 1)).error == .unsupportedLinkType(1))
        // Kuznetsov's variant has longer records.
        #expect(Outcome(file(magic: 0xA1B2_CD34)).error == .notACapture)
    }

    @Test func stopsAtARecordThatCannotBe() {
        let tooLong = Outcome(file(magic: 0xA1B2_C3D4, captured: 0x0100_0001))
        #expect(tooLong.breakage?.fault == .tooLong(0x0100_0001))
        #expect(tooLong.breakage?.position == 24)
        #expect(tooLong.breakage?.droppedBytes == 20)
        var late = file(magic: 0xA1B2_C3D4)
        // Seconds 0xFF000003: the year 2105.
        late[27] = 0xFF
        #expect(Outcome(late).breakage?.fault == .timeOutOfRange)
    }
}
