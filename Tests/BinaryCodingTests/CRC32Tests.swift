// SPDX-License-Identifier: GPL-3.0-or-later
import BinaryCoding
import Testing

@Suite struct CRC32Tests {
    /// The check value that every catalogue of CRCs gives for CRC-32/ISO-HDLC.
    @Test func agreesWithTheCatalogue() {
        #expect(CRC32.checksum(Array("123456789".utf8).span) == 0xCBF4_3926)
        #expect(CRC32.checksum([UInt8]().span) == 0)
        #expect(CRC32.checksum([UInt8](repeating: 0, count: 32).span) == 0x190A_55AD)
    }

    @Test func canBeFedInParts() {
        let bytes = Array("The quick brown fox jumps over the lazy dog".utf8)
        for cut in 0...bytes.count {
            var crc = CRC32()
            crc.update(bytes.span.extracting(first: cut))
            crc.update(bytes.span.extracting(droppingFirst: cut))
            #expect(crc.value == 0x414F_A339)
        }
    }
}
