// SPDX-License-Identifier: GPL-3.0-or-later

/// The attributes of a simulated Bluetooth LE sensor, and the answers of its ATT server.
///
/// Source: Bluetooth Core Specification, Vol 3, Part F (Attribute Protocol) section 3.4 and Part G (GATT) section 3.
struct AttributeTable: Sendable {
    struct Attribute: Equatable, Sendable {
        var handle: UInt16
        /// A 16-bit UUID.
        var type: UInt16
        var value: [UInt8]
    }

    static let primaryService: UInt16 = 0x2800
    static let characteristic: UInt16 = 0x2803
    static let clientConfiguration: UInt16 = 0x2902

    private(set) var attributes: [Attribute] = []

    /// - Parameter gap: handles left free before the service, as real devices have.
    mutating func addService(_ uuid: UInt16, gap: UInt16 = 0) {
        add(Self.primaryService, [UInt8(truncatingIfNeeded: uuid), UInt8(truncatingIfNeeded: uuid >> 8)], gap: gap)
    }

    /// Adds a declaration, the value, and where it notifies the client configuration.
    mutating func addCharacteristic(_ uuid: UInt16, value: [UInt8], notifies: Bool = false, reads: Bool = true) {
        let handle = (attributes.last?.handle ?? 0) &+ 2
        var declaration: [UInt8] = [(notifies ? 0x10 : 0) | (reads ? 0x02 : 0)]
        declaration.append16(handle)
        declaration.append16(uuid)
        add(Self.characteristic, declaration)
        add(uuid, value)
        if notifies { add(Self.clientConfiguration, [0, 0]) }
    }

    private mutating func add(_ type: UInt16, _ value: [UInt8], gap: UInt16 = 0) {
        attributes.append(
            Attribute(handle: (attributes.last?.handle ?? 0) &+ 1 &+ gap, type: type, value: value))
    }

    /// The handle of a characteristic's value; 0 when there is none.
    func handle(of uuid: UInt16) -> UInt16 {
        attributes.first { $0.type == uuid }?.handle ?? 0
    }

    /// The last handle of the service that begins at `start`.
    func end(ofServiceAt start: UInt16) -> UInt16 {
        let following = attributes.first { $0.handle > start && $0.type == Self.primaryService }
        guard let following else { return 0xFFFF }
        return attributes.last { $0.handle < following.handle }?.handle ?? start
    }

    /// The server's answer to a request.
    func answer(to request: [UInt8], mtu: Int) -> [UInt8] {
        func word(_ offset: Int) -> UInt16 {
            offset + 1 < request.count ? UInt16(request[offset]) | UInt16(request[offset + 1]) << 8 : 0
        }
        switch request.first {
        case 0x02:
            var response: [UInt8] = [0x03]
            response.append16(UInt16(truncatingIfNeeded: mtu))
            return response
        case 0x04: return findInformation(word(1)...max(word(1), word(3)), mtu: mtu)
        case 0x08: return readByType(word(1)...max(word(1), word(3)), type: word(5), mtu: mtu)
        case 0x0A:
            guard let found = attributes.first(where: { $0.handle == word(1) }) else {
                return error(0x0A, word(1), 0x01)
            }
            return [0x0B] + found.value.prefix(mtu - 1)
        case 0x10: return readByGroup(word(1)...max(word(1), word(3)), mtu: mtu)
        case 0x12: return [0x13]
        // Request not supported.
        default: return error(request.first ?? 0, 0, 0x06)
        }
    }

    private func error(_ request: UInt8, _ handle: UInt16, _ code: UInt8) -> [UInt8] {
        var response: [UInt8] = [0x01, request]
        response.append16(handle)
        response.append(code)
        return response
    }

    private static let notFound: UInt8 = 0x0A

    private func findInformation(_ range: ClosedRange<UInt16>, mtu: Int) -> [UInt8] {
        // Format 1: 16-bit UUIDs.
        var response: [UInt8] = [0x05, 0x01]
        for attribute in attributes where range.contains(attribute.handle) && response.count + 4 <= mtu {
            response.append16(attribute.handle)
            response.append16(attribute.type)
        }
        return response.count > 2 ? response : error(0x04, range.lowerBound, Self.notFound)
    }

    private func readByType(_ range: ClosedRange<UInt16>, type: UInt16, mtu: Int) -> [UInt8] {
        var response: [UInt8] = [0x09, 0]
        for attribute in attributes where attribute.type == type && range.contains(attribute.handle) {
            let length = UInt8(truncatingIfNeeded: attribute.value.count + 2)
            if response.count == 2 { response[1] = length }
            guard response[1] == length, response.count + Int(length) <= mtu else { break }
            response.append16(attribute.handle)
            response += attribute.value
        }
        return response.count > 2 ? response : error(0x08, range.lowerBound, Self.notFound)
    }

    private func readByGroup(_ range: ClosedRange<UInt16>, mtu: Int) -> [UInt8] {
        var response: [UInt8] = [0x11, 6]
        for attribute in attributes
        where attribute.type == Self.primaryService && range.contains(attribute.handle) && response.count + 6 <= mtu {
            response.append16(attribute.handle)
            response.append16(end(ofServiceAt: attribute.handle))
            response += attribute.value
        }
        return response.count > 2 ? response : error(0x10, range.lowerBound, Self.notFound)
    }
}
