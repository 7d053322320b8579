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
    struct End: Sendable {
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

    /// An ATT PDU has been seen: a classic connection, which shares the handles' space, has none.
    private(set) var hasAttributes = false

    private var hostEnd = End()
    private var peerEnd = End()
    var candidates: [ShapeEvidence] = []
    /// A string that is read in parts.
    var partialRead: (handle: UInt16, bytes: [UInt8])?
    private var lastStart = Side.host
    /// Both boundary flags of a start have been seen, so they tell the direction: see `side(of:sentByHost:from:)`.
    private var hasHostStart = false
    private var hasPeerStart = false

    init(id: ConnectionID, peer: Peer) {
        self.id = id
        self.peer = peer
        self.peer.stream.connectionBegan()
    }

    subscript(side: Side) -> End {
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

    /// - Parameter boundary: the packet boundary flag. On LE, 0 starts a PDU from the host, 2 one from the controller,
    ///   1 continues either (Core 5.4, Vol 4 Part E, 5.4.2). Made-up recordings may start everything with the same.
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

    func report(
        _ fault: GATTFault, _ counters: inout GATTCounters, _ emit: (GATTEvent) -> Void
    ) {
        counters.bad &+= 1
        emit(.bad(fault))
    }

    // MARK: ATT

    /// Who sent a PDU. Without a recorded direction the boundary flags tell it once both have been seen; recordings
    /// that use one for everything leave the opcode: servers are peers, clients are hosts.
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
        hasAttributes = true
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
}
