// SPDX-License-Identifier: GPL-3.0-or-later

/// The CRC-16 of FIT files: reflected polynomial 0xA001, starting at 0; catalogued as CRC-16/ARC.
///
/// Source: the nibble table in the FIT protocol's "CRC" section, which is this polynomial's.
package struct CRC16: Sendable {
    package private(set) var value: UInt16 = 0

    package init() {}

    /// Four tables in one: entry 256 × n + b is what byte b does to the state n bytes later. Four bytes a step take less
    /// than half the time of one a step.
    private static let tables: [UInt16] = {
        var entries: [UInt16] = (0..<256).map { index in
            (0..<8).reduce(UInt16(index)) { value, _ in
                value & 1 == 0 ? value >> 1 : value >> 1 ^ 0xA001
            }
        }
        for index in 256..<1024 {
            let before = entries[index - 256]
            entries.append(before >> 8 ^ entries[Int(before & 0xFF)])
        }
        return entries
    }()

    package mutating func update(_ bytes: Span<UInt8>) {
        var state = value
        let tables = Self.tables
        var index = 0
        while bytes.count &- index >= 4 {
            let low = Int(UInt8(truncatingIfNeeded: state) ^ bytes[index])
            let high = Int(UInt8(truncatingIfNeeded: state >> 8) ^ bytes[index &+ 1])
            state = tables[768 &+ low] ^ tables[512 &+ high]
            state ^= tables[256 &+ Int(bytes[index &+ 2])] ^ tables[Int(bytes[index &+ 3])]
            index &+= 4
        }
        while index < bytes.count {
            state = state >> 8 ^ tables[Int((state ^ UInt16(bytes[index])) & 0xFF)]
            index &+= 1
        }
        value = state
    }

    package static func checksum(_ bytes: Span<UInt8>) -> UInt16 {
        var crc = CRC16()
        crc.update(bytes)
        return crc.value
    }
}
