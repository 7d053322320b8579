// SPDX-License-Identifier: GPL-3.0-or-later
package import BinaryCoding

/// What a Find Information Response lists: handles, and which attribute stands at each.
///
/// ```
/// opcode | format: uint8 | handle: uint16, UUID: 2 bytes in format 1, 16 in format 2   (repeated)
/// ```
/// Source: Core 5.4, Vol 3 Part F, 3.4.3.2.
package struct FindInformationResponse: ~Escapable {
    package struct Entry: Equatable, Sendable, BitwiseCopyable {
        package var handle: UInt16
        package var uuid: GATTUUID
        /// Where it begins, in bytes from the opcode.
        package var offset: Int
    }

    private var reader: ByteReader
    private let width: Int

    /// - Parameter pdu: opcode first.
    /// - Throws: `.truncated` where there is no format, `.invalid` for a format that there is not and for a list that is empty or does
    ///   not end with an entry.
    @_lifetime(copy pdu)
    package init(_ pdu: Span<UInt8>) throws(DecodeError) {
        var reader = ByteReader(pdu)
        try reader.skip(1, "opcode")
        switch try reader.uint8("format") {
        case 1: width = 2
        case 2: width = 16
        default: throw .invalid(field: "format", offset: 1)
        }
        guard reader.remaining > 0, reader.remaining % (2 + width) == 0 else {
            throw .invalid(field: "information list", offset: 2)
        }
        self.reader = reader
    }

    /// - Returns: `nil` behind the last entry.
    package mutating func next() throws(DecodeError) -> Entry? {
        guard reader.remaining > 0 else { return nil }
        let offset = reader.offset
        let handle = try reader.uint16("handle")
        return GATTUUID(littleEndian: try reader.bytes(width, "UUID")).map {
            Entry(handle: handle, uuid: $0, offset: offset)
        }
    }
}
