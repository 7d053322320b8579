// SPDX-License-Identifier: GPL-3.0-or-later

/// The CRC-32 of IEEE 802.3 (reflected polynomial 0xEDB88320), as pcapng's `epb_hash` algorithm 2 and zlib use it.
package struct CRC32: Sendable {
    private var state: UInt32 = 0xFFFF_FFFF

    package init() {}

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in
            value & 1 == 0 ? value >> 1 : value >> 1 ^ 0xEDB8_8320
        }
    }

    package mutating func update(_ bytes: Span<UInt8>) {
        var state = state
        let table = Self.table
        for index in bytes.indices {
            state = state >> 8 ^ table[Int((state ^ UInt32(bytes[index])) & 0xFF)]
        }
        self.state = state
    }

    package var value: UInt32 { ~state }

    package static func checksum(_ bytes: Span<UInt8>) -> UInt32 {
        var crc = CRC32()
        crc.update(bytes)
        return crc.value
    }
}
