// SPDX-License-Identifier: GPL-3.0-or-later

/// Wraps hand-written records into a FIT file. Shares no code with the decoder.
struct FITFileBuilder {
    var records: [UInt8] = []
    /// What the header claims; the truth when `nil`.
    var claimedSize: Int?
    /// 12 or 14.
    var headerSize: UInt8 = 14
    /// 14-byte headers only: the true one when `nil`.
    var headerChecksum: UInt16?
    /// The true one when `nil`.
    var checksum: UInt16?

    /// Bit by bit, as the polynomial says.
    static func crc(_ bytes: [UInt8]) -> UInt16 {
        var state: UInt16 = 0
        for byte in bytes {
            state ^= UInt16(byte)
            for _ in 0..<8 { state = state & 1 == 1 ? (state >> 1) ^ 0xA001 : state >> 1 }
        }
        return state
    }

    static func littleEndian(_ value: Int, bytes: Int) -> [UInt8] {
        (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    var bytes: [UInt8] {
        var file: [UInt8] = [headerSize, 0x20, 0x54, 0x08]
        file += Self.littleEndian(claimedSize ?? records.count, bytes: 4)
        file += [UInt8](".FIT".utf8)
        if headerSize >= 14 {
            file += Self.littleEndian(Int(headerChecksum ?? Self.crc(file)), bytes: 2)
            file += [UInt8](repeating: 0, count: Int(headerSize) - 14)
        }
        file += records
        return file + Self.littleEndian(Int(checksum ?? Self.crc(file)), bytes: 2)
    }
}
