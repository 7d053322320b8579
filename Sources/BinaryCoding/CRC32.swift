// SPDX-License-Identifier: GPL-3.0-or-later
import CChecksum

/// The CRC-32 of IEEE 802.3 (reflected polynomial 0xEDB88320), as pcapng's `epb_hash` algorithm 2 and zlib use it.
package struct CRC32: Sendable {
    private var state: UInt32 = 0xFFFF_FFFF

    package init() {}

    /// Sixteen tables of 256, one behind the other: the first is of one byte, each further one of that byte and one
    /// more zero. So sixteen bytes are taken in one step, each of which waits for the one before. Source: Intel, "Novel Table Lookup-Based Algorithms for
    /// High-Performance CRC Generation" (Kounavis, Berry; "slicing-by-8", here twice as wide).
    ///
    /// An array within the value has its length in its type, so that indices below 4096 need no check.
    private static let tables: InlineArray<4096, UInt32> = {
        var tables = InlineArray<4096, UInt32>(repeating: 0)
        for index in 0..<256 {
            tables[index] = (0..<8).reduce(UInt32(index)) { value, _ in
                value & 1 == 0 ? value >> 1 : value >> 1 ^ 0xEDB8_8320
            }
        }
        for index in 256..<4096 {
            let before = tables[index - 256]
            tables[index] = before >> 8 ^ tables[Int(before & 0xFF)]
        }
        return tables
    }()

    /// Whether the processor multiplies without carries: a quarter of the instructions of the tables then.
    private static let isMultiplied = cchecksum_is_available() != 0

    package mutating func update(_ bytes: Span<UInt8>) {
        guard bytes.count >= 16, Self.isMultiplied else { return updateByTables(bytes) }
        let state = state
        // SAFETY: the bytes are read, all of them, during the call only.
        self.state = unsafe bytes.withUnsafeBufferPointer { pointer in
            guard let start = pointer.baseAddress else { return state }
            return unsafe cchecksum_crc32(state, start, pointer.count)
        }
    }

    /// As ``update(_:)``, on any processor.
    mutating func updateByTables(_ bytes: Span<UInt8>) {
        var state = state
        let count = bytes.count
        var offset = 0
        while count - offset >= 16 {
            let part = bytes.extracting(offset..<offset + 16)
            state =
                Self.terms(state ^ Self.word(part, 0), 3072) ^ Self.terms(Self.word(part, 4), 2048)
                ^ Self.terms(Self.word(part, 8), 1024) ^ Self.terms(Self.word(part, 12), 0)
            offset += 16
        }
        while count - offset >= 4 {
            state = Self.terms(state ^ Self.word(bytes.extracting(offset..<offset + 4), 0), 0)
            offset += 4
        }
        while offset < count {
            state = state >> 8 ^ Self.tables[Int((state ^ UInt32(bytes[offset])) & 0xFF)]
            offset += 1
        }
        self.state = state
    }

    /// What four bytes come to that have `table` / 256 more bytes behind them in the step.
    @inline(__always)
    private static func terms(_ word: UInt32, _ table: Int) -> UInt32 {
        tables[table + 768 + Int(word & 0xFF)] ^ tables[table + 512 + Int(word >> 8 & 0xFF)]
            ^ tables[table + 256 + Int(word >> 16 & 0xFF)] ^ tables[table + Int(word >> 24)]
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
