// SPDX-License-Identifier: GPL-3.0-or-later

/// Little-endian integers at fixed places in a header whose length the caller has checked once. The span is narrowed
/// first: then there is one check of bounds, and one load.
extension Span<UInt8> {
    @inlinable
    @inline(__always)
    func littleEndian16(at offset: Int) -> UInt16 {
        let two = extracting(offset..<offset &+ 2)
        return UInt16(two[0]) | UInt16(two[1]) &<< 8
    }

    @inlinable
    @inline(__always)
    func littleEndian32(at offset: Int) -> UInt32 {
        let four = extracting(offset..<offset &+ 4)
        return UInt32(four[0]) | UInt32(four[1]) &<< 8 | UInt32(four[2]) &<< 16 | UInt32(four[3]) &<< 24
    }

    @inline(__always)
    func integer16(at offset: Int, bigEndian: Bool) -> UInt16 {
        let value = littleEndian16(at: offset)
        return bigEndian ? value.byteSwapped : value
    }

    @inline(__always)
    func integer32(at offset: Int, bigEndian: Bool) -> UInt32 {
        let value = littleEndian32(at: offset)
        return bigEndian ? value.byteSwapped : value
    }

    @inline(__always)
    func littleEndian64(at offset: Int) -> UInt64 {
        UInt64(littleEndian32(at: offset)) | UInt64(littleEndian32(at: offset + 4)) << 32
    }
}

/// Little-endian integers at the end of an array.
extension [UInt8] {
    mutating func appendLittleEndian<Value: FixedWidthInteger & UnsignedInteger>(_ value: Value) {
        append(addingCapacity: Value.bitWidth / 8) { output in
            for index in 0..<Value.bitWidth / 8 {
                output.append(UInt8(truncatingIfNeeded: value >> Value(8 * index)))
            }
        }
    }

    mutating func append(_ bytes: Span<UInt8>) {
        // Adding nothing to an empty array, the standard library would still write its count: into the one empty array that all threads share.
        if bytes.isEmpty { return }
        append(addingCapacity: bytes.count) { output in
            for index in bytes.indices { output.append(bytes[index]) }
        }
    }
}
