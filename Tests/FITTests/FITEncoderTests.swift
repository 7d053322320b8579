// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import FIT

@Suite struct FITEncoderTests {
    /// What an encoder comes to when it is drained after every so many bytes.
    static func file(_ write: (inout FITEncoder) -> Void, drains: Bool = false) -> [UInt8] {
        var encoder = FITEncoder()
        var bytes: [UInt8] = []
        func take(_ span: Span<UInt8>) { for index in span.indices { bytes.append(span[index]) } }
        if drains { encoder.drain(take) }
        write(&encoder)
        if drains { encoder.drain(take) }
        encoder.finish()
        encoder.drain(take)
        bytes.replaceSubrange(0..<14, with: encoder.header)
        return bytes
    }

    static let fileID: [FITFieldValue] = [.init(0, .enum(4)), .init(1, .uint16(255)), .init(4, .uint32(1_000_000_000))]

    @Test(arguments: [false, true]) func aMessageIsItsDefinitionAndItsData(drains: Bool) {
        let records: [UInt8] = [
            0x4F, 0x00, 0x00,  // definition of local type 15, reserved, little-endian
            0x00, 0x00, 0x03,  // global message 0, three fields
            0x00, 0x01, 0x00,  // type: 1 byte, enum
            0x01, 0x02, 0x84,  // manufacturer: 2 bytes, uint16
            0x04, 0x04, 0x86,  // time_created: 4 bytes, uint32
            0x0F,  // data of local type 15
            0x04, 0xFF, 0x00,  // activity, 255
            0x00, 0xCA, 0x9A, 0x3B,  // 1 000 000 000
        ]
        var wanted = FITFileBuilder(records: records).bytes
        // The builder's own profile version is another one.
        wanted[2] = 0xE2
        wanted[3] = 0x52
        let checksum = FITFileBuilder.crc(Array(wanted[0..<12]))
        wanted[12] = UInt8(truncatingIfNeeded: checksum)
        wanted[13] = UInt8(truncatingIfNeeded: checksum >> 8)
        let file = Self.file({ $0.message(0, Self.fileID) }, drains: drains)
        #expect(Array(file.dropLast(2)) == Array(wanted.dropLast(2)))
        // Over everything before it, computed bit by bit.
        let covered: [UInt8] = Array(file.dropLast(2))
        let trailer: [UInt8] = FITFileBuilder.littleEndian(Int(FITFileBuilder.crc(covered)), bytes: 2)
        #expect(Array(file.suffix(2)) == trailer)
    }

    @Test func aLayoutInForceIsNotDefinedAgain() {
        let once = Self.file { $0.message(0, Self.fileID) }
        let twice = Self.file {
            $0.message(0, Self.fileID)
            $0.message(0, Self.fileID)
        }
        #expect(twice.count == once.count + 8)
    }

    @Test func moreLayoutsThanLocalTypesReplaceTheOldest() {
        let file = Self.file { encoder in
            for round in 0..<3 {
                for number: UInt16 in 100..<140 { encoder.message(number, [.init(0, .uint16(UInt16(round)))]) }
            }
        }
        let decoded = DecodedFile(file)
        #expect(decoded.notes == [])
        let numbers: [UInt16] = Array(100..<140)
        #expect(decoded.messages.map(\.number) == numbers + numbers + numbers)
        let rounds: [Double] = [0.0, 1.0, 2.0].flatMap { [Double](repeating: $0, count: 40) }
        #expect(decoded.messages.compactMap { $0.values[0][0] } == rounds)
    }

    @Test func absentValuesAreInvalidPatterns() {
        let file = Self.file { encoder in
            encoder.message(
                20,
                [
                    .init(0, .enum(nil)), .init(1, .uint8(nil)), .init(2, .uint16(nil)), .init(3, .uint32(nil)),
                    .init(4, .uint16z(nil)), .init(5, .float32(nil)), .init(6, .string("")),
                ])
        }
        let decoded = DecodedFile(file)
        #expect(decoded.messages.count == 1)
        #expect(decoded.messages[0].values.allSatisfy { $0.allSatisfy { $0 == nil } })
        #expect(decoded.messages[0].texts == [])
    }

    @Test func textsAreCutBetweenCharacters() {
        let long = String(repeating: "ä", count: 200)
        let file = Self.file { encoder in
            encoder.message(
                0, [.init(8, .string(long)), .init(9, .text("warmup", size: 4)), .init(10, .string("a\u{0}b"))])
        }
        #expect(DecodedFile(file).messages[0].texts == [String(repeating: "ä", count: 127), "war", "a"])
    }

    @Test func developerFieldsComeBackAsDescribed() {
        let file = Self.file { encoder in
            encoder.message(207, [.init(3, .uint8(0))])
            encoder.message(
                206, [.init(0, .uint8(0)), .init(1, .uint8(7)), .init(2, .uint8(2)), .init(3, .string("effort"))])
            encoder.message(19, [.init(0, .enum(9))], developerFields: [.init(7, .uint8(88))])
        }
        #expect(DecodedFile(file).messages.last?.developerValues == [[88]])
    }

    /// A minute of everything that a session writes, drained as it comes: what a killed writer leaves is any prefix of it.
    static var cutFile: [UInt8] {
        var encoder = FITEncoder()
        var bytes: [UInt8] = []
        encoder.message(0, fileID)
        var records = FITRecordEncoder(effortField: 0, phaseField: 1)
        for second: UInt32 in 0..<60 {
            var values = FITRecordEncoder.Values(timestamp: 1_000_000_000 + second)
            values.heartRate = 100 + Double(second)
            if second > 3 { values.speed = 3 }
            if second % 7 != 0 { values.cadence = 80.5 }
            records.write(values, to: &encoder)
            records.write(intervals: [600, 601], to: &encoder)
            encoder.drain { span in for index in span.indices { bytes.append(span[index]) } }
        }
        encoder.finish()
        encoder.drain { span in for index in span.indices { bytes.append(span[index]) } }
        return bytes
    }

    @Test func aFileCutAtAnyByteIsReadUpToTheBreak() {
        let whole = Self.cutFile
        let all = DecodedFile(whole)
        #expect(all.messages.filter { $0.number == 20 }.count == 60)
        #expect(all.notes == [])
        var last = 0
        for length in 14...whole.count {
            let part = DecodedFile(Array(whole.prefix(length)))
            #expect(part.error == nil)
            // Every message that is whole, and nothing else.
            #expect(part.messages.elementsEqual(all.messages.prefix(part.messages.count)))
            #expect(part.messages.count >= last)
            last = part.messages.count
        }
        #expect(last == all.messages.count)
    }

    @Test func recordsHoldNoFieldForWhatIsAbsent() {
        let file = Self.file { encoder in
            var records = FITRecordEncoder(effortField: 0, phaseField: 1)
            var values = FITRecordEncoder.Values(timestamp: 1_000_000_000)
            records.write(values, to: &encoder)
            values.heartRate = 61.5
            values.speed = 3.1236
            values.cadence = 81.75
            values.distance = 1000.126
            values.effort = 0.874
            values.phase = 2
            records.write(values, to: &encoder)
            values.speed = -1
            values.heartRate = .nan
            values.cadence = 1e9
            records.write(values, to: &encoder)
        }
        let messages = DecodedFile(file).messages
        #expect(messages[0].values == [[1_000_000_000]])
        // timestamp, distance in cm, both speeds in mm/s, heart rate, whole strides and 128ths.
        let values: [[Double?]] = [[1_000_000_000], [100_013], [3124], [3124], [62], [81], [96]]
        #expect(messages[1].values == values)
        // Nothing has described them, so they come as bytes: rounded percent, phase.
        #expect(messages[1].developerValues == [[87], [2]])
        #expect(messages[2].values == [[1_000_000_000], [100_013]])
    }

    @Test func manyKindsOfRecordsShareTheLocalTypes() {
        let file = Self.file { encoder in
            var records = FITRecordEncoder(effortField: 0, phaseField: 1)
            for round: UInt32 in 0..<128 {
                var values = FITRecordEncoder.Values(timestamp: 1_000_000_000 + round)
                if round & 1 != 0 { values.heartRate = 60 }
                if round & 2 != 0 { values.speed = 2 }
                if round & 4 != 0 { values.cadence = 80 }
                if round & 8 != 0 { values.distance = 10 }
                records.write(values, to: &encoder)
                records.write(intervals: [800, 801, 802, 803, 804, 805], to: &encoder)
            }
        }
        let decoded = DecodedFile(file)
        #expect(decoded.notes == [])
        let records = decoded.messages.filter { $0.number == 20 }
        let times: [UInt32] = Array(1_000_000_000..<1_000_000_128)
        #expect(records.compactMap(\.timestamp) == times)
        for (round, record) in records.enumerated() {
            var count = 1 + (round & 1)
            // Speed is two fields, and so is cadence.
            count += round & 2
            if round & 4 != 0 { count += 2 }
            if round & 8 != 0 { count += 1 }
            #expect(record.values.count == count)
        }
        #expect(decoded.messages.filter { $0.number == 78 }.count == 256)
    }

    @Test func datesBeforeJuly1998CannotBeSaid() {
        #expect(FITProfile.dateTime(unixSeconds: 0) == nil)
        // 0x10000000 s after 1989-12-31.
        #expect(FITProfile.dateTime(unixSeconds: 899_501_055) == nil)
        #expect(FITProfile.dateTime(unixSeconds: 899_501_056) == 0x1000_0000)
        #expect(FITProfile.dateTime(unixSeconds: 631_065_600 + 0xFFFF_FFFF) == nil)
    }
}
