// SPDX-License-Identifier: GPL-3.0-or-later

/// A cursor over borrowed bytes. Every read is checked: bytes that are not there throw.
package struct ByteReader: ~Escapable {
    private let bytes: Span<UInt8>
    /// Bytes read so far.
    package private(set) var offset = 0

    @_lifetime(copy bytes)
    package init(_ bytes: Span<UInt8>) {
        self.bytes = bytes
    }

    /// Bytes not yet read.
    package var remaining: Int { bytes.count - offset }

    private mutating func littleEndian<Value: FixedWidthInteger & UnsignedInteger>(
        _ field: String, _: Value.Type
    ) throws(DecodeError) -> Value {
        let width = Value.bitWidth / 8
        guard remaining >= width else { throw .truncated(field: field, offset: offset) }
        var value: Value = 0
        for index in 0..<width {
            value |= Value(truncatingIfNeeded: bytes[offset + index]) << (8 * index)
        }
        offset += width
        return value
    }

    package mutating func uint8(_ field: String) throws(DecodeError) -> UInt8 {
        try littleEndian(field, UInt8.self)
    }
    /// Little-endian.
    package mutating func uint16(_ field: String) throws(DecodeError) -> UInt16 {
        try littleEndian(field, UInt16.self)
    }
    /// Little-endian.
    package mutating func uint32(_ field: String) throws(DecodeError) -> UInt32 {
        try littleEndian(field, UInt32.self)
    }

    /// The next `count` bytes, not copied.
    @_lifetime(copy self)
    package mutating func bytes(_ count: Int, _ field: String) throws(DecodeError) -> Span<UInt8> {
        guard count >= 0, count <= remaining else { throw .truncated(field: field, offset: offset) }
        let taken = bytes.extracting(offset..<offset + count)
        offset += count
        return taken
    }

    package mutating func skip(_ count: Int, _ field: String) throws(DecodeError) {
        guard count >= 0, count <= remaining else { throw .truncated(field: field, offset: offset) }
        offset += count
    }
}
