// SPDX-License-Identifier: GPL-3.0-or-later
import BinaryCoding
import Measurement

/// A request that waits for its response. ATT allows one at a time in each direction (Core 5.4, Vol 3 Part F, 3.3.2).
struct ATTRequest: Equatable, Sendable, BitwiseCopyable {
    var opcode: ATTOpcode
    var handle: UInt16?
    /// The attribute type that a discovery asks for.
    var type: GATTUUID?
    /// The service that Find By Type Value asks for.
    var service: GATTUUID?
    /// Of Read Blob, in bytes.
    var offset: UInt16 = 0
}

/// One connection: reassembly and outstanding requests of both directions, and what is known of the peer.
struct Connection: Sendable {
    private struct End: Sendable {
        var reassembly = L2CAPReassembly()
        /// Sent by this end, not yet answered by the other.
        var request: ATTRequest?
    }

    static let candidateLimit = 8
    /// The longest attribute value (Core 5.4, Vol 3 Part F, 3.2.9), in bytes.
    static let longestValue = 512

    let id: ConnectionID
    var peer: Peer
    var lastUse: UInt64 = 0

    private var hostEnd = End()
    private var peerEnd = End()
    private var candidates: [ShapeEvidence] = []
    /// A string that is read in parts.
    private var partialRead: (handle: UInt16, bytes: [UInt8])?
    private var lastStart = Side.host
    /// Both boundary flags of a start have been seen, so they tell the direction: see ``side(of:sentByHost:from:)``.
    private var hasHostStart = false
    private var hasPeerStart = false

    init(id: ConnectionID, peer: Peer) {
        self.id = id
        self.peer = peer
        self.peer.stream.connectionBegan()
    }

    private subscript(side: Side) -> End {
        _read {
            switch side {
            case .host: yield hostEnd
            case .peer: yield peerEnd
            }
        }
        _modify {
            switch side {
            case .host: yield &hostEnd
            case .peer: yield &peerEnd
            }
        }
    }

    // MARK: ACL

    /// - Parameter boundary: the packet boundary flag. On LE, 0 starts a PDU from the host, 2 one from the controller, 1
    ///   continues either (Core 5.4, Vol 4 Part E, 5.4.2); hosts exist that start theirs with 2, too.
    mutating func receive(
        fragment: Span<UInt8>, boundary: UInt8, sentByHost: Bool?, at time: Timestamp, reportsPDUs: Bool,
        counters: inout GATTCounters, emit: (GATTEvent) -> Void
    ) {
        let slot: Side
        let outcome: L2CAPReassembly.Outcome
        switch boundary {
        case 0, 2:
            if boundary == 0 { hasHostStart = true } else { hasPeerStart = true }
            slot = sentByHost.map { $0 ? .host : .peer } ?? (boundary == 0 ? .host : .peer)
            lastStart = slot
            if let fault = self[slot].reassembly.abandon() { report(fault, &counters, emit) }
            outcome = self[slot].reassembly.start(fragment)
        case 1:
            if let sentByHost {
                slot = sentByHost ? .host : .peer
            } else if self[lastStart].reassembly.isPending {
                slot = lastStart
            } else {
                slot = lastStart.other
            }
            outcome = self[slot].reassembly.resume(fragment)
        default:
            report(.reservedBoundary(boundary), &counters, emit)
            return
        }
        switch outcome {
        case .whole:
            receive(
                pdu: fragment.extracting(droppingFirst: L2CAPReassembly.headerBytes), sentByHost: sentByHost,
                from: slot, at: time, reportsPDUs: reportsPDUs, counters: &counters, emit: emit)
        case .assembled:
            let buffer = self[slot].reassembly.takeAssembled()
            receive(
                pdu: buffer.span.extracting(droppingFirst: L2CAPReassembly.headerBytes),
                sentByHost: sentByHost, from: slot, at: time, reportsPDUs: reportsPDUs, counters: &counters,
                emit: emit)
            self[slot].reassembly.recycle(buffer)
        case .partial, .skipped: break
        case .otherChannel: counters.otherChannels &+= 1
        case .bad(let fault): report(fault, &counters, emit)
        }
    }

    private func report(
        _ fault: GATTFault, _ counters: inout GATTCounters, _ emit: (GATTEvent) -> Void
    ) {
        counters.bad &+= 1
        emit(.bad(fault))
    }

    // MARK: ATT

    /// Who sent a PDU. Without a recorded direction the boundary flags tell it once both have been seen; recordings that
    /// use one for everything leave the opcode: servers are peers, clients are hosts.
    private func side(of opcode: ATTOpcode?, sentByHost: Bool?, from slot: Side) -> Side {
        if sentByHost != nil || hasHostStart && hasPeerStart { return slot }
        guard let opcode else { return slot }
        return opcode.isFromServer ? .peer : .host
    }

    private mutating func receive(
        pdu: Span<UInt8>, sentByHost: Bool?, from slot: Side, at time: Timestamp, reportsPDUs: Bool,
        counters: inout GATTCounters, emit: (GATTEvent) -> Void
    ) {
        counters.attributePDUs &+= 1
        guard pdu.count > 0 else {
            report(.attribute(opcode: nil, .truncated(field: "opcode", offset: 0)), &counters, emit)
            return
        }
        let opcode = ATTOpcode(rawValue: pdu[0])
        let side = side(of: opcode, sentByHost: sentByHost, from: slot)
        if reportsPDUs { emit(.pdu(summary(of: pdu, opcode: opcode, from: side))) }
        guard let opcode else {
            counters.unknownOpcodes &+= 1
            return
        }
        do throws(DecodeError) {
            switch opcode.role {
            case .request: self[side].request = try request(pdu, opcode)
            case .response:
                try receiveResponse(pdu, opcode, from: side, at: time, counters: &counters, emit: emit)
            case .notification, .indication:
                guard side == .peer else { return }
                try receiveNotification(pdu, opcode, at: time, counters: &counters, emit: emit)
            case .command, .confirmation: break
            }
        } catch {
            report(.attribute(opcode: opcode.rawValue, error), &counters, emit)
        }
    }

    private func summary(of pdu: Span<UInt8>, opcode: ATTOpcode?, from side: Side) -> ATTPDU {
        var summary = ATTPDU(connection: id, sentByHost: side == .host, bytes: pdu)
        guard let opcode else { return summary }
        switch opcode.role {
        case .request:
            let request = try? request(pdu, opcode)
            summary.handle = request?.handle
            summary.uuid = request?.type
        case .response where opcode == .errorResponse:
            if pdu.count >= 4 { summary.handle = UInt16(pdu[2]) | UInt16(pdu[3]) << 8 }
        case .response:
            if let request = self[side.other].request, request.opcode.rawValue &+ 1 == opcode.rawValue {
                summary.handle = request.handle
                summary.uuid = request.type
            }
        case .command, .indication, .notification:
            if opcode != .multipleHandleValueNotification, pdu.count >= 3 {
                summary.handle = UInt16(pdu[1]) | UInt16(pdu[2]) << 8
            }
        case .confirmation: break
        }
        // The host's own attributes are not learned.
        let server = opcode.isFromServer ? side : side.other
        if server == .peer, summary.uuid == nil, let handle = summary.handle,
            let entry = peer.database.entry(at: handle)
        {
            summary.uuid = entry.uuid
            summary.isGuess = entry.isGuess
            if entry.uuid == .clientConfiguration {
                summary.owner = peer.database.characteristic(ofDescriptorAt: handle)?.uuid
            }
        }
        return summary
    }

    private func request(_ pdu: Span<UInt8>, _ opcode: ATTOpcode) throws(DecodeError) -> ATTRequest {
        var reader = ByteReader(pdu)
        try reader.skip(1, "opcode")
        var request = ATTRequest(opcode: opcode)
        switch opcode {
        case .exchangeMTURequest: try reader.skip(2, "client MTU")
        case .findInformationRequest: try reader.skip(4, "handle range")
        case .findByTypeValueRequest:
            try reader.skip(4, "handle range")
            request.type = GATTUUID(try reader.uint16("attribute type"))
            request.service = GATTUUID(littleEndian: try reader.bytes(reader.remaining, "attribute value"))
        case .readByTypeRequest, .readByGroupTypeRequest:
            try reader.skip(4, "handle range")
            let offset = reader.offset
            let type = GATTUUID(littleEndian: try reader.bytes(reader.remaining, "attribute type"))
            guard let type else { throw .invalid(field: "attribute type", offset: offset) }
            request.type = type
        case .readRequest, .writeRequest: request.handle = try reader.uint16("handle")
        case .readBlobRequest, .prepareWriteRequest:
            request.handle = try reader.uint16("handle")
            request.offset = try reader.uint16("value offset")
        case .readMultipleRequest, .readMultipleVariableRequest: try reader.skip(4, "handles")
        case .executeWriteRequest: try reader.skip(1, "flags")
        case .errorResponse, .exchangeMTUResponse, .findInformationResponse, .findByTypeValueResponse,
            .readByTypeResponse, .readResponse, .readBlobResponse, .readMultipleResponse,
            .readByGroupTypeResponse, .writeResponse, .prepareWriteResponse, .executeWriteResponse,
            .handleValueNotification, .handleValueIndication, .handleValueConfirmation,
            .readMultipleVariableResponse, .multipleHandleValueNotification, .writeCommand,
            .signedWriteCommand:
            break
        }
        return request
    }

    private mutating func receiveResponse(
        _ pdu: Span<UInt8>, _ opcode: ATTOpcode, from side: Side, at time: Timestamp,
        counters: inout GATTCounters, emit: (GATTEvent) -> Void
    ) throws(DecodeError) {
        var reader = ByteReader(pdu)
        try reader.skip(1, "opcode")
        let request = self[side.other].request
        if opcode == .errorResponse {
            let refused = try reader.uint8("request opcode")
            try reader.skip(3, "handle and error code")
            if request?.opcode.rawValue == refused {
                self[side.other].request = nil
            } else {
                counters.unmatchedResponses &+= 1
            }
            return
        }
        guard let request, request.opcode.rawValue &+ 1 == opcode.rawValue else {
            counters.unmatchedResponses &+= 1
            // The one response that says all by itself.
            if opcode == .findInformationResponse, side == .peer { try learnDescriptors(pdu, &counters) }
            return
        }
        self[side.other].request = nil
        guard side == .peer else { return }
        let before = peer.information
        switch opcode {
        case .findInformationResponse: try learnDescriptors(pdu, &counters)
        case .findByTypeValueResponse:
            guard reader.remaining > 0, reader.remaining % 4 == 0 else {
                throw .invalid(field: "handle list", offset: 1)
            }
            while reader.remaining > 0 {
                let handle = try reader.uint16("found handle")
                try reader.skip(2, "group end")
                if let type = request.type { learn(type, at: handle, &counters) }
            }
            if request.type == .primaryService, let service = request.service {
                peer.information.services.formUnion(SensorInformation.Services(service))
            }
        case .readByGroupTypeResponse:
            let length = Int(try reader.uint8("entry length"))
            guard length == 6 || length == 20, reader.remaining > 0, reader.remaining % length == 0 else {
                throw .invalid(field: "entry length", offset: 1)
            }
            while reader.remaining > 0 {
                let handle = try reader.uint16("service handle")
                try reader.skip(2, "group end")
                let uuid = GATTUUID(littleEndian: try reader.bytes(length - 4, "service UUID"))
                learn(request.type ?? .primaryService, at: handle, &counters)
                if let uuid { peer.information.services.formUnion(SensorInformation.Services(uuid)) }
            }
        case .readByTypeResponse:
            try receiveReadByType(
                pdu, type: request.type ?? .characteristicDeclaration, at: time, counters: &counters, emit: emit)
        case .readResponse:
            if let handle = request.handle {
                receiveRead(
                    pdu.extracting(droppingFirst: 1), at: handle, offset: 0, at: time, counters: &counters,
                    emit: emit)
            }
        case .readBlobResponse:
            if let handle = request.handle {
                receiveRead(
                    pdu.extracting(droppingFirst: 1), at: handle, offset: Int(request.offset), at: time,
                    counters: &counters, emit: emit)
            }
        case .exchangeMTUResponse: try reader.skip(2, "server MTU")
        case .errorResponse, .exchangeMTURequest, .findInformationRequest, .findByTypeValueRequest,
            .readByTypeRequest, .readRequest, .readBlobRequest, .readMultipleRequest, .readMultipleResponse,
            .readByGroupTypeRequest, .writeRequest, .writeResponse, .prepareWriteRequest,
            .prepareWriteResponse, .executeWriteRequest, .executeWriteResponse, .handleValueNotification,
            .handleValueIndication, .handleValueConfirmation, .readMultipleVariableRequest,
            .readMultipleVariableResponse, .multipleHandleValueNotification, .writeCommand,
            .signedWriteCommand:
            break
        }
        if peer.information != before { emit(.sensorInfo(peer.sensor, peer.information)) }
    }

    private mutating func learn(_ uuid: GATTUUID, at handle: UInt16, _ counters: inout GATTCounters) {
        if !peer.database.learn(uuid, at: handle) { counters.overLimit &+= 1 }
    }

    private mutating func learnDescriptors(
        _ pdu: Span<UInt8>, _ counters: inout GATTCounters
    ) throws(DecodeError) {
        var reader = ByteReader(pdu)
        try reader.skip(1, "opcode")
        let width: Int
        switch try reader.uint8("format") {
        case 1: width = 2
        case 2: width = 16
        default: throw .invalid(field: "format", offset: 1)
        }
        guard reader.remaining > 0, reader.remaining % (2 + width) == 0 else {
            throw .invalid(field: "information list", offset: 2)
        }
        while reader.remaining > 0 {
            let handle = try reader.uint16("handle")
            if let uuid = GATTUUID(littleEndian: try reader.bytes(width, "UUID")) {
                learn(uuid, at: handle, &counters)
            }
        }
    }

    private mutating func receiveReadByType(
        _ pdu: Span<UInt8>, type: GATTUUID, at time: Timestamp, counters: inout GATTCounters,
        emit: (GATTEvent) -> Void
    ) throws(DecodeError) {
        var reader = ByteReader(pdu)
        try reader.skip(1, "opcode")
        let length = Int(try reader.uint8("entry length"))
        let isDeclaration = type == .characteristicDeclaration
        guard length >= 2, !isDeclaration || length == 7 || length == 21, reader.remaining > 0,
            reader.remaining % length == 0
        else { throw .invalid(field: "entry length", offset: 1) }
        while reader.remaining > 0 {
            let handle = try reader.uint16("handle")
            learn(type, at: handle, &counters)
            guard isDeclaration else {
                let value = try reader.bytes(length - 2, "value")
                receiveRead(value, at: handle, offset: 0, at: time, counters: &counters, emit: emit)
                continue
            }
            try reader.skip(1, "properties")
            let offset = reader.offset
            let valueHandle = try reader.uint16("value handle")
            let uuid = GATTUUID(littleEndian: try reader.bytes(length - 5, "characteristic UUID"))
            guard let uuid, valueHandle > handle else { throw .invalid(field: "value handle", offset: offset) }
            learn(uuid, at: valueHandle, &counters)
        }
    }

    private mutating func receiveNotification(
        _ pdu: Span<UInt8>, _ opcode: ATTOpcode, at time: Timestamp, counters: inout GATTCounters,
        emit: (GATTEvent) -> Void
    ) throws(DecodeError) {
        var reader = ByteReader(pdu)
        try reader.skip(1, "opcode")
        if opcode == .multipleHandleValueNotification {
            while reader.remaining > 0 {
                let handle = try reader.uint16("handle")
                let length = Int(try reader.uint16("value length"))
                let value = try reader.bytes(length, "value")
                receiveNotified(value, at: handle, time, &counters, emit)
            }
        } else {
            let handle = try reader.uint16("handle")
            let value = try reader.bytes(reader.remaining, "value")
            receiveNotified(value, at: handle, time, &counters, emit)
        }
    }

    // MARK: Values

    private mutating func receiveNotified(
        _ value: Span<UInt8>, at handle: UInt16, _ time: Timestamp, _ counters: inout GATTCounters,
        _ emit: (GATTEvent) -> Void
    ) {
        counters.notifications &+= 1
        if let entry = peer.database.entry(at: handle) {
            receiveValue(value, of: entry.uuid, at: handle, time, &counters, emit)
            return
        }
        counters.unidentifiedNotifications &+= 1
        guard let uuid = infer(from: value, at: handle, time, &counters) else { return }
        guard peer.database.learn(uuid, at: handle, isGuess: true) else {
            counters.overLimit &+= 1
            return
        }
        candidates.removeAll { $0.handle == handle }
        emit(.guessed(id, peer.sensor, handle: handle, uuid))
        receiveValue(value, of: uuid, at: handle, time, &counters, emit)
    }

    private mutating func infer(
        from value: Span<UInt8>, at handle: UInt16, _ time: Timestamp, _ counters: inout GATTCounters
    ) -> GATTUUID? {
        for index in candidates.indices where candidates[index].handle == handle {
            return candidates[index].observe(value, at: time)
        }
        if candidates.count >= Self.candidateLimit {
            let database = peer.database
            candidates.removeAll { database.entry(at: $0.handle) != nil }
        }
        guard candidates.count < Self.candidateLimit else {
            counters.overLimit &+= 1
            return nil
        }
        var evidence = ShapeEvidence(handle: handle)
        let uuid = evidence.observe(value, at: time)
        candidates.append(evidence)
        return uuid
    }

    /// A value that was read, or a part of one.
    private mutating func receiveRead(
        _ value: Span<UInt8>, at handle: UInt16, offset: Int, at time: Timestamp,
        counters: inout GATTCounters, emit: (GATTEvent) -> Void
    ) {
        guard let uuid = peer.database.entry(at: handle)?.uuid else { return }
        guard let field = SensorInformation.stringField(uuid) else {
            if offset == 0 { receiveValue(value, of: uuid, at: handle, time, &counters, emit) }
            return
        }
        var bytes: [UInt8] = []
        if offset > 0 {
            guard let partialRead, partialRead.handle == handle, partialRead.bytes.count == offset else { return }
            bytes = partialRead.bytes
        }
        guard bytes.count + value.count <= Self.longestValue else { return }
        for index in value.indices { bytes.append(value[index]) }
        if let text = SensorInformation.text(bytes.span) {
            peer.information[keyPath: field] = text
            if uuid.short == 0x2A00 { peer.information.nameIsShortened = false }
        }
        partialRead = (handle, bytes)
    }

    private mutating func receiveValue(
        _ value: Span<UInt8>, of uuid: GATTUUID, at handle: UInt16, _ time: Timestamp,
        _ counters: inout GATTCounters, _ emit: (GATTEvent) -> Void
    ) {
        let sensor = peer.sensor
        do throws(DecodeError) {
            switch uuid.short {
            case 0x2A37:
                let measurement = try HeartRateMeasurement(value: value)
                peer.stream.take(measurement, from: sensor, at: time, counters: &counters, emit: emit)
            case 0x2A53:
                let measurement = try RunningSpeedAndCadenceMeasurement(value: value)
                peer.stream.take(measurement, from: sensor, at: time, counters: &counters, emit: emit)
            case 0x2A19:
                let level = try BatteryLevel(value: value)
                peer.stream.take(level, from: sensor, at: time, counters: &counters, emit: emit)
            case 0x2A38: peer.information.bodyLocation = try BodySensorLocation(value: value)
            case 0x2A54: peer.information.strideFeatures = try RunningSpeedAndCadenceFeature(value: value)
            case 0x2A05:
                // Service Changed: what was learned of these handles no longer holds (Core 5.4, Vol 3 Part G, 7.1).
                var reader = ByteReader(value)
                let first = try reader.uint16("first affected handle")
                let last = try reader.uint16("last affected handle")
                guard first <= last else { throw .invalid(field: "last affected handle", offset: 2) }
                // The indication's own handle stays where it is in practice, and more indications may come.
                peer.database.forget(first...last)
                learn(uuid, at: handle, &counters)
            default: break
            }
        } catch {
            report(.value(uuid, handle: handle, error), &counters, emit)
        }
    }
}
