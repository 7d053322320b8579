// SPDX-License-Identifier: GPL-3.0-or-later

/// The CRC-32 of IEEE 802.3 (reflected polynomial 0xEDB88320), as pcapng's `epb_hash` algorithm 2 and zlib use it.
package struct CRC32: Sendable {
    private var state: UInt32 = 0xFFFF_FFFF

    package init() {}

    /// Eight tables of 256, one behind the other: the first is of one byte, each further one of that byte and one
    /// more zero. So eight bytes are taken in one step. Source: Intel, "Novel Table Lookup-Based Algorithms for
    /// High-Performance CRC Generation" (Kounavis, Berry; "slicing-by-8").
    ///
    /// An array within the value has its length in its type, so that indices below 2048 need no check.
    private static let tables: InlineArray<2048, UInt32> = {
        var tables = InlineArray<2048, UInt32>(repeating: 0)
        for index in 0..<256 {
            tables[index] = (0..<8).reduce(UInt32(index)) { value, _ in
                value & 1 == 0 ? value >> 1 : value >> 1 ^ 0xEDB8_8320
            }
        }
        for index in 256..<2048 {
            let before = tables[index - 256]
            tables[index] = before >> 8 ^ tables[Int(before & 0xFF)]
        }
        return tables
    }()

    package mutating func update(_ bytes: Span<UInt8>) {
        var state = state
        let count = bytes.count
        var offset = 0
        while count - offset >= 8 {
            let eight = bytes.extracting(offset..<offset + 8)
            let low = state ^ Self.word(eight, 0)
            let high = Self.word(eight, 4)
            state =
                Self.tables[1792 + Int(low & 0xFF)] ^ Self.tables[1536 + Int(low >> 8 & 0xFF)]
                ^ Self.tables[1280 + Int(low >> 16 & 0xFF)] ^ Self.tables[1024 + Int(low >> 24)]
                ^ Self.tables[768 + Int(high & 0xFF)] ^ Self.tables[512 + Int(high >> 8 & 0xFF)]
                ^ Self.tables[256 + Int(high >> 16 & 0xFF)] ^ Self.tables[Int(high >> 24)]
            offset += 8
        }
        while offset < count {
            state = state >> 8 ^ Self.tables[Int((state ^ UInt32(bytes[offset])) & 0xFF)]
            offset += 1
        }
        self.state = state
    }

    /// Little-endian.
    @inline(__always)
    private static func word(_ bytes: Span<UInt8>, _ offset: Int) -> UInt32 {
        UInt32(bytes[offset]) | UInt32(bytes[offset + 1]) << 8 | UInt32(bytes[offset + 2]) << 16
            | UInt32(bytes[offset + 3]) << 24
    }

    package var value: UInt32 { ~state }

    package static func checksum(_ bytes: Span<UInt8>) -> UInt32 {
        var crc = CRC32()
        crc.update(bytes)
        return crc.value
    }
}
