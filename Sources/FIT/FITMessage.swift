// SPDX-License-Identifier: GPL-3.0-or-later

/// One data message, borrowed from the decoder that read it.
///
/// A value is `nil` where its base type's "invalid" pattern stands, and where the field holds no such element.
package struct FITMessage: ~Escapable {
    /// The profile's global message number: see ``FITProfile``.
    package let number: UInt16
    /// Of the record header byte, from the start of the input.
    package let offset: Int
    /// Seconds since the FIT epoch: field 253, or what a compressed-timestamp header makes of the time before.
    package let timestamp: UInt32?
    package let fields: Span<FITField>
    package let developerFields: Span<FITField>
    private let payload: Span<UInt8>
    private let bigEndian: Bool

    @_lifetime(copy payload, copy fields, copy developerFields)
    init(
        number: UInt16, offset: Int, timestamp: UInt32?, bigEndian: Bool,
        payload: Span<UInt8>, fields: Span<FITField>, developerFields: Span<FITField>
    ) {
        self.number = number
        self.offset = offset
        self.timestamp = timestamp
        self.bigEndian = bigEndian
        self.payload = payload
        self.fields = fields
        self.developerFields = developerFields
    }

    /// The first field of the profile with this number.
    package func field(_ number: UInt8) -> FITField? {
        for index in fields.indices where fields[index].number == number { return fields[index] }
        return nil
    }

    /// The bits of an element, whatever they mean; `nil` past the field's end.
    private func bits(_ field: FITField, _ index: Int) -> UInt64? {
        guard index >= 0, index < field.count else { return nil }
        let size = field.type.size
        let start = Int(field.offset) &+ index &* size
        guard start &+ size <= payload.count else { return nil }
        if size == 1 { return UInt64(payload[start]) }
        var value: UInt64 = 0
        if bigEndian {
            for position in start..<start &+ size { value = value << 8 | UInt64(payload[position]) }
        } else {
            for position in (start..<start &+ size).reversed() {
                value = value << 8 | UInt64(payload[position])
            }
        }
        return value
    }

    /// An element of an unsigned, enumerated or byte field; `nil` for any other type.
    package func unsigned(_ field: FITField, at index: Int = 0) -> UInt64? {
        switch field.type {
        case .enum, .uint8, .uint16, .uint32, .uint8z, .uint16z, .uint32z, .byte, .uint64, .uint64z:
            guard let bits = bits(field, index), bits != field.type.invalid else { return nil }
            return bits
        case .sint8, .sint16, .sint32, .sint64, .string, .float32, .float64:
            return nil
        }
    }

    /// An element of any numeric field, without the profile's scale and offset. Not finite counts as absent.
    package func number(_ field: FITField, at index: Int = 0) -> Double? {
        guard let bits = bits(field, index), bits != field.type.invalid else { return nil }
        let value: Double
        switch field.type {
        case .enum, .uint8, .uint16, .uint32, .uint8z, .uint16z, .uint32z, .byte, .uint64, .uint64z:
            value = Double(bits)
        case .sint8: value = Double(Int8(truncatingIfNeeded: bits))
        case .sint16: value = Double(Int16(truncatingIfNeeded: bits))
        case .sint32: value = Double(Int32(truncatingIfNeeded: bits))
        case .sint64: value = Double(Int64(truncatingIfNeeded: bits))
        case .float32: value = Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
        case .float64: value = Double(bitPattern: bits)
        case .string: return nil
        }
        return value.isFinite ? value : nil
    }

    /// A string field up to its first zero byte, broken UTF-8 repaired; `nil` when empty.
    package func text(_ field: FITField) -> String? {
        guard field.type == .string else { return nil }
        var characters: [UInt8] = []
        for index in 0..<field.count {
            guard let character = bits(field, index), character != 0 else { break }
            characters.append(UInt8(truncatingIfNeeded: character))
        }
        return characters.isEmpty ? nil : String(decoding: characters, as: UTF8.self)
    }

    /// The first element of the profile's field `number`, where it is unsigned and fits.
    package func unsigned<Value: FixedWidthInteger>(_ number: UInt8, as _: Value.Type) -> Value? {
        guard let field = field(number), let value = unsigned(field) else { return nil }
        return Value(exactly: value)
    }

    /// The text of the profile's field `number`.
    package func text(_ number: UInt8) -> String? {
        guard let field = field(number) else { return nil }
        return text(field)
    }
}
