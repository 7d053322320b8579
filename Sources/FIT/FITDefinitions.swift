// SPDX-License-Identifier: GPL-3.0-or-later
import BinaryCoding

/// What the definition messages in force say: sixteen local message types, each describing one layout.
///
/// All fields lie in two arrays with a fixed place for each type. They grow to the highest type that a file defines (files use the lowest), so
/// that redefining one allocates nothing, and a reader of a small file does not begin by filling a hundred kilobytes.
struct FITDefinitions: Sendable {
    /// One local message type.
    struct Layout: Sendable, BitwiseCopyable {
        var isDefined = false
        var number: UInt16 = 0
        var bigEndian = false
        /// Of all fields, in bytes, without the record header.
        var size = 0
        var fieldCount = 0
        var developerFieldCount = 0
        /// Field 253, where it is a uint32 of one element.
        var timestamp: FITField?
    }

    private static let slots = 16
    /// A definition counts its fields, and its developer fields, in one byte each.
    private static let perSlot = 255

    private var layouts = [Layout](repeating: Layout(), count: slots)
    private var fields: [FITField] = []
    private var developerFields: [FITField] = []

    private static func makePlace(for slot: Int, in fields: inout [FITField]) {
        let missing = (slot + 1) * perSlot - fields.count
        guard missing > 0 else { return }
        let none = FITField(number: 0xFF, size: 0, type: .byte, developerIndex: nil, offset: 0)
        fields.append(contentsOf: repeatElement(none, count: missing))
    }

    /// Forgets every definition, as a new FIT file does.
    mutating func reset() {
        for slot in layouts.indices { layouts[slot].isDefined = false }
    }

    /// - Returns: `nil` when nothing has defined this local type.
    func layout(_ slot: Int) -> Layout? {
        guard layouts.indices.contains(slot), layouts[slot].isDefined else { return nil }
        return layouts[slot]
    }

    /// Bytes that a definition message takes, its record header included.
    ///
    /// - Parameter bytes: from the record header on.
    /// - Returns: `nil` while too few bytes are there to tell.
    static func length(_ bytes: Span<UInt8>) -> Int? {
        guard bytes.count >= 6 else { return nil }
        let fixed = 6 + 3 * Int(bytes[5])
        guard bytes[0] & 0x20 != 0 else { return fixed }
        guard bytes.count > fixed else { return nil }
        return fixed + 1 + 3 * Int(bytes[fixed])
    }

    /// Reads a definition message.
    ///
    /// Layout: record header, reserved, architecture (0 little-endian, 1 big-endian), global message number, field
    /// count, then number, size and base type of each; with bit 5 of the header set a developer field count and
    /// number, size and developer index of each. Source: FIT protocol, "Definition Message".
    ///
    /// - Parameters:
    ///   - queue: holds the whole message at its front.
    ///   - descriptions: what is known of developer fields.
    mutating func define(from queue: ByteQueue, describedBy descriptions: [FITDeveloperField]) {
        let bytes = queue.bytes
        guard let length = Self.length(bytes), length <= bytes.count else { return }
        let slot = Int(bytes[0] & 0x0F)
        var layout = Layout(isDefined: true, bigEndian: bytes[2] != 0)
        layout.number =
            layout.bigEndian
            ? UInt16(bytes[3]) << 8 | UInt16(bytes[4]) : UInt16(bytes[4]) << 8 | UInt16(bytes[3])
        layout.fieldCount = Int(bytes[5])
        Self.makePlace(for: slot, in: &fields)
        for index in 0..<layout.fieldCount {
            let at = 6 + 3 * index
            let field = FITField(
                number: bytes[at], size: bytes[at + 1],
                type: FITBaseType(typeByte: bytes[at + 2]), developerIndex: nil,
                offset: layout.size)
            fields[slot * Self.perSlot + index] = field
            layout.size += Int(field.size)
            if field.number == FITProfile.timestampField, field.type == .uint32, field.size == 4 {
                layout.timestamp = field
            }
        }
        if bytes[0] & 0x20 != 0 {
            let start = 6 + 3 * layout.fieldCount
            layout.developerFieldCount = Int(bytes[start])
            Self.makePlace(for: slot, in: &developerFields)
            for index in 0..<layout.developerFieldCount {
                let at = start + 1 + 3 * index
                let number = bytes[at]
                let developer = bytes[at + 2]
                let description = descriptions.last {
                    $0.number == number && $0.developerIndex == developer
                }
                let field = FITField(
                    number: number, size: bytes[at + 1], type: description?.type ?? .byte,
                    developerIndex: developer, offset: layout.size)
                developerFields[slot * Self.perSlot + index] = field
                layout.size += Int(field.size)
            }
        }
        layouts[slot] = layout
    }

    /// - Parameter layout: what ``layout(_:)`` answered for `slot`.
    @_lifetime(borrow self)
    func fields(of layout: Layout, slot: Int) -> Span<FITField> {
        guard layout.fieldCount > 0 else { return Span() }
        let start = slot * Self.perSlot
        return fields.span.extracting(start..<start + layout.fieldCount)
    }

    @_lifetime(borrow self)
    func developerFields(of layout: Layout, slot: Int) -> Span<FITField> {
        guard layout.developerFieldCount > 0 else { return Span() }
        let start = slot * Self.perSlot
        return developerFields.span.extracting(start..<start + layout.developerFieldCount)
    }
}
