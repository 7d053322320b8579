// SPDX-License-Identifier: GPL-3.0-or-later
import BinaryCoding
import Testing

@Suite struct ByteReaderTests {
    @Test func readsLittleEndianNumbersInTurn() throws {
        let bytes: [UInt8] = [
            0x01,  // a byte
            0x02, 0x03,  // 0x0302
            0x04, 0x05, 0x06, 0x07,  // 0x07060504
            0xAA, 0xBB, 0xCC,  // the rest
        ]
        var reader = ByteReader(bytes.span)
        #expect(try reader.uint8("a") == 0x01)
        #expect(try reader.uint16("b") == 0x0302)
        #expect(try reader.uint32("c") == 0x0706_0504)
        #expect(reader.offset == 7)
        try reader.skip(1, "d")
        let rest = try reader.bytes(2, "e")
        #expect(rest[0] == 0xBB && rest[1] == 0xCC)
        #expect(reader.remaining == 0)
    }

    @Test func saysWhichFieldIsCutShortAndWhere() {
        let bytes: [UInt8] = [1, 2, 3]
        var reader = ByteReader(bytes.span)
        #expect(throws: DecodeError.truncated(field: "b", offset: 1)) {
            _ = try reader.uint8("a")
            _ = try reader.uint32("b")
        }
        #expect(reader.offset == 1)
        #expect(throws: DecodeError.truncated(field: "c", offset: 1)) { try reader.skip(3, "c") }
        #expect(throws: DecodeError.truncated(field: "d", offset: 1)) { try reader.skip(-1, "d") }
        #expect(throws: DecodeError.truncated(field: "e", offset: 1)) { _ = try reader.bytes(.max, "e").count }
    }
}
