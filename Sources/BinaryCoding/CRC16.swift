// SPDX-License-Identifier: GPL-3.0-or-later

/// The CRC-16 of FIT files: reflected polynomial 0xA001, starting at 0; catalogued as CRC-16/ARC.
///
/// Source: the nibble table in the FIT protocol's "CRC" section, which is this polynomial's.
package struct CRC16: Sendable {
    package private(set) var value: UInt16 = 0

    package init() {}

    private static let table: [UInt16] = (0..<256).map { index in
        (0..<8).reduce(UInt16(index)) { value, _ in
            value & 1 == 0 ? value >> 1 : value >> 1 ^ 0xA001
        }
    }

    package mutating func update(_ bytes: Span<UInt8>) {
        var state = value
        let table = Self.table
        for index in bytes.indices {
            state = state >> 8 ^ table[Int((state ^ UInt16(bytes[index])) & 0xFF)]
        }
        value = state
    }

    package static func checksum(_ bytes: Span<UInt8>) -> UInt16 {
        var crc = CRC16()
        crc.update(bytes)
        return crc.value
    }
}
