// SPDX-License-Identifier: GPL-3.0-or-later
import BinaryCoding
import Capture
import Measurement
import Testing

@Suite struct PcapngReadingTests {
    @Test func readsAFileWrittenOutByHand() {
        let bytes: [UInt8] = [
            // Section header: type, length 28, byte order, version 1.0, length unknown, length.
            0x0A, 0x0D, 0x0D, 0x0A, 28, 0, 0, 0, 0x4D, 0x3C, 0x2B, 0x1A, 1, 0, 0, 0,
            0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 28, 0, 0, 0,
            // Interface: type, length 20, link type 187, reserved, snapshot length 0, length.
            1, 0, 0, 0, 20, 0, 0, 0, 187, 0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0,
            // Packet: type, length 36, interface 0, time 0x1_00000002 µs, captured 4, original 9.
            6, 0, 0, 0, 36, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0, 9, 0, 0, 0,
            // HCI Reset; length.
            0x01, 0x03, 0x0C, 0x00, 36, 0, 0, 0,
        ]
        let reading = Outcome(bytes)
        #expect(reading.events.isEmpty)
        #expect(
            reading.frames == [
                Outcome.Frame(
                    header: CapturedFrame(
                        time: Timestamp(nanoseconds: 4_294_967_298_000), link: .bluetoothHCIH4,
                        interface: 0, originalLength: 9),
                    bytes: [0x01, 0x03, 0x0C, 0x00])
            ])
    }

    struct ClockVector: Sendable, CustomTestStringConvertible {
        var resolution: UInt8?
        var offset: Int64?
        var ticks: UInt64
        /// `nil`: out of range.
        var nanoseconds: Int64?
        var testDescription: String { "resolution \(resolution ?? 6), \(ticks) ticks, offset \(offset ?? 0)" }
    }
    static let clockVectors = [
        ClockVector(ticks: 1_500_000, nanoseconds: 1_500_000_000),
        ClockVector(resolution: 9, ticks: 12_345, nanoseconds: 12_345),
        ClockVector(resolution: 0, ticks: 7, nanoseconds: 7_000_000_000),
        ClockVector(resolution: 3, ticks: 7, nanoseconds: 7_000_000),
        ClockVector(resolution: 12, ticks: 2_999, nanoseconds: 2),
        // 10^19 ticks a second, and beyond what 64 bits can count.
        ClockVector(resolution: 19, ticks: 15_000_000_000, nanoseconds: 1),
        ClockVector(resolution: 127, ticks: .max, nanoseconds: 0),
        // 2^10 ticks a second: 1536 is 1.5 s.
        ClockVector(resolution: 0x8A, ticks: 1536, nanoseconds: 1_500_000_000),
        // 2^0, and 2^32 ticks a second.
        ClockVector(resolution: 0x80, ticks: 3, nanoseconds: 3_000_000_000),
        ClockVector(resolution: 0xA0, ticks: 0x1_8000_0000, nanoseconds: 1_500_000_000),
        ClockVector(resolution: 0xFF, ticks: .max, nanoseconds: 0),
        ClockVector(resolution: 9, offset: 1_600_000_000, ticks: 5, nanoseconds: 1_600_000_000_000_000_005),
        ClockVector(resolution: 9, offset: -2, ticks: 5, nanoseconds: -1_999_999_995),
        ClockVector(resolution: 9, offset: .max, ticks: 5, nanoseconds: nil),
        ClockVector(resolution: 9, offset: .min, ticks: 5, nanoseconds: nil),
        ClockVector(resolution: 9, ticks: .max, nanoseconds: nil),
        ClockVector(resolution: 0, ticks: .max, nanoseconds: nil),
        ClockVector(resolution: 0x80, ticks: .max, nanoseconds: nil),
        ClockVector(resolution: 9, ticks: 1 << 61, nanoseconds: 1 << 61),
        ClockVector(resolution: 9, ticks: 1 << 61 + 1, nanoseconds: nil),
    ]
    @Test(arguments: clockVectors, [false, true])
    func readsTimesInEveryResolution(_ vector: ClockVector, bigEndian: Bool) {
        var file = FileBuilder(bigEndian: bigEndian)
        file.section()
        var options: [UInt8] = []
        if let resolution = vector.resolution { options += file.option(9, [resolution]) }
        if let offset = vector.offset { options += file.option(14, file.integer(offset)) }
        file.interface(201, options: options)
        file.packet(ticks: vector.ticks, SmallRecording.packets[0])
        let reading = Outcome(file.bytes)
        if let nanoseconds = vector.nanoseconds {
            #expect(reading.times == [nanoseconds])
        } else {
            #expect(reading.frames.isEmpty)
            #expect(reading.breakage?.fault == .timeOutOfRange)
        }
    }

    @Test func readsSectionsOfBothByteOrdersEachWithItsOwnInterfaces() {
        var little = FileBuilder()
        little.section()
        little.interface(201, options: little.option(2, Array("hci3".utf8)))
        little.interface(201)
        little.packet(interface: 1, ticks: 1, SmallRecording.packets[0])
        little.packet(interface: 0, ticks: 2, SmallRecording.packets[0])
        var big = FileBuilder(bigEndian: true)
        big.section(minor: 2)
        big.interface(187)
        big.packet(interface: 0, ticks: 3, SmallRecording.reset)
        big.packet(interface: 1, ticks: 4, SmallRecording.reset)
        let reading = Outcome(little.bytes + big.bytes)
        #expect(reading.times == [1000, 2000, 3000])
        #expect(reading.frames.map(\.header.interface) == [1, 3, 0])
        #expect(reading.frames.map(\.header.link.code) == [201, 201, 187])
        // A section does not inherit interfaces.
        #expect(reading.breakage?.fault == .unknownInterface(1))
    }

    @Test(arguments: [
        ("hci1", 1), ("bluetooth12", 12), ("usbmon2", 2), ("hci", 0), ("hci-1", 0), ("eth7", 0),
        ("hci99999999999", 0), ("", 0), ("hci1x", 0),
    ])
    func takesAnAdaptersNumberFromItsName(_ name: String, number: UInt32) {
        var file = FileBuilder()
        file.section()
        file.interface(201, options: file.option(2, Array(name.utf8)))
        file.packet(ticks: 1, SmallRecording.packets[0])
        #expect(Outcome(file.bytes).frames.first?.header.interface == number)
    }

    @Test func skipsWhatItDoesNotKnow() {
        var file = FileBuilder()
        file.section()
        file.interface(1)
        file.interface(187)
        // A custom block, name resolution, statistics, an unheard-of one.
        for type: UInt32 in [0x0000_0BAD, 4, 5, 0x8000_1234] { file.block(type, [1, 2, 3, 4]) }
        file.packet(interface: 0, ticks: 1, [1, 2, 3])
        file.packet(interface: 1, ticks: 2, SmallRecording.reset)
        let reading = Outcome(file.bytes)
        #expect(reading.error == nil)
        #expect(reading.events == [.unsupportedInterface(1)])
        #expect(reading.frames.map(\.bytes) == [SmallRecording.reset])
        #expect(reading.skipped == 1)
    }

    @Test func refusesAFileThatHoldsNothingReadable() {
        var file = FileBuilder()
        file.section()
        #expect(Outcome(file.bytes) == Outcome(file.bytes, chunk: 1))
        #expect(Outcome(file.bytes).error == nil)
        file.interface(1)
        file.packet(ticks: 1, [1, 2, 3])
        #expect(Outcome(file.bytes).error == .unsupportedLinkType(1))
    }

    @Test func readsSimplePackets() {
        var file = FileBuilder()
        file.section()
        file.interface(187, snapLength: 4)
        file.packet(ticks: 5, SmallRecording.reset)
        // 7 bytes on the wire, of which the snapshot length kept 4.
        file.block(3, file.integer(UInt32(7)) + [4, 0x0E, 4, 1])
        file.block(3, file.integer(UInt32(3)) + [4, 0x0E, 0, 0])
        let reading = Outcome(file.bytes)
        #expect(reading.breakage == nil)
        #expect(reading.frames.map(\.bytes) == [SmallRecording.reset, [4, 0x0E, 4, 1], [4, 0x0E, 0]])
        #expect(reading.frames.map(\.header.originalLength) == [4, 7, 3])
        #expect(reading.times == [5000, 5000, 5000])
    }

    @Test func readsObsoletePackets() {
        var file = FileBuilder(bigEndian: true)
        file.section()
        file.interface(187)
        for drops: UInt16 in [2, 0xFFFF] {
            file.block(
                2,
                file.integer(UInt16(0)) + file.integer(drops) + file.integer(UInt32(0))
                    + file.integer(UInt32(9)) + file.integer(UInt32(4)) + file.integer(UInt32(4))
                    + SmallRecording.reset + file.option(1, Array("seen".utf8)))
        }
        let reading = Outcome(file.bytes)
        #expect(reading.frames.map(\.bytes) == [SmallRecording.reset, SmallRecording.reset])
        #expect(reading.times == [9000, 9000])
        #expect(reading.recorderDrops == 2)
        #expect(reading.comments.map(\.text) == ["seen", "seen"])
    }

    @Test func tellsComments() {
        var file = FileBuilder()
        file.section(options: file.option(1, Array("one\0".utf8)) + file.option(1, Array("two".utf8)))
        file.interface(187)
        file.packet(
            ticks: 1, SmallRecording.reset, options: file.option(1, Array("three".utf8)) + file.option(0, []))
        file.block(9, file.padded(Array("PRIORITY=6\n__REALTIME_TIMESTAMP=25\nMESSAGE=a=b\n".utf8)))
        let lines: [UInt8] =
            Array("MESSAGE\n".utf8) + [3, 0, 0, 0, 0, 0, 0, 0] + Array("x\ny\n".utf8)
        file.block(9, file.padded(lines))
        // A length that is not there, one beyond any, and an entry without a message.
        file.block(9, Array("MESSAGE\n".utf8) + [3, 0, 0, 0])
        file.block(9, Array("MESSAGE\n".utf8) + [UInt8](repeating: 0xFF, count: 8))
        file.block(9, Array("PRIORITY=3\n\0".utf8))
        let time = Timestamp(nanoseconds: 1000)
        let reading = Outcome(file.bytes)
        #expect(
            reading.comments == [
                CaptureComment(origin: .section, time: nil, text: "one"),
                CaptureComment(origin: .section, time: nil, text: "two"),
                CaptureComment(origin: .frame, time: time, text: "three"),
                CaptureComment(origin: .journal, time: Timestamp(nanoseconds: 25_000), text: "a=b"),
                CaptureComment(origin: .journal, time: nil, text: "x\ny"),
            ])
        #expect(reading.breakage == nil)
    }

    /// CRC-32 of the ASCII digits 1 to 9 is 0xCBF43926, the algorithm's published check value.
    @Test(arguments: [[0x26, 0x39, 0xF4, 0xCB], [0xCB, 0xF4, 0x39, 0x26]] as [[UInt8]])
    func takesAPacketsChecksumInEitherByteOrder(_ checksum: [UInt8]) {
        var file = FileBuilder()
        file.section()
        file.interface(187)
        let digits = Array("123456789".utf8)
        file.packet(ticks: 1, digits, options: file.option(3, [2] + checksum))
        #expect(Outcome(file.bytes).frames.map(\.bytes) == [digits])
        // Algorithms that are not known are not judged.
        file.packet(ticks: 2, digits, options: file.option(3, [4, 1, 2, 3, 4]))
        file.packet(ticks: 3, [0] + digits, options: file.option(3, [2] + checksum))
        let start = file.bytes.count - (32 + 12 + 12)
        let reading = Outcome(file.bytes)
        #expect(reading.frames.count == 2)
        #expect(reading.breakage?.position == UInt64(start))
        guard case .checksum? = reading.breakage?.fault else {
            Issue.record("stopped for \(String(describing: reading.breakage))")
            return
        }
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        var name: String
        /// Changes the third block (a packet) of a sound file; 0 is its first byte.
        var changes: [Int: UInt8]
        var fault: CaptureFault
        var testDescription: String { name }
    }
    // The packet block is 40 bytes long: 28 before the data, 8 of data, 4 of trailer.
    static let faults = [
        Fault(name: "length not a multiple of 4", changes: [4: 41], fault: .badLength(41)),
        Fault(name: "length below a block's least", changes: [4: 8], fault: .badLength(8)),
        Fault(name: "length beyond the limit", changes: [7: 2], fault: .tooLong(0x0200_0028)),
        Fault(name: "lengths differ", changes: [36: 44], fault: .lengthsDiffer(40, 44)),
        Fault(name: "interface not described", changes: [8: 1], fault: .unknownInterface(1)),
        Fault(name: "more captured than there is", changes: [20: 9], fault: .badLength(9)),
        Fault(
            name: "captured length overflows", changes: [20: 0xFF, 21: 0xFF, 22: 0xFF, 23: 0xFF],
            fault: .badLength(.max)),
        Fault(name: "option beyond the block", changes: [20: 0, 28: 1, 30: 8], fault: .badOptions),
    ]
    @Test(arguments: faults) func stopsAtABadBlock(_ fault: Fault) {
        var file = FileBuilder()
        file.section()
        file.interface(201)
        let start = file.bytes.count
        file.packet(ticks: 1, SmallRecording.packets[0])
        let sound = file.bytes
        for (offset, value) in fault.changes { file.bytes[start + offset] = value }
        #expect(Outcome(sound).breakage == nil)
        let reading = Outcome(file.bytes + sound)
        #expect(
            reading.breakage
                == CaptureBreak(
                    position: UInt64(start), fault: fault.fault,
                    droppedBytes: UInt64(2 * sound.count - start)))
    }

    @Test func refusesABadFirstHeader() {
        var file = FileBuilder()
        file.section()
        func changed(_ offset: Int, to value: UInt8) -> CaptureError? {
            var bytes = file.bytes
            bytes[offset] = value
            return Outcome(bytes).error
        }
        #expect(changed(8, to: 0) == .badHeader(.pcapng, .badByteOrderMagic))
        #expect(changed(4, to: 24) == .badHeader(.pcapng, .badLength(24)))
        #expect(changed(12, to: 2) == .unsupportedVersion(.pcapng, major: 2, minor: 0))
        #expect(changed(24, to: 32) == .badHeader(.pcapng, .lengthsDiffer(28, 32)))
        #expect(changed(7, to: 2) == .badHeader(.pcapng, .tooLong(0x0200_001C)))
        #expect(Outcome(Array(file.bytes.prefix(20))).error == .headerCutShort(.pcapng))
    }

    @Test func doesNotFillMemoryWithInterfaces() {
        var file = FileBuilder()
        file.section()
        for _ in 0..<1100 { file.interface(201) }
        #expect(Outcome(file.bytes).breakage?.fault == .tooManyInterfaces)
    }

    @Test func turnsTheKernelsMonitorRecordsIntoPackets() {
        var file = FileBuilder()
        file.section()
        file.interface(254)
        // Adapter 1, opcode 2 (command); adapter 0, opcode 3 (event); a system note; a stub.
        file.packet(ticks: 1, [0, 1, 0, 2] + SmallRecording.reset.dropFirst())
        file.packet(ticks: 2, [0, 0, 0, 3] + SmallRecording.resetDone.dropFirst())
        file.packet(ticks: 3, [0xFF, 0xFF, 0, 12, 0x41])
        file.packet(ticks: 4, [0, 0, 0])
        let reading = Outcome(file.bytes)
        #expect(reading.frames.map(\.bytes) == Array(SmallRecording.packets.prefix(2)))
        #expect(reading.frames.map(\.header.interface) == [1, 0])
        #expect(reading.frames.map(\.header.originalLength) == [8, 11])
        #expect(reading.skipped == 2)
    }
}
