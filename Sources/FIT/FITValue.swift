// SPDX-License-Identifier: GPL-3.0-or-later

/// A field's value as it is to be written; an absent one becomes its type's "invalid" pattern, so that a message keeps its layout.
package enum FITValue: Equatable, Sendable {
    case `enum`(UInt8?)
    case uint8(UInt8?)
    case uint16(UInt16?)
    case uint32(UInt32?)
    case uint16z(UInt16?)
    case uint32z(UInt32?)
    case float32(Float?)
    /// At most 254 bytes of UTF-8, cut between characters, with the zero byte that ends it.
    case string(String)
    /// The same in a field of `size` bytes, filled up with zeros, so that messages with texts of different lengths share a layout.
    case text(String, size: UInt8)
    case bytes([UInt8])
    case uint32s([UInt32])

    var type: FITBaseType {
        switch self {
        case .enum: .enum
        case .uint8: .uint8
        case .uint16: .uint16
        case .uint32, .uint32s: .uint32
        case .uint16z: .uint16z
        case .uint32z: .uint32z
        case .float32: .float32
        case .string, .text: .string
        case .bytes: .byte
        }
    }

    /// In bytes.
    var size: Int {
        switch self {
        case .enum, .uint8: 1
        case .uint16, .uint16z: 2
        case .uint32, .uint32z, .float32: 4
        case .string(let text): Self.characters(text, limit: 254).count + 1
        case .text(_, let size): Int(size)
        case .bytes(let bytes): min(bytes.count, 255)
        case .uint32s(let values): 4 * min(values.count, 63)
        }
    }

    /// - Parameter limit: in bytes, without the zero at the end.
    static func characters(_ text: String, limit: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for character in text {
            let more = Array(character.utf8)
            // A zero byte would end the string where it stands.
            guard bytes.count + more.count <= limit, !more.contains(0) else { break }
            bytes += more
        }
        return bytes
    }
}

/// A field of the profile, or of a developer, and what stands in it.
package struct FITFieldValue: Equatable, Sendable {
    package var number: UInt8
    package var value: FITValue
    package init(_ number: UInt8, _ value: FITValue) {
        self.number = number
        self.value = value
    }
}
