// SPDX-License-Identifier: GPL-3.0-or-later
import BinaryCoding
package import GATT
package import Measurement

/// One sensor's connection, from the first PDU on: finds out what the peer has, switches its measurements on and keeps them on.
///
/// ```
/// start ─► MTU ─► services ─► for each that measures: characteristics ─► descriptors ─► subscribe ─► ready
///                                       for the others: the same, then what is only read ─► complete
/// ```
/// It sends no byte itself: what is to be sent comes out of `emit`. Questions of the peer, notifications and indications are
/// answered at any time, by parts of their own; they never wait for a request that is under way.
///
/// Source: Core 5.4, Vol 3 Part F (attribute protocol) and Part G (generic attribute profile).
package struct GATTClient: Sendable {
    /// What has happened. Bytes that belong to it come beside it and are lent for the call only.
    package enum Action: Equatable, Sendable {
        /// The bytes are a PDU for the peer.
        case send
        /// The bytes are a characteristic's value: notified, indicated or read.
        case value(GATTUUID, handle: UInt16)
        /// The link has to be made safer; then ``secured(at:emit:)`` or ``cannotSecure(at:emit:)``.
        case secure(LinkSecurity)
        /// At least one measurement is switched on. Comes again when the peer's attributes have moved.
        case ready
        /// Everything that is read has been read, or refused.
        case complete
        /// The connection is of no use; nothing else will come out of this client.
        case failed(GATTClientFailure)
    }

    package enum Phase: Equatable, Sendable, BitwiseCopyable {
        case idle, negotiating, discovering, subscribing, securing, reading, complete, failed
    }

    package struct Counters: Equatable, Sendable, BitwiseCopyable {
        /// Responses to no request that waits.
        package var unmatched: UInt64 = 0
        /// PDUs that cannot be read.
        package var malformed: UInt64 = 0
        /// PDUs longer than we said that we take.
        package var oversized: UInt64 = 0
        /// Values of handles that discovery has not shown.
        package var unknownHandles: UInt64 = 0
        /// Questions of the peer.
        package var peerRequests: UInt64 = 0
        /// Requests that the peer refused.
        package var refusals: UInt64 = 0
    }

    /// What we take, in bytes: with its headers such a PDU is an HCI packet of 256 bytes, which fits a transport's slot.
    package static let ownMTU: UInt16 = 247
    /// Core 5.4, Vol 3 Part G, 5.2.1.
    static let defaultMTU: UInt16 = 23
    /// A sports watch with 30 services needs about 120.
    static let requestLimit = 512
    static let restartLimit = 8
    /// Core 5.4, Vol 3 Part F, 3.2.9: bytes.
    static let longestValue = 512

    enum State: Equatable, Sendable {
        case idle
        case exchangingMTU
        case findingServices(from: UInt16)
        case findingCharacteristics(service: Int, from: UInt16)
        case findingDescriptors(characteristic: Int, from: UInt16)
        case subscribing(characteristic: Int)
        /// The peer wants an encrypted link before it is asked again.
        case securing(characteristic: Int, deadline: Timestamp)
        /// - offset: bytes that are there already.
        case reading(characteristic: Int, offset: UInt16)
        case complete
        case failed
    }

    var state = State.idle
    private(set) var mtu = Self.defaultMTU
    package internal(set) var counters = Counters()
    var transaction = ATTTransaction()
    var attributes = GATTAttributes()
    var longValue: [UInt8] = []
    private var requests = 0
    private var restarts = 0
    /// The peer's attributes have moved while a request was under way.
    var restartIsDue = false
    /// Why a measurement could not be switched on.
    var obstacle: GATTClientFailure?
    var isReady = false
    /// What the link was asked to become.
    var security: LinkSecurity?

    package init() {}

    package var phase: Phase {
        switch state {
        case .idle: .idle
        case .exchangingMTU: .negotiating
        case .findingServices, .findingCharacteristics, .findingDescriptors: .discovering
        case .subscribing: .subscribing
        case .securing: .securing
        case .reading: .reading
        case .complete: .complete
        case .failed: .failed
        }
    }

    /// When ``tick(at:emit:)`` has to be called; `nil`: not at all.
    package var deadline: Timestamp? {
        switch state {
        case .failed: nil
        case .securing(_, let deadline): deadline
        case .idle, .exchangingMTU, .findingServices, .findingCharacteristics, .findingDescriptors, .subscribing,
            .reading, .complete:
            transaction.deadline
        }
    }

    // MARK: Events

    /// The connection is up. Called once.
    package mutating func start(at time: Timestamp, emit: (Action, Span<UInt8>) -> Void) {
        guard state == .idle else { return }
        enter(.exchangingMTU, at: time, emit)
    }

    package mutating func tick(at time: Timestamp, emit: (Action, Span<UInt8>) -> Void) {
        guard state != .failed else { return }
        if let opcode = transaction.expire(at: time) { return fail(.timedOut(opcode), emit) }
        if case .securing(_, let deadline) = state, time >= deadline { cannotSecure(at: time, emit: emit) }
    }

    /// - Parameter pdu: what the peer sent: one PDU, opcode first, of any length and content.
    package mutating func receive(
        _ pdu: Span<UInt8>, at time: Timestamp, emit: (Action, Span<UInt8>) -> Void
    ) {
        guard state != .failed else { return }
        guard pdu.count > 0 else {
            counters.malformed &+= 1
            return
        }
        guard pdu.count <= Int(Self.ownMTU) else {
            counters.oversized &+= 1
            return
        }
        guard let opcode = ATTOpcode(rawValue: pdu[0]) else { return answer(pdu, emit) }
        switch opcode.role {
        case .notification: receiveNotification(pdu, opcode, emit)
        case .response: receiveResponse(pdu, opcode, at: time, emit)
        case .indication: receiveIndication(pdu, opcode, at: time, emit)
        case .request: answer(pdu, emit)
        // We have no attributes to write, and indicate nothing.
        case .command, .confirmation: counters.unmatched &+= 1
        }
    }

    private mutating func answer(_ pdu: Span<UInt8>, _ emit: (Action, Span<UInt8>) -> Void) {
        counters.peerRequests &+= 1
        guard let answer = ATTResponder.answer(to: pdu, ownMTU: Self.ownMTU) else { return }
        if answer.first == ATTOpcode.exchangeMTUResponse.rawValue {
            negotiated(UInt16(pdu[1]) | UInt16(pdu[2]) << 8)
        }
        emit(.send, answer.span)
    }

    mutating func negotiated(_ peerMTU: UInt16) {
        mtu = max(Self.defaultMTU, min(Self.ownMTU, peerMTU))
    }

    // MARK: Values

    private mutating func receiveNotification(
        _ pdu: Span<UInt8>, _ opcode: ATTOpcode, _ emit: (Action, Span<UInt8>) -> Void
    ) {
        var strangers: UInt64 = 0
        do throws(DecodeError) {
            try ATTValues.read(pdu, opcode) { handle, value in
                guard let index = attributes.characteristic(at: handle) else {
                    strangers &+= 1
                    return
                }
                emit(.value(attributes.characteristics[index].uuid, handle: handle), value)
            }
        } catch {
            counters.malformed &+= 1
        }
        counters.unknownHandles &+= strangers
    }

    private mutating func receiveIndication(
        _ pdu: Span<UInt8>, _ opcode: ATTOpcode, at time: Timestamp, _ emit: (Action, Span<UInt8>) -> Void
    ) {
        var characteristic: Int?
        do throws(DecodeError) {
            try ATTValues.read(pdu, opcode) { handle, value in
                characteristic = attributes.characteristic(at: handle)
                guard let characteristic else { return }
                emit(.value(attributes.characteristics[characteristic].uuid, handle: handle), value)
            }
        } catch {
            counters.malformed &+= 1
            return
        }
        // Also what we do not know is confirmed: else the peer waits for ever.
        let confirmation = ATTValues.confirmation
        emit(.send, confirmation.span)
        guard let characteristic else {
            counters.unknownHandles &+= 1
            return
        }
        if attributes.characteristics[characteristic].use == .serviceChanged, restarts < Self.restartLimit {
            restarts += 1
            restartIsDue = true
            if transaction.isIdle, pairingFailure == nil { restart(at: time, emit) }
        }
    }

    mutating func restart(at time: Timestamp, _ emit: (Action, Span<UInt8>) -> Void) {
        restartIsDue = false
        attributes = GATTAttributes()
        obstacle = nil
        isReady = false
        enter(.findingServices(from: 1), at: time, emit)
    }

    // MARK: Requests

    /// Goes over to a state and sends its request.
    mutating func enter(
        _ next: State, at time: Timestamp, _ emit: (Action, Span<UInt8>) -> Void
    ) {
        state = next
        let opcode: ATTOpcode
        var pdu: [UInt8]
        switch next {
        case .idle, .securing, .failed: return
        case .complete:
            emit(.complete, [UInt8]().span)
            return
        case .exchangingMTU:
            opcode = .exchangeMTURequest
            pdu = Self.pdu(opcode, Self.ownMTU)
        case .findingServices(let first):
            opcode = .readByGroupTypeRequest
            pdu = Self.pdu(opcode, first, 0xFFFF, 0x2800)
        case .findingCharacteristics(let service, let first):
            opcode = .readByTypeRequest
            pdu = Self.pdu(opcode, first, attributes.services[service].handles.upperBound, 0x2803)
        case .findingDescriptors(let characteristic, let first):
            opcode = .findInformationRequest
            pdu = Self.pdu(opcode, first, attributes.characteristics[characteristic].end)
        case .subscribing(let characteristic):
            opcode = .writeRequest
            let written = attributes.characteristics[characteristic]
            guard let handle = written.configuration, let value = written.subscription else {
                preconditionFailure("Subscribing to \(written.uuid) without a configuration")
            }
            pdu = Self.pdu(opcode, handle, value)
        case .reading(let characteristic, let offset):
            let handle = attributes.characteristics[characteristic].handle
            opcode = offset == 0 ? .readRequest : .readBlobRequest
            pdu = offset == 0 ? Self.pdu(opcode, handle) : Self.pdu(opcode, handle, offset)
        }
        guard requests < Self.requestLimit else { return fail(.endless, emit) }
        requests += 1
        transaction.begin(opcode, at: time)
        emit(.send, pdu.span)
    }

    private static func pdu(_ opcode: ATTOpcode, _ words: UInt16...) -> [UInt8] {
        var bytes = [opcode.rawValue]
        for word in words {
            bytes.append(UInt8(truncatingIfNeeded: word))
            bytes.append(UInt8(truncatingIfNeeded: word >> 8))
        }
        return bytes
    }

    mutating func fail(_ failure: GATTClientFailure, _ emit: (Action, Span<UInt8>) -> Void) {
        state = .failed
        emit(.failed(failure), [UInt8]().span)
    }
}
