// SPDX-License-Identifier: GPL-3.0-or-later
import Capture
import Measurement
import Testing

@Suite struct BTSnoopReadingTests {
    private func file(
        dataLink: UInt32, _ records: [(flags: UInt32, time: UInt64, packet: [UInt8])]
    ) -> [UInt8] {
        let file = FileBuilder(bigEndian: true)
        var bytes = Array("btsnoop\0".utf8) + file.integer(UInt32(1)) + file.integer(dataLink)
        for record in records {
            // Original length: one more than included.
            bytes += file.integer(UInt32(record.packet.count + 1))
            bytes += file.integer(UInt32(record.packet.count)) + file.integer(record.flags)
            bytes += file.integer(UInt32(7)) + file.integer(record.time) + record.packet
        }
        return bytes
    }

    /// The format's description gives midnight, 1 January 2000 as this number.
    private static let year2000: UInt64 = 0x00E0_3AB4_4A67_6000

    @Test func countsTimeFromTheYearZero() {
        let bytes = file(dataLink: 1002, [(2, Self.year2000 + 1, SmallRecording.reset)])
        let reading = Outcome(bytes)
        // 2000-01-01 is 10 957 days after the Unix epoch.
        #expect(reading.times == [10_957 * 86_400 * 1_000_000_000 + 1000])
        #expect(reading.frames.map(\.bytes) == [SmallRecording.packets[0]])
        #expect(reading.frames.map(\.header.originalLength) == [9])
        #expect(reading.recorderDrops == 7)
    }

    @Test func takesARecorderThatCountsFromItsOwnStart() {
        let reading = Outcome(
            file(
                dataLink: 1002,
                [(2, 5, SmallRecording.reset), (3, 9, SmallRecording.resetDone), (3, Self.year2000, [])]))
        #expect(reading.times == [5000, 9000])
        // It keeps to what it began with.
        #expect(reading.breakage?.fault == .timeOutOfRange)
    }

    @Test func findsTheTypeOfUnencapsulatedPacketsInTheFlags() {
        let time = Self.year2000
        let reading = Outcome(
            file(
                dataLink: 1001,
                [
                    (0, time, [0x40, 0]), (1, time, [0x40, 0]), (2, time, [3, 0x0C, 0]), (3, time, [0x0E]),
                ]))
        #expect(
            reading.frames.map(\.bytes) == [
                [0, 0, 0, 0, 2, 0x40, 0], [0, 0, 0, 1, 2, 0x40, 0], [0, 0, 0, 0, 1, 3, 0x0C, 0],
                [0, 0, 0, 1, 4, 0x0E],
            ])
        #expect(reading.frames.first?.header.originalLength == 8)
    }

    @Test(
        arguments: [
            (2, [0, 0, 0, 0, 1]), (3, [0, 0, 0, 1, 4]), (4, [0, 0, 0, 0, 2]), (5, [0, 0, 0, 1, 2]),
            (6, [0, 0, 0, 0, 3]), (7, [0, 0, 0, 1, 3]), (18, [0, 0, 0, 0, 5]), (19, [0, 0, 0, 1, 5]),
        ] as [(UInt32, [UInt8])])
    func mapsTheMonitorsOpcodes(_ opcode: UInt32, header: [UInt8]) {
        let reading = Outcome(file(dataLink: 2001, [(1 << 16 | opcode, Self.year2000, [0xAB])]))
        #expect(reading.frames.map(\.bytes) == [header + [0xAB]])
        #expect(reading.frames.map(\.header.interface) == [1])
    }

    @Test func skipsMonitorRecordsThatAreNoPackets() {
        let opcodes: [UInt32] = [0, 1, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 20, 0xFFFF]
        let reading = Outcome(
            file(dataLink: 2001, opcodes.map { ($0, Self.year2000, [1, 2, 3]) }))
        #expect(reading.frames.isEmpty)
        #expect(reading.skipped == UInt64(opcodes.count))
        #expect(reading.breakage == nil)
    }

    @Test func refusesOtherDataLinksAndVersions() {
        #expect(Outcome(file(dataLink: 1003, [])).error == .unsupportedDataLink(1003))
        var bytes = file(dataLink: 1002, [])
        bytes[11] = 2
        #expect(Outcome(bytes).error == .unsupportedVersion(.btsnoop, major: 2, minor: 0))
    }
}
