// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import BinaryCoding

@Suite struct CRC32Tests {
    /// Published check values of CRC-32 (IEEE 802.3).
    @Test(
        arguments: [
            ("", 0), ("a", 0xE8B7_BE43), ("abc", 0x3524_41C2), ("123456789", 0xCBF4_3926),
            ("The quick brown fox jumps over the lazy dog", 0x414F_A339),
        ] as [(String, UInt32)])
    func agreesWithPublishedValues(_ text: String, checksum: UInt32) {
        #expect(CRC32.checksum(Array(text.utf8).span) == checksum)
    }

    /// Bit by bit, as the polynomial says.
    private func slowly(_ bytes: [UInt8]) -> UInt32 {
        var state: UInt32 = .max
        for byte in bytes {
            state ^= UInt32(byte)
            for _ in 0..<8 { state = state & 1 == 0 ? state >> 1 : state >> 1 ^ 0xEDB8_8320 }
        }
        return ~state
    }

    @Test func agreesWithTheDefinitionAtEveryLengthAndSplit() {
        let bytes = (0..<150).map { UInt8(truncatingIfNeeded: $0 &* 151 &+ 11) }
        for length in 0...bytes.count {
            let part = Array(bytes.prefix(length))
            let expected = slowly(part)
            #expect(CRC32.checksum(part.span) == expected)
            for split in [0, length / 3, length] {
                var crc = CRC32()
                crc.update(part.span.extracting(0..<split))
                crc.update(part.span.extracting(split..<length))
                #expect(crc.value == expected)
            }
            var byTables = CRC32()
            byTables.updateByTables(part.span)
            #expect(byTables.value == expected)
        }
    }
}
