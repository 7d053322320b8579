// SPDX-License-Identifier: GPL-3.0-or-later
import BinaryCoding
import GATT

/// What discovery has found of a peer, as far as it is of interest. Bounded, whatever the peer claims to have.
struct GATTAttributes: Sendable {
    struct Service: Equatable, Sendable {
        var uuid: GATTUUID
        var handles: ClosedRange<UInt16>
        var rank: Int
    }

    struct Characteristic: Equatable, Sendable, BitwiseCopyable {
        var uuid: GATTUUID
        var use: GATTInterest.Use
        /// Where its value is.
        var handle: UInt16
        /// The last handle that can be one of its descriptors.
        var end: UInt16
        /// Core 5.4, Vol 3 Part G, 3.3.1.1.
        var properties: UInt8
        /// The service in ``GATTAttributes/services``.
        var service: Int
        /// Its client configuration.
        var configuration: UInt16?
        var isSubscribed = false

        var canBeRead: Bool { properties & 0x02 != 0 }
        /// What to write into the client configuration: 1 for notifications, else 2 for indications; `nil` when it has neither.
        var subscription: UInt16? { properties & 0x10 != 0 ? 1 : properties & 0x20 != 0 ? 2 : nil }
    }

    /// A strap has five of interest.
    static let serviceLimit = 12
    static let characteristicLimit = 32

    private(set) var services: [Service] = []
    var characteristics: [Characteristic] = []
    /// The characteristic whose end the next declaration will tell.
    private var open: Int?

    /// The entries of a Read By Group Type Response (3.4.4.10).
    ///
    /// - Returns: the last group's end.
    /// - Throws: for entries that are not in ascending order from `first`.
    mutating func learnServices(_ pdu: Span<UInt8>, from first: UInt16) throws(DecodeError) -> UInt16 {
        var reader = ByteReader(pdu)
        try reader.skip(1, "opcode")
        let length = Int(try reader.uint8("entry length"))
        guard length == 6 || length == 20, reader.remaining > 0, reader.remaining % length == 0 else {
            throw .invalid(field: "entry length", offset: 1)
        }
        var next = Int(first)
        while reader.remaining > 0 {
            let offset = reader.offset
            let start = try reader.uint16("service handle")
            let end = try reader.uint16("group end")
            guard Int(start) >= next, end >= start else { throw .invalid(field: "service handle", offset: offset) }
            next = Int(end) + 1
            let uuid = GATTUUID(littleEndian: try reader.bytes(length - 4, "service UUID"))
            guard let uuid, let rank = GATTInterest.rank(ofService: uuid), services.count < Self.serviceLimit
            else { continue }
            services.append(Service(uuid: uuid, handles: start...end, rank: rank))
        }
        return UInt16(clamping: next - 1)
    }

    mutating func sortServices() {
        services.sort { ($0.rank, $0.handles.lowerBound) < ($1.rank, $1.handles.lowerBound) }
    }

    /// The entries of a Read By Type Response to a question for characteristic declarations (3.4.4.2; Part G, 3.3.1).
    ///
    /// - Returns: the last declaration's handle.
    /// - Throws: for entries that are not in ascending order from `first`, or leave the service.
    mutating func learnCharacteristics(
        _ pdu: Span<UInt8>, of service: Int, from first: UInt16
    ) throws(DecodeError) -> UInt16 {
        let handles = services[service].handles
        var reader = ByteReader(pdu)
        try reader.skip(1, "opcode")
        let length = Int(try reader.uint8("entry length"))
        guard length == 7 || length == 21, reader.remaining > 0, reader.remaining % length == 0 else {
            throw .invalid(field: "entry length", offset: 1)
        }
        var next = Int(first)
        while reader.remaining > 0 {
            let offset = reader.offset
            let declaration = try reader.uint16("declaration handle")
            let properties = try reader.uint8("properties")
            let value = try reader.uint16("value handle")
            guard Int(declaration) >= next, value > declaration, handles.contains(value) else {
                throw .invalid(field: "value handle", offset: offset)
            }
            next = Int(declaration) + 1
            if let open { characteristics[open].end = max(characteristics[open].handle, declaration &- 1) }
            open = nil
            let uuid = GATTUUID(littleEndian: try reader.bytes(length - 5, "characteristic UUID"))
            guard let uuid, let use = GATTInterest.use(ofCharacteristic: uuid),
                characteristics.count < Self.characteristicLimit
            else { continue }
            open = characteristics.count
            characteristics.append(
                Characteristic(
                    uuid: uuid, use: use, handle: value, end: handles.upperBound, properties: properties,
                    service: service))
        }
        return UInt16(clamping: next - 1)
    }

    /// What follows belongs to another service.
    mutating func endService() {
        open = nil
    }

    enum Search: Equatable, Sendable {
        case found(UInt16)
        /// Not in this part; the search goes on behind this handle.
        case upTo(UInt16)
        /// Another characteristic begins: there is none.
        case absent
    }

    /// Looks for the client configuration in a Find Information Response.
    ///
    /// - Throws: for entries that are not in ascending order within the range asked for.
    static func configuration(
        in pdu: Span<UInt8>, of range: ClosedRange<UInt16>
    ) throws(DecodeError) -> Search {
        var response = try FindInformationResponse(pdu)
        var last = Int(range.lowerBound) - 1
        while let entry = try response.next() {
            guard Int(entry.handle) > last, range.contains(entry.handle) else {
                throw .invalid(field: "handle", offset: entry.offset)
            }
            last = Int(entry.handle)
            if entry.uuid == .clientConfiguration { return .found(entry.handle) }
            // Declarations of services, includes and characteristics.
            if let short = entry.uuid.short, (0x2800...0x2803).contains(short) { return .absent }
        }
        return .upTo(UInt16(clamping: last))
    }

    /// The characteristic whose value is at a handle.
    func characteristic(at handle: UInt16) -> Int? {
        for index in characteristics.indices where characteristics[index].handle == handle { return index }
        return nil
    }
}
