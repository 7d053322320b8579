// SPDX-License-Identifier: GPL-3.0-or-later
import BinaryCoding
import Testing

@Suite struct CRC16Tests {
    /// The check value of CRC-16/ARC in the public CRC catalogues.
    @Test func theCheckStringHasTheCataloguedValue() {
        #expect(CRC16.checksum([UInt8]("123456789".utf8).span) == 0xBB3D)
    }

    @Test func nothingIsZero() {
        #expect(CRC16().value == 0)
        #expect(CRC16.checksum([UInt8]().span) == 0)
    }

    @Test(arguments: 0...9) func piecesGiveWhatTheWholeGives(cut: Int) {
        let bytes = [UInt8]("123456789".utf8)
        var crc = CRC16()
        crc.update(bytes.span.extracting(0..<cut))
        crc.update(bytes.span.extracting(cut..<9))
        #expect(crc.value == 0xBB3D)
    }

    /// Appending its own checksum, low byte first, brings this CRC to zero.
    @Test func itsOwnChecksumCancelsIt() {
        let bytes = [UInt8]("123456789".utf8) + [0x3D, 0xBB]
        #expect(CRC16.checksum(bytes.span) == 0)
    }

    /// However long the input, the tables give what the polynomial gives bit by bit.
    @Test func everyLengthAgreesWithThePolynomial() {
        let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 13) }
        var state: UInt16 = 0
        for count in 0..<bytes.count {
            #expect(CRC16.checksum(bytes.span.extracting(0..<count)) == state)
            state ^= UInt16(bytes[count])
            for _ in 0..<8 { state = state & 1 == 1 ? (state >> 1) ^ 0xA001 : state >> 1 }
        }
    }
}
