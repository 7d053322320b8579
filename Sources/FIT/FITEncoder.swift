// SPDX-License-Identifier: GPL-3.0-or-later
import BinaryCoding

/// Writes a FIT file as its messages come.
///
/// ```swift
/// var encoder = FITEncoder()
/// encoder.message(0, [FITFieldValue(0, .enum(4))])
/// encoder.drain { write($0) }          // as often as one likes
/// encoder.finish()                     // the checksum
/// encoder.drain { write($0) }
/// writeAtStart(encoder.header)         // the true size
/// ```
///
/// The header drained first promises no size (0), which readers take for a file whose writer died: what was written so far can be read up to
/// any byte at which it ends. The file's CRC covers the header too, whose size is not known before the end; but a CRC-16 without a final
/// exclusive-or comes to 0 over any bytes that their own CRC follows, as in the 14 bytes of a header, so the CRC of the data alone, begun
/// at 0, is the file's.
///
/// Memory: what is not drained, and sixteen definitions.
///
/// Source: FIT protocol, "File Header", "CRC", "Record Header Byte", "Definition Message".
package struct FITEncoder: Sendable {
    /// A message whose layout keeps its local type for the whole file, so that writing one compares nothing.
    package struct Local: Equatable, Sendable, BitwiseCopyable {
        fileprivate let type: UInt8
    }

    package static let headerLength = 14
    private static let slotCount = 16
    /// Protocol 2.0, the first with developer fields: the high four bits are the major number.
    private static let protocolVersion: UInt8 = 0x20
    /// 1000 × major + minor of the profile that ``FITProfile`` follows.
    private static let profileVersion: UInt16 = 21_218

    private var bytes: [UInt8] = []
    /// Pending bytes that the CRC covers already or never will.
    private var checked = headerLength
    private var crc = CRC16()
    /// Bytes of definitions and data before those pending.
    private var drainedData = -headerLength
    private var slots = [FITLayout?](repeating: nil, count: slotCount)
    /// Slots below this are of ``define(_:)``.
    private var kept = 0
    private var nextSlot = slotCount - 1
    private var isFinished = false

    package init() {
        bytes.reserveCapacity(4096)
        bytes += Self.header(dataSize: 0)
    }

    /// Bytes to drain.
    package var pendingBytes: Int { bytes.count }

    /// Bytes between header and checksum so far.
    private var dataSize: Int { drainedData + bytes.count - (isFinished ? 2 : 0) }

    /// The first 14 bytes of the file as they are to be in the end. A file beyond 4 GiB keeps the size 0.
    package var header: [UInt8] { Self.header(dataSize: UInt32(exactly: dataSize) ?? 0) }

    private static func header(dataSize: UInt32) -> [UInt8] {
        var header: [UInt8] = [UInt8(headerLength), protocolVersion]
        header += [UInt8(truncatingIfNeeded: profileVersion), UInt8(truncatingIfNeeded: profileVersion >> 8)]
        for shift in [0, 8, 16, 24] { header.append(UInt8(truncatingIfNeeded: dataSize >> UInt32(shift))) }
        header += ".FIT".utf8
        let checksum = CRC16.checksum(header.span)
        return header + [UInt8(truncatingIfNeeded: checksum), UInt8(truncatingIfNeeded: checksum >> 8)]
    }

    /// Hands over all that is pending, and forgets it.
    package mutating func drain<Failure: Error>(_ body: (Span<UInt8>) throws(Failure) -> Void) throws(Failure) {
        addToChecksum()
        try body(bytes.span)
        drainedData += bytes.count
        bytes.removeAll(keepingCapacity: true)
        checked = 0
    }

    private mutating func addToChecksum() {
        guard bytes.count > checked else { return }
        var crc = crc
        crc.update(bytes.span.extracting(droppingFirst: checked))
        self.crc = crc
        checked = bytes.count
    }

    /// Ends the file with its checksum. Call once, after the last message.
    package mutating func finish() {
        guard !isFinished else { return }
        addToChecksum()
        isFinished = true
        put(crc.value)
        checked = bytes.count
    }

    // MARK: Messages

    /// Gives a layout a local type for the whole file, and writes its definition. At most 8 can have one.
    package mutating func define(_ layout: FITLayout) -> Local {
        precondition(kept < 8, "no more than 8 layouts keep their local type")
        let slot = kept
        kept += 1
        slots[slot] = layout
        writeDefinition(layout, type: UInt8(slot))
        return Local(type: UInt8(slot))
    }

    /// Gives a local type another layout from here on.
    package mutating func redefine(_ local: Local, _ layout: FITLayout) {
        slots[Int(local.type)] = layout
        writeDefinition(layout, type: local.type)
    }

    /// Begins a data message of a kept layout: the caller puts all of its fields, in order.
    @inline(__always)
    package mutating func begin(_ local: Local) { bytes.append(local.type) }

    /// Writes a data message, and before it a definition where none of the same layout is in force.
    package mutating func message(
        _ number: UInt16, _ fields: [FITFieldValue], developerFields: [FITFieldValue] = []
    ) {
        let layout = FITLayout(
            number, fields.map { .init($0.number, $0.value.type, count: $0.value.size / $0.value.type.size) },
            developerFields: developerFields.map { .init($0.number, size: $0.value.size) })
        let slot: Int
        if let known = slots.indices.first(where: { $0 >= kept && slots[$0] == layout }) {
            slot = known
        } else {
            slot = nextSlot
            // From the top down, and round again above those that are kept.
            nextSlot = nextSlot > max(kept, 8) ? nextSlot - 1 : Self.slotCount - 1
            slots[slot] = layout
            writeDefinition(layout, type: UInt8(slot))
        }
        bytes.append(UInt8(slot))
        for field in fields.prefix(255) { put(field.value) }
        for field in developerFields.prefix(255) { put(field.value) }
    }

    private mutating func writeDefinition(_ layout: FITLayout, type: UInt8) {
        let hasDeveloperFields = !layout.developerFields.isEmpty
        // Bit 6: a definition; bit 5: developer fields. Then a reserved byte, and 0 for little-endian.
        bytes += [0x40 | (hasDeveloperFields ? 0x20 : 0) | type, 0, 0]
        put(layout.number)
        bytes.append(UInt8(layout.fields.count))
        for field in layout.fields { bytes += [field.number, field.size, field.type.typeByte] }
        guard hasDeveloperFields else { return }
        bytes.append(UInt8(layout.developerFields.count))
        for field in layout.developerFields { bytes += [field.number, field.size, field.developerIndex] }
    }

    // MARK: Values

    @inline(__always)
    package mutating func put(_ value: UInt8) { bytes.append(value) }

    /// Little-endian, as all of the file.
    @inline(__always)
    package mutating func put(_ value: UInt16) {
        bytes.append(UInt8(truncatingIfNeeded: value))
        bytes.append(UInt8(truncatingIfNeeded: value >> 8))
    }

    @inline(__always)
    package mutating func put(_ value: UInt32) {
        put(UInt16(truncatingIfNeeded: value))
        put(UInt16(truncatingIfNeeded: value >> 16))
    }

    private mutating func put(_ value: FITValue) {
        switch value {
        case .enum(let value), .uint8(let value): put(value ?? 0xFF)
        case .uint16(let value): put(value ?? 0xFFFF)
        case .uint16z(let value): put(value ?? 0)
        case .uint32z(let value): put(value ?? 0)
        case .uint32(let value): put(value ?? 0xFFFF_FFFF)
        case .float32(let value): put(value?.bitPattern ?? 0xFFFF_FFFF)
        case .string(let text):
            bytes += FITValue.characters(text, limit: 254)
            bytes.append(0)
        case .text(let text, let size):
            let characters = FITValue.characters(text, limit: max(Int(size) - 1, 0))
            bytes += characters
            bytes += repeatElement(0, count: Int(size) - characters.count)
        case .bytes(let octets): bytes += octets.prefix(255)
        case .uint32s(let values): for value in values.prefix(63) { put(value) }
        }
    }
}
