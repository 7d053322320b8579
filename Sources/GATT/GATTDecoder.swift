// SPDX-License-Identifier: GPL-3.0-or-later
import BinaryCoding
package import Capture
package import Measurement

/// Sensor data out of HCI traffic: one adapter's or several's, live or recorded.
///
/// It follows connections, puts fragmented PDUs together, learns from the discovery that goes by which handle is which
/// characteristic, and turns notifications into samples. Everything is decided from what came before, so the first part
/// of a recording gives the same events whether or not the rest follows. All tables are bounded, and nothing is
/// allocated for a notification once its connection is known (unless `reportsPDUs`).
package struct GATTDecoder: Sendable {
    package static let connectionLimit = 64

    package private(set) var counters = GATTCounters()
    private var connections: [Connection] = []
    private var memory = PeerMemory()
    private var clock: UInt64 = 0
    private let reportsPDUs: Bool

    /// - Parameter reportsPDUs: whether each ATT PDU is sent as an event, for a person to read; that costs allocations.
    package init(reportsPDUs: Bool = false) {
        self.reportsPDUs = reportsPDUs
    }

    /// - Parameters:
    ///   - packet: one HCI packet without the type byte that H4 puts in front.
    ///   - sentByHost: the direction; `nil` when the recording has none (link type 187).
    ///   - adapter: which controller; any number that tells two apart.
    ///   - emit: receives what the packet says, in order.
    package mutating func receive(
        _ packet: Span<UInt8>, type: HCIPacketType, sentByHost: Bool?, adapter: UInt16, at time: Timestamp,
        emit: (GATTEvent) -> Void
    ) {
        counters.packets &+= 1
        switch type {
        case .acl: receiveACL(packet, sentByHost: sentByHost, adapter: adapter, at: time, emit: emit)
        case .event: receiveEvent(packet, adapter: adapter, emit: emit)
        case .command, .sco, .iso: break
        }
    }

    private mutating func report(_ fault: GATTFault, _ emit: (GATTEvent) -> Void) {
        counters.bad &+= 1
        emit(.bad(fault))
    }

    // MARK: ACL

    /// ```
    /// handle: 12 bits, boundary: 2, broadcast: 2 | length: uint16 | data[length]
    /// ```
    /// Source: Core 5.4, Vol 4 Part E, 5.4.2.
    private mutating func receiveACL(
        _ packet: Span<UInt8>, sentByHost: Bool?, adapter: UInt16, at time: Timestamp,
        emit: (GATTEvent) -> Void
    ) {
        guard packet.count >= 4 else {
            return report(.hci(.acl, .truncated(field: "header", offset: 0)), emit)
        }
        let field = UInt16(packet[0]) | UInt16(packet[1]) << 8
        let length = Int(packet[2]) | Int(packet[3]) << 8
        guard length == packet.count - 4 else {
            return report(.lengthMismatch(.acl, declared: length, present: packet.count - 4), emit)
        }
        let id = ConnectionID(adapter: adapter, handle: field & 0x0FFF)
        let boundary = UInt8(truncatingIfNeeded: field >> 12 & 3)
        var position = position(of: id)
        if position == nil {
            // Only a start may found a connection that the recording did not see begin.
            guard boundary != 1 else { return report(.continuationWithoutStart, emit) }
            position = insert(Connection(id: id, peer: Peer(unknownOn: id)), emit: emit)
        }
        guard let position else { return }
        clock &+= 1
        connections[position].lastUse = clock
        connections[position].receive(
            fragment: packet.extracting(droppingFirst: 4), boundary: boundary, sentByHost: sentByHost,
            at: time, reportsPDUs: reportsPDUs, counters: &counters, emit: emit)
    }

    // MARK: Connections

    private func position(of id: ConnectionID) -> Int? {
        for index in connections.indices where connections[index].id == id { return index }
        return nil
    }

    /// - Returns: where the connection is now.
    private mutating func insert(_ connection: Connection, emit: (GATTEvent) -> Void) -> Int {
        if connections.count >= Self.connectionLimit {
            counters.overLimit &+= 1
            var victim = 0
            for index in connections.indices
            where connections[index].lastUse < connections[victim].lastUse { victim = index }
            end(victim, reason: nil, emit: emit)
        }
        clock &+= 1
        connections.append(connection)
        connections[connections.count - 1].lastUse = clock
        return connections.count - 1
    }

    private mutating func end(_ position: Int, reason: UInt8?, emit: (GATTEvent) -> Void) {
        let connection = connections.remove(at: position)
        memory.keep(connection.peer, counters: &counters)
        if connection.peer.address != nil || connection.hasAttributes {
            emit(.disconnected(connection.id, connection.peer.sensor, reason: reason))
        }
    }

    // MARK: Events

    /// ```
    /// code: uint8 | length: uint8 | parameters[length]
    /// ```
    /// Source: Core 5.4, Vol 4 Part E, 5.4.4 and 7.7.
    private mutating func receiveEvent(
        _ packet: Span<UInt8>, adapter: UInt16, emit: (GATTEvent) -> Void
    ) {
        guard packet.count >= 2 else {
            return report(.hci(.event, .truncated(field: "header", offset: 0)), emit)
        }
        guard Int(packet[1]) == packet.count - 2 else {
            return report(
                .lengthMismatch(.event, declared: Int(packet[1]), present: packet.count - 2), emit)
        }
        do throws(DecodeError) {
            switch packet[0] {
            case 0x05: try receiveDisconnection(packet, adapter: adapter, emit: emit)
            case 0x0E: try receiveCommandComplete(packet, adapter: adapter, emit: emit)
            case 0x3E: try receiveMeta(packet, adapter: adapter, emit: emit)
            default: break
            }
        } catch {
            report(.hci(.event, error), emit)
        }
    }

    private mutating func receiveDisconnection(
        _ packet: Span<UInt8>, adapter: UInt16, emit: (GATTEvent) -> Void
    ) throws(DecodeError) {
        var reader = ByteReader(packet)
        try reader.skip(2, "header")
        let status = try reader.uint8("status")
        let id = ConnectionID(adapter: adapter, handle: try reader.uint16("connection handle") & 0x0FFF)
        let reason = try reader.uint8("reason")
        guard status == 0, let position = position(of: id) else { return }
        end(position, reason: reason, emit: emit)
    }

    /// Of all commands only the reset matters: it ends every connection without a word.
    private mutating func receiveCommandComplete(
        _ packet: Span<UInt8>, adapter: UInt16, emit: (GATTEvent) -> Void
    ) throws(DecodeError) {
        var reader = ByteReader(packet)
        try reader.skip(3, "packet credit")
        guard try reader.uint16("command opcode") == 0x0C03, try reader.uint8("status") == 0 else { return }
        for index in connections.indices.reversed() where connections[index].id.adapter == adapter {
            end(index, reason: nil, emit: emit)
        }
    }

    private mutating func receiveMeta(
        _ packet: Span<UInt8>, adapter: UInt16, emit: (GATTEvent) -> Void
    ) throws(DecodeError) {
        var reader = ByteReader(packet)
        try reader.skip(2, "header")
        switch try reader.uint8("subevent") {
        case 0x01:
            // Connection Complete: interval, latency, time-out, clock accuracy follow the address.
            try receiveConnection(packet, rest: 7, adapter: adapter, emit: emit)
        case 0x0A:
            // Enhanced [v1]: two resolvable addresses more.
            try receiveConnection(packet, rest: 19, adapter: adapter, emit: emit)
        case 0x29:
            // Enhanced [v2]: advertising handle and sync handle more.
            try receiveConnection(packet, rest: 22, adapter: adapter, emit: emit)
        case 0x02: try receiveAdvertisements(packet, isExtended: false, emit: emit)
        case 0x0D: try receiveAdvertisements(packet, isExtended: true, emit: emit)
        default: break
        }
    }

    /// - Parameter rest: bytes that must follow the peer's address.
    private mutating func receiveConnection(
        _ packet: Span<UInt8>, rest: Int, adapter: UInt16, emit: (GATTEvent) -> Void
    ) throws(DecodeError) {
        var reader = ByteReader(packet)
        try reader.skip(3, "header")
        let status = try reader.uint8("status")
        let id = ConnectionID(adapter: adapter, handle: try reader.uint16("connection handle") & 0x0FFF)
        try reader.skip(1, "role")
        let offset = reader.offset
        let address = try DeviceAddress(reading: &reader)
        try reader.skip(rest, "connection parameters")
        guard status == 0 else { return }
        guard let address else { throw .invalid(field: "peer address type", offset: offset) }
        // A handle in use, or a device that is already connected here: an end went unrecorded.
        for index in connections.indices.reversed()
        where connections[index].id == id
            || connections[index].id.adapter == adapter && connections[index].peer.address == address
        {
            end(index, reason: nil, emit: emit)
        }
        let peer = memory.take(address) ?? Peer(address: address)
        emit(.connected(id, address))
        if peer.information != SensorInformation() { emit(.sensorInfo(peer.sensor, peer.information)) }
        _ = insert(Connection(id: id, peer: peer), emit: emit)
    }

    private mutating func receiveAdvertisements(
        _ packet: Span<UInt8>, isExtended: Bool, emit: (GATTEvent) -> Void
    ) throws(DecodeError) {
        try AdvertisingReport.read(packet, isExtended: isExtended) { report in
            if !report.advertisement.isWellFormed { counters.badAdvertisements &+= 1 }
            guard let address = report.address else { return }
            learn(report.advertisement, from: address, emit: emit)
        }
    }

    private mutating func learn(
        _ advertisement: borrowing Advertisement, from address: DeviceAddress, emit: (GATTEvent) -> Void
    ) {
        for index in connections.indices where connections[index].peer.address == address {
            if advertisement.teach(&connections[index].peer.information) {
                emit(.sensorInfo(.bluetooth(address: address.value), connections[index].peer.information))
            }
            return
        }
        // The neighbours' headphones are remembered, not announced.
        if let information = memory.learn(advertisement, from: address, counters: &counters),
            !information.services.isEmpty
        {
            emit(.sensorInfo(.bluetooth(address: address.value), information))
        }
    }
}
