// SPDX-License-Identifier: GPL-3.0-or-later

/// Little-endian integers at fixed places in a header whose length the caller has checked once.
extension Span<UInt8> {
    func littleEndian16(at offset: Int) -> UInt16 {
        UInt16(self[offset]) | UInt16(self[offset + 1]) << 8
    }

    func littleEndian32(at offset: Int) -> UInt32 {
        UInt32(littleEndian16(at: offset)) | UInt32(littleEndian16(at: offset + 2)) << 16
    }

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
        append(addingCapacity: bytes.count) { output in
            for index in bytes.indices { output.append(bytes[index]) }
        }
    }
}
