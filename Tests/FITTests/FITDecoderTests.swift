// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import FIT

@Suite struct FITDecoderTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        var name: String
        var records: [UInt8]
        var expected: [DecodedMessage]
        var testDescription: String { name }
    }

    static let vectors: [Vector] = [
        Vector(
            name: "a record with time and heart rate, little-endian",
            records: [
                0x40,  // definition, local type 0
                0x00, 0x00,  // reserved, little-endian
                0x14, 0x00,  // message 20
                0x02,  // two fields
                0xFD, 0x04, 0x86,  // 253, 4 bytes, uint32
                0x03, 0x01, 0x02,  // 3, 1 byte, uint8
                0x00,  // data, local type 0
                0x00, 0xCA, 0x9A, 0x3B,  // 1 000 000 000
                0x8C,  // 140
            ],
            expected: [
                DecodedMessage(number: 20, timestamp: 1_000_000_000, values: [[1e9], [140]])
            ]),
        Vector(
            name: "the same, big-endian",
            records: [
                0x4F,  // definition, local type 15
                0x00, 0x01,  // reserved, big-endian
                0x00, 0x14,  // message 20
                0x02,  // two fields
                0xFD, 0x04, 0x86,  // 253, 4 bytes, uint32
                0x03, 0x01, 0x02,  // 3, 1 byte, uint8
                0x0F,  // data, local type 15
                0x3B, 0x9A, 0xCA, 0x00,  // 1 000 000 000
                0x8C,  // 140
            ],
            expected: [
                DecodedMessage(number: 20, timestamp: 1_000_000_000, values: [[1e9], [140]])
            ]),
        Vector(
            name: "compressed timestamps roll over",
            records: [
                0x42,  // definition, local type 2
                0x00, 0x00, 0x14, 0x00,  // reserved, little-endian, message 20
                0x01,  // one field
                0xFD, 0x04, 0x86,  // 253, 4 bytes, uint32
                0x43,  // definition, local type 3
                0x00, 0x00, 0x14, 0x00,  // reserved, little-endian, message 20
                0x01,  // one field
                0x03, 0x01, 0x02,  // 3, 1 byte, uint8
                0xE5, 0x60,  // compressed, local type 3, offset 5: no time to start from yet
                0x02, 0x3B, 0x00, 0x00, 0x10,  // 0x1000003B, low five bits 27
                0xFB, 0x61,  // compressed, local type 3, offset 27: the same second
                0xFF, 0x62,  // offset 31: 4 s later
                0xE2, 0x63,  // offset 2: 3 s later, over the 32 s edge
                0xE1, 0x64,  // offset 1: 31 s later
            ],
            expected: [
                DecodedMessage(number: 20, timestamp: nil, values: [[0x60]]),
                DecodedMessage(number: 20, timestamp: 0x1000_003B, values: [[0x1000_003B]]),
                DecodedMessage(number: 20, timestamp: 0x1000_003B, values: [[0x61]]),
                DecodedMessage(number: 20, timestamp: 0x1000_003F, values: [[0x62]]),
                DecodedMessage(number: 20, timestamp: 0x1000_0042, values: [[0x63]]),
                DecodedMessage(number: 20, timestamp: 0x1000_0061, values: [[0x64]]),
            ]),
        Vector(
            name: "developer fields, described and not",
            records: [
                0x40,  // definition, local type 0
                0x00, 0x00, 0xCE, 0x00,  // reserved, little-endian, message 206 field_description
                0x04,  // four fields
                0x00, 0x01, 0x02,  // 0 developer index, uint8
                0x01, 0x01, 0x02,  // 1 number, uint8
                0x02, 0x01, 0x02,  // 2 base type, uint8
                0x03, 0x04, 0x07,  // 3 name, 4 bytes, string
                0x00, 0x00, 0x05, 0x84, 0x50, 0x77, 0x72, 0x00,  // developer 0, field 5, uint16, "Pwr"
                0x61,  // definition with developer fields, local type 1
                0x00, 0x00, 0x14, 0x00,  // reserved, little-endian, message 20
                0x01,  // one field
                0x03, 0x01, 0x02,  // 3, 1 byte, uint8
                0x02,  // two developer fields
                0x05, 0x02, 0x00,  // 5, 2 bytes, developer 0
                0x06, 0x02, 0x00,  // 6, 2 bytes, developer 0: nothing has described it
                0x01, 0x50, 0x2C, 0x01, 0x01, 0x02,  // heart rate 80, power 300, two bytes
                0x01, 0x51, 0xFF, 0xFF, 0xFF, 0x02,  // 81, no power, two bytes of which one invalid
            ],
            expected: [
                DecodedMessage(
                    number: 206, timestamp: nil, values: [[0], [5], [0x84], [nil]], texts: ["Pwr"]),
                DecodedMessage(
                    number: 20, timestamp: nil, values: [[80]], developerValues: [[300], [1, 2]]),
                DecodedMessage(
                    number: 20, timestamp: nil, values: [[81]], developerValues: [[nil], [nil, 2]]),
            ]),
        Vector(
            name: "a local type redefined, an unknown message, fields of no size and of odd size",
            records: [
                0x40, 0x00, 0x00, 0x00, 0xFF,  // local type 0 is message 0xFF00, which no profile knows
                0x02,  // two fields
                0x07, 0x00, 0x86,  // 7, 0 bytes, uint32
                0x08, 0x03, 0x84,  // 8, 3 bytes, uint16: no multiple, so bytes
                0x00, 0x01, 0xFF, 0x03,
                0x40, 0x00, 0x00, 0x14, 0x00,  // local type 0 is now message 20
                0x01,  // one field
                0x03, 0x01, 0x02,  // 3, 1 byte, uint8
                0x00, 0x5A,
            ],
            expected: [
                DecodedMessage(number: 0xFF00, timestamp: nil, values: [[], [1, nil, 3]]),
                DecodedMessage(number: 20, timestamp: nil, values: [[90]]),
            ]),
        Vector(
            name: "arrays and strings",
            records: [
                0x40, 0x00, 0x00, 0x4E, 0x00,  // local type 0 is message 78 hrv
                0x04,  // four fields
                0x00, 0x06, 0x84,  // 0, 6 bytes, uint16: three of them
                0x01, 0x05, 0x07,  // 1, 5 bytes, string
                0x02, 0x02, 0x07,  // 2, 2 bytes, string
                0x03, 0x03, 0x07,  // 3, 3 bytes, string
                0x00,
                0x20, 0x03, 0xFF, 0xFF, 0x84, 0x03,  // 800, none, 900
                0x41, 0x62, 0x00, 0x63, 0x64,  // "Ab", and what follows its end
                0x00, 0x00,  // empty
                0x58, 0x59, 0x5A,  // "XYZ", not terminated
            ],
            expected: [
                DecodedMessage(
                    number: 78, timestamp: nil, values: [[800, nil, 900], [nil], [nil], [nil]],
                    texts: ["Ab", "XYZ"])
            ]),
        Vector(
            name: "a message without any field",
            records: [0x40, 0x00, 0x00, 0x14, 0x00, 0x00, 0x00, 0x00],
            expected: [
                DecodedMessage(number: 20, timestamp: nil), DecodedMessage(number: 20, timestamp: nil),
            ]),
    ]

    @Test(arguments: vectors) func decodes(_ vector: Vector) {
        let file = DecodedFile(FITFileBuilder(records: vector.records).bytes)
        #expect(file.messages == vector.expected)
        #expect(file.notes == [])
        #expect(file.error == nil)
        #expect(file.isAtEnd)
    }

    /// Every byte by hand, checksums (computed with a separate program) included.
    @Test func aWholeFileWrittenByHandIsReadWithoutANote() {
        let file = DecodedFile([
            0x0E, 0x20, 0x54, 0x08,  // 14 bytes of header, protocol 2.0, profile 21.32
            0x12, 0x00, 0x00, 0x00,  // 18 bytes of data
            0x2E, 0x46, 0x49, 0x54,  // ".FIT"
            0x39, 0x04,  // the header's checksum
            0x40, 0x00, 0x00, 0x14, 0x00, 0x02,  // message 20, two fields
            0xFD, 0x04, 0x86, 0x03, 0x01, 0x02,  // 253 uint32, 3 uint8
            0x00, 0x00, 0xCA, 0x9A, 0x3B, 0x8C,  // 1 000 000 000 s, 140
            0xA1, 0x12,  // the file's checksum
        ])
        #expect(file.messages == Self.vectors[0].expected)
        #expect(file.notes == [])
    }

    struct TypeVector: Sendable, CustomTestStringConvertible {
        var type: UInt8
        /// Little-endian.
        var bytes: [UInt8]
        var expected: Double
        var invalid: [UInt8]
        var testDescription: String { "base type \(type)" }
    }

    static let typeVectors: [TypeVector] = [
        TypeVector(type: 0x00, bytes: [0x00], expected: 0, invalid: [0xFF]),
        TypeVector(type: 0x01, bytes: [0xFF], expected: -1, invalid: [0x7F]),
        TypeVector(type: 0x02, bytes: [0xFE], expected: 254, invalid: [0xFF]),
        TypeVector(type: 0x83, bytes: [0x00, 0x80], expected: -32768, invalid: [0xFF, 0x7F]),
        TypeVector(type: 0x84, bytes: [0xFE, 0xFF], expected: 65534, invalid: [0xFF, 0xFF]),
        TypeVector(
            type: 0x85, bytes: [0xFE, 0xFF, 0xFF, 0xFF], expected: -2, invalid: [0xFF, 0xFF, 0xFF, 0x7F]),
        TypeVector(
            type: 0x86, bytes: [0x01, 0x00, 0x00, 0x80], expected: 2_147_483_649,
            invalid: [0xFF, 0xFF, 0xFF, 0xFF]),
        TypeVector(
            type: 0x88, bytes: [0x00, 0x00, 0x48, 0xC1], expected: -12.5, invalid: [0xFF, 0xFF, 0xFF, 0xFF]),
        TypeVector(
            type: 0x89, bytes: [0, 0, 0, 0, 0, 0, 0xE0, 0x3F], expected: 0.5,
            invalid: [UInt8](repeating: 0xFF, count: 8)),
        TypeVector(type: 0x0A, bytes: [0xFF], expected: 255, invalid: [0x00]),
        TypeVector(type: 0x8B, bytes: [0xFF, 0xFF], expected: 65535, invalid: [0x00, 0x00]),
        TypeVector(
            type: 0x8C, bytes: [0xFF, 0xFF, 0xFF, 0xFF], expected: 4_294_967_295, invalid: [0, 0, 0, 0]),
        TypeVector(type: 0x0D, bytes: [0x00], expected: 0, invalid: [0xFF]),
        TypeVector(
            type: 0x8E, bytes: [0xFD] + [UInt8](repeating: 0xFF, count: 7), expected: -3,
            invalid: [UInt8](repeating: 0xFF, count: 7) + [0x7F]),
        TypeVector(
            type: 0x8F, bytes: [0, 0, 0, 0, 1, 0, 0, 0], expected: 4_294_967_296,
            invalid: [UInt8](repeating: 0xFF, count: 8)),
        TypeVector(
            type: 0x90, bytes: [0, 0, 0, 0, 0, 0, 0, 0x80], expected: 0x1p63,
            invalid: [UInt8](repeating: 0, count: 8)),
        // The "more than one byte" bit left out, as some writers do.
        TypeVector(type: 0x04, bytes: [0x2C, 0x01], expected: 300, invalid: [0xFF, 0xFF]),
    ]

    @Test(arguments: typeVectors, [false, true])
    func everyBaseTypeHasItsValuesAndItsInvalidOne(_ vector: TypeVector, bigEndian: Bool) {
        let size = UInt8(vector.bytes.count)
        let ordered = bigEndian ? vector.bytes.reversed() : vector.bytes
        let invalid = bigEndian ? vector.invalid.reversed() : vector.invalid
        var builder = FITFileBuilder()
        builder.records = [0x40, 0x00, bigEndian ? 1 : 0, 0x14, 0x14, 0x01, 0x09, size, vector.type]
        builder.records += [0x00] + ordered + [0x00] + invalid
        let file = DecodedFile(builder.bytes)
        #expect(file.messages.map(\.values) == [[[vector.expected]], [[nil]]])
    }

    @Test func floatsThatAreNoNumbersAreAbsent() {
        // float32: NaN, infinity
        var builder = FITFileBuilder(records: [0x40, 0, 0, 0x14, 0, 0x01, 0x09, 0x04, 0x88])
        builder.records += [0x00, 0x00, 0x00, 0xC0, 0x7F, 0x00, 0x00, 0x00, 0x80, 0x7F]
        #expect(DecodedFile(builder.bytes).messages.map(\.values) == [[[nil]], [[nil]]])
    }

    // MARK: Files

    static let simple = vectors[0].records

    @Test func headersOfTwelveAndOfFutureSizesAreRead() {
        for size: UInt8 in [12, 14, 16, 255] {
            let file = DecodedFile(FITFileBuilder(records: Self.simple, headerSize: size).bytes)
            #expect(file.messages == Self.vectors[0].expected)
            #expect(file.notes == [])
        }
    }

    @Test func aHeaderChecksumMayBeZeroAndIsOnlyNotedWhenWrong() {
        let zero = DecodedFile(FITFileBuilder(records: Self.simple, headerChecksum: 0).bytes)
        #expect(zero.notes == [])
        let wrong = DecodedFile(FITFileBuilder(records: Self.simple, headerChecksum: 0x1234).bytes)
        #expect(wrong.messages == Self.vectors[0].expected)
        #expect(wrong.notes == ["byte 0: the file header's checksum is wrong; read all the same"])
    }

    @Test func aWrongFileChecksumIsNotedWhereItStands() {
        let file = DecodedFile(FITFileBuilder(records: Self.simple, checksum: 0x1234).bytes)
        #expect(file.messages == Self.vectors[0].expected)
        #expect(file.notes == ["byte 32: the file's checksum is wrong: some of its data may be"])
    }

    @Test func chainedFilesAreReadInARowAndShareNoDefinitions() {
        let one = FITFileBuilder(records: Self.simple).bytes
        let chained = DecodedFile(one + FITFileBuilder(records: Self.simple, headerSize: 12).bytes)
        #expect(chained.messages == Self.vectors[0].expected + Self.vectors[0].expected)
        #expect(chained.files == 2)
        #expect(chained.notes == [])

        let orphan = DecodedFile(one + FITFileBuilder(records: [0x00, 0, 0, 0, 0, 0]).bytes)
        #expect(orphan.messages == Self.vectors[0].expected)
        #expect(
            orphan.notes == [
                "byte 48: a message of local type 0, which nothing has defined; the rest of this file, up to byte 54, "
                    + "is dropped"
            ])
    }

    @Test func rubbishBehindAFileIsNotedAndDropped() {
        for tail: [UInt8] in [[0], [0, 0, 0], [UInt8](repeating: 0, count: 40), [UInt8]("hello, world, hello".utf8)] {
            let file = DecodedFile(FITFileBuilder(records: Self.simple).bytes + tail)
            #expect(file.messages == Self.vectors[0].expected)
            #expect(file.notes == ["byte 34: what follows the FIT file is no FIT file: dropped"])
            #expect(file.isAtEnd)
        }
    }

    /// Zeros would read as messages of local type 0.
    @Test func paddingBehindAWrongChecksumIsNoData() {
        let file = DecodedFile(
            FITFileBuilder(records: Self.simple, checksum: 0x1234).bytes + [UInt8](repeating: 0, count: 40))
        #expect(file.messages == Self.vectors[0].expected)
        #expect(file.notes.count == 2)
    }

    /// A device that dies leaves the size it wrote first.
    @Test(arguments: [0, 1, 12, 13, 17]) func dataBeyondAWrongSizeIsRead(claimed: Int) {
        var builder = FITFileBuilder(records: Self.simple + Self.simple.suffix(6), claimedSize: claimed)
        let expected = Self.vectors[0].expected + Self.vectors[0].expected
        let closed = DecodedFile(builder.bytes)
        #expect(closed.messages == expected)
        // With a size of 0 the file claims nothing that is wrong.
        #expect(closed.notes.count == (claimed == 0 ? 0 : 1))

        let open = DecodedFile(builder.bytes.dropLast(2))
        #expect(open.messages == expected)
        #expect(open.notes.last == "byte 38: the input ends without a checksum")

        builder.claimedSize = 0
        let chained = DecodedFile(builder.bytes + FITFileBuilder(records: Self.simple).bytes)
        #expect(chained.messages == expected + Self.vectors[0].expected)
        #expect(chained.notes == [])
    }

    @Test func aSizeTooLargeIsForgivenWhenTheChecksumStandsAtTheEnd() {
        let file = DecodedFile(FITFileBuilder(records: Self.simple, claimedSize: 999).bytes)
        #expect(file.messages == Self.vectors[0].expected)
        #expect(file.notes == ["byte 32: the file ends here, not at byte 1013 as its header says"])
    }

    @Test func aFileOfHeaderAndChecksumOnlyHoldsNothing() {
        let file = DecodedFile(FITFileBuilder().bytes)
        #expect(file.messages == [])
        #expect(file.notes == [])
        #expect(file.error == nil)
    }

    @Test func aBreakDropsTheRestOfItsFileButNotTheNextFile() {
        // 0x05: local type 5, never defined.
        let broken = FITFileBuilder(records: Self.simple + [0x05, 1, 2, 3, 4, 5, 6, 7]).bytes
        let file = DecodedFile(broken + FITFileBuilder(records: Self.simple).bytes)
        #expect(file.messages == Self.vectors[0].expected + Self.vectors[0].expected)
        #expect(file.files == 2)
        #expect(
            file.notes == [
                "byte 32: a message of local type 5, which nothing has defined; the rest of this file, up to byte 40, "
                    + "is dropped"
            ])
    }

    @Test func aMessagePastTheEndOfAFileThatIsWholeIsDropped() {
        let broken = FITFileBuilder(records: Self.simple + [0x00, 0x00, 0xCA]).bytes
        let file = DecodedFile(broken + FITFileBuilder(records: Self.simple).bytes)
        #expect(file.messages == Self.vectors[0].expected + Self.vectors[0].expected)
        #expect(
            file.notes == [
                "byte 32: a message runs past the end of the data; the rest of this file, up to byte 35, is dropped"
            ])
    }

    @Test func whatIsNoFITFileIsRefusedWithThePlace() {
        #expect(DecodedFile([]).error == FITError(.empty, offset: 0))
        #expect(DecodedFile([0x0E, 0x20]).error == FITError(.headerCutShort, offset: 0))
        let text = DecodedFile([UInt8]("t_s,hr_bpm,speed_mps\n".utf8))
        #expect(text.error == FITError(.noSignature, offset: 0))
        #expect(text.isAtEnd)
        #expect(
            DecodedFile([4] + [UInt8](repeating: 0, count: 20)).error == FITError(.headerSize(4), offset: 0))
        let whole = FITFileBuilder(records: Self.simple).bytes
        #expect(DecodedFile([UInt8](whole.prefix(13))).error == FITError(.headerCutShort, offset: 0))
        #expect(
            FITError(.noSignature, offset: 0).description
                == "byte 0: not a FIT file: \".FIT\" is missing from its header")
    }

    @Test func developerFieldsAreListedWithTheirNames() throws {
        var decoder = FITDecoder()
        decoder.append(FITFileBuilder(records: Self.vectors[3].records).bytes.span)
        #expect(try decoder.advance())
        #expect(
            decoder.developerFields == [
                FITDeveloperField(
                    developerIndex: 0, number: 5, type: .uint16, name: "Pwr", units: nil,
                    nativeMessage: nil, nativeField: nil)
            ])
        #expect(decoder.message.offset == 14 + 18)
    }
}
