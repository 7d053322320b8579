// SPDX-License-Identifier: GPL-3.0-or-later

/// How a field's bytes are to be read.
///
/// Source: FIT protocol, "Base Types". The raw value is the low five bits of the type byte; its bit 7 only says that
/// the type has more than one byte, and some writers leave it out, so it is not looked at.
package enum FITBaseType: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    case `enum` = 0
    case sint8
    case uint8
    case sint16
    case uint16
    case sint32
    case uint32
    case string
    case float32
    case float64
    case uint8z
    case uint16z
    case uint32z
    case byte
    case sint64
    case uint64
    case uint64z

    /// - Parameter typeByte: as in a definition message. An unknown type is read as bytes, as the protocol asks.
    package init(typeByte: UInt8) {
        self = FITBaseType(rawValue: typeByte & 0x1F) ?? .byte
    }

    /// Bytes in one element.
    package var size: Int {
        switch self {
        case .enum, .sint8, .uint8, .string, .uint8z, .byte: 1
        case .sint16, .uint16, .uint16z: 2
        case .sint32, .uint32, .float32, .uint32z: 4
        case .float64, .sint64, .uint64, .uint64z: 8
        }
    }

    /// The bit pattern that means "no value".
    package var invalid: UInt64 {
        switch self {
        case .enum, .uint8, .byte: 0xFF
        case .sint8: 0x7F
        case .sint16: 0x7FFF
        case .uint16: 0xFFFF
        case .sint32: 0x7FFF_FFFF
        case .uint32, .float32: 0xFFFF_FFFF
        case .sint64: 0x7FFF_FFFF_FFFF_FFFF
        case .uint64, .float64: .max
        case .string, .uint8z, .uint16z, .uint32z, .uint64z: 0
        }
    }
}
