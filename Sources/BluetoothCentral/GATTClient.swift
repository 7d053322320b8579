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
        /// At least one measurement is switched on. Comes again when the peer's attributes have moved.
        case ready
        /// Everything that is read has been read, or refused.
        case complete
        /// The connection is of no use; nothing else will come out of this client.
        case failed(GATTClientFailure)
    }

    package enum Phase: Equatable, Sendable, BitwiseCopyable {
        case idle, negotiating, discovering, subscribing, reading, complete, failed
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
    private static let longestValue = 512

    enum State: Equatable, Sendable {
        case idle
        case exchangingMTU
        case findingServices(from: UInt16)
        case findingCharacteristics(service: Int, from: UInt16)
        case findingDescriptors(characteristic: Int, from: UInt16)
        case subscribing(characteristic: Int)
        /// - offset: bytes that are there already.
        case reading(characteristic: Int, offset: UInt16)
        case complete
        case failed
    }

    private(set) var state = State.idle
    private(set) var mtu = Self.defaultMTU
    package private(set) var counters = Counters()
    private var transaction = ATTTransaction()
    private var indications = ATTIndications()
    private var attributes = GATTAttributes()
    private var longValue: [UInt8] = []
    private var requests = 0
    private var restarts = 0
    /// The peer's attributes have moved while a request was under way.
    private var restartIsDue = false
    /// Why a measurement could not be switched on.
    private var obstacle: GATTClientFailure?
    private var isReady = false

    package init() {}

    package var phase: Phase {
        switch state {
        case .idle: .idle
        case .exchangingMTU: .negotiating
        case .findingServices, .findingCharacteristics, .findingDescriptors: .discovering
        case .subscribing: .subscribing
        case .reading: .reading
        case .complete: .complete
        case .failed: .failed
        }
    }

    /// When ``tick(at:emit:)`` has to be called; `nil`: not at all.
    package var deadline: Timestamp? { state == .failed ? nil : transaction.deadline }

    // MARK: Events

    /// The connection is up. Called once.
    package mutating func start(at time: Timestamp, emit: (Action, Span<UInt8>) -> Void) {
        guard state == .idle else { return }
        enter(.exchangingMTU, at: time, emit)
    }

    package mutating func tick(at time: Timestamp, emit: (Action, Span<UInt8>) -> Void) {
        guard state != .failed else { return }
        if let opcode = transaction.expire(at: time) { fail(.timedOut(opcode), emit) }
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
        case .indication: receiveIndication(pdu, at: time, emit)
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

    private mutating func negotiated(_ peerMTU: UInt16) {
        mtu = max(Self.defaultMTU, min(Self.ownMTU, peerMTU))
    }

    // MARK: Values

    private mutating func receiveNotification(
        _ pdu: Span<UInt8>, _ opcode: ATTOpcode, _ emit: (Action, Span<UInt8>) -> Void
    ) {
        var strangers: UInt64 = 0
        do throws(DecodeError) {
            try ATTNotifications.read(pdu, opcode) { handle, value in
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
        _ pdu: Span<UInt8>, at time: Timestamp, _ emit: (Action, Span<UInt8>) -> Void
    ) {
        var characteristic: Int?
        do throws(DecodeError) {
            try indications.receive(pdu) { handle, value in
                characteristic = attributes.characteristic(at: handle)
                guard let characteristic else { return }
                emit(.value(attributes.characteristics[characteristic].uuid, handle: handle), value)
            }
        } catch {
            counters.malformed &+= 1
            return
        }
        // Also what we do not know is confirmed: else the peer waits for ever.
        let confirmation = ATTIndications.confirmation
        emit(.send, confirmation.span)
        guard let characteristic else {
            counters.unknownHandles &+= 1
            return
        }
        if attributes.characteristics[characteristic].use == .serviceChanged, restarts < Self.restartLimit {
            restarts += 1
            restartIsDue = true
            if transaction.isIdle { restart(at: time, emit) }
        }
    }

    private mutating func restart(at time: Timestamp, _ emit: (Action, Span<UInt8>) -> Void) {
        restartIsDue = false
        attributes = GATTAttributes()
        obstacle = nil
        isReady = false
        enter(.findingServices(from: 1), at: time, emit)
    }

    // MARK: Requests

    /// Goes over to a state and sends its request.
    private mutating func enter(
        _ next: State, at time: Timestamp, _ emit: (Action, Span<UInt8>) -> Void
    ) {
        state = next
        let opcode: ATTOpcode
        var pdu: [UInt8]
        switch next {
        case .idle, .failed: return
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

    private mutating func fail(_ failure: GATTClientFailure, _ emit: (Action, Span<UInt8>) -> Void) {
        state = .failed
        emit(.failed(failure), [UInt8]().span)
    }

    // MARK: Responses

    private mutating func receiveResponse(
        _ pdu: Span<UInt8>, _ opcode: ATTOpcode, at time: Timestamp, _ emit: (Action, Span<UInt8>) -> Void
    ) {
        let outcome = transaction.receive(pdu, opcode)
        switch outcome {
        case .unmatched: counters.unmatched &+= 1
        case .malformed: counters.malformed &+= 1
        case .refused: counters.refusals &+= 1
        case .answered: break
        }
        guard outcome != .unmatched else { return }
        if restartIsDue { return restart(at: time, emit) }
        do throws(DecodeError) {
            try proceed(outcome, pdu, at: time, emit)
        } catch {
            counters.malformed &+= 1
            setBack(at: time, emit)
        }
    }

    /// An answer that cannot be read: the question counts as refused.
    private mutating func setBack(at time: Timestamp, _ emit: (Action, Span<UInt8>) -> Void) {
        switch state {
        case .idle, .complete, .failed: break
        case .exchangingMTU: enter(.findingServices(from: 1), at: time, emit)
        case .findingServices: fail(.malformed(.readByGroupTypeRequest), emit)
        case .findingCharacteristics(let service, _):
            if GATTInterest.measures(service: attributes.services[service].uuid) {
                obstacle = .malformed(.readByTypeRequest)
            }
            subscribe(in: service, after: nil, at: time, emit)
        case .findingDescriptors(let characteristic, _): skip(characteristic, at: time, emit)
        case .subscribing(let characteristic): skip(characteristic, at: time, emit)
        case .reading(let characteristic, _): read(after: characteristic, at: time, emit)
        }
    }

    private mutating func proceed(
        _ outcome: ATTTransaction.Outcome, _ pdu: Span<UInt8>, at time: Timestamp,
        _ emit: (Action, Span<UInt8>) -> Void
    ) throws(DecodeError) {
        let isAnswer = outcome == .answered
        switch state {
        case .idle, .complete, .failed: break
        case .exchangingMTU:
            // Refused by what knows only the default.
            if isAnswer {
                var reader = ByteReader(pdu)
                try reader.skip(1, "opcode")
                negotiated(try reader.uint16("server MTU"))
            }
            enter(.findingServices(from: 1), at: time, emit)
        case .findingServices(let first):
            if isAnswer {
                let end = try attributes.learnServices(pdu, from: first)
                if end < 0xFFFF { return enter(.findingServices(from: end + 1), at: time, emit) }
            }
            attributes.sortServices()
            guard let best = attributes.services.first, GATTInterest.measures(service: best.uuid) else {
                return fail(.noMeasurement, emit)
            }
            enter(.findingCharacteristics(service: 0, from: best.handles.lowerBound), at: time, emit)
        case .findingCharacteristics(let service, let first):
            if isAnswer {
                let last = try attributes.learnCharacteristics(pdu, of: service, from: first)
                if last < attributes.services[service].handles.upperBound {
                    return enter(.findingCharacteristics(service: service, from: last + 1), at: time, emit)
                }
            }
            subscribe(in: service, after: nil, at: time, emit)
        case .findingDescriptors(let characteristic, let first):
            let end = attributes.characteristics[characteristic].end
            guard isAnswer else { return skip(characteristic, at: time, emit) }
            switch try GATTAttributes.configuration(in: pdu, of: first...end) {
            case .found(let handle):
                attributes.characteristics[characteristic].configuration = handle
                enter(.subscribing(characteristic: characteristic), at: time, emit)
            case .upTo(let last) where last < end:
                enter(.findingDescriptors(characteristic: characteristic, from: last + 1), at: time, emit)
            case .upTo, .absent: skip(characteristic, at: time, emit)
            }
        case .subscribing(let characteristic):
            let service = attributes.characteristics[characteristic].service
            switch outcome {
            case .answered: attributes.characteristics[characteristic].isSubscribed = true
            case .refused(let code):
                if attributes.characteristics[characteristic].use == .measurement {
                    obstacle = .refused(attributes.characteristics[characteristic].uuid, code)
                }
            case .malformed, .unmatched: break
            }
            subscribe(in: service, after: characteristic, at: time, emit)
        case .reading(let characteristic, let offset):
            receiveRead(
                isAnswer ? pdu.extracting(droppingFirst: 1) : nil, of: characteristic, offset: offset, at: time, emit)
        }
    }

    // MARK: Subscriptions

    /// The characteristic has no configuration, or none that can be read.
    private mutating func skip(
        _ characteristic: Int, at time: Timestamp, _ emit: (Action, Span<UInt8>) -> Void
    ) {
        let skipped = attributes.characteristics[characteristic]
        if skipped.use == .measurement { obstacle = obstacle ?? .notNotifying(skipped.uuid) }
        subscribe(in: skipped.service, after: characteristic, at: time, emit)
    }

    /// Goes on to the next characteristic of a service that is to be switched on, or else to the next service.
    private mutating func subscribe(
        in service: Int, after last: Int?, at time: Timestamp, _ emit: (Action, Span<UInt8>) -> Void
    ) {
        attributes.endService()
        for index in attributes.characteristics.indices where index > last ?? -1 {
            let candidate = attributes.characteristics[index]
            guard candidate.service == service, candidate.use.isSubscribed, candidate.subscription != nil,
                candidate.end > candidate.handle
            else { continue }
            return enter(
                .findingDescriptors(characteristic: index, from: candidate.handle + 1), at: time, emit)
        }
        let next = service + 1
        let followsMeasurement =
            next < attributes.services.count && GATTInterest.measures(service: attributes.services[next].uuid)
        if !isReady, !followsMeasurement {
            guard attributes.characteristics.contains(where: { $0.use == .measurement && $0.isSubscribed }) else {
                let measurement: GATTUUID =
                    attributes.services[0].uuid == .heartRateService
                    ? .heartRateMeasurement : .runningSpeedAndCadenceMeasurement
                return fail(obstacle ?? .notNotifying(measurement), emit)
            }
            isReady = true
            emit(.ready, [UInt8]().span)
        }
        if next < attributes.services.count {
            let first = attributes.services[next].handles.lowerBound
            enter(.findingCharacteristics(service: next, from: first), at: time, emit)
        } else {
            read(after: nil, at: time, emit)
        }
    }

    // MARK: Reading

    private mutating func read(
        after last: Int?, at time: Timestamp, _ emit: (Action, Span<UInt8>) -> Void
    ) {
        longValue.removeAll(keepingCapacity: true)
        for index in attributes.characteristics.indices where index > last ?? -1 {
            let candidate = attributes.characteristics[index]
            guard candidate.use.isRead, candidate.canBeRead else { continue }
            return enter(.reading(characteristic: index, offset: 0), at: time, emit)
        }
        enter(.complete, at: time, emit)
    }

    /// - Parameter part: what came; `nil` when the peer refused.
    private mutating func receiveRead(
        _ part: Span<UInt8>?, of index: Int, offset: UInt16, at time: Timestamp,
        _ emit: (Action, Span<UInt8>) -> Void
    ) {
        let characteristic = attributes.characteristics[index]
        if let part {
            for byte in part.indices where longValue.count < Self.longestValue { longValue.append(part[byte]) }
            // A value that fills its PDU may go on (Core 5.4, Vol 3 Part G, 4.8.3).
            if part.count == Int(mtu) - 1, longValue.count < Self.longestValue, characteristic.use == .text {
                return enter(
                    .reading(characteristic: index, offset: UInt16(clamping: longValue.count)), at: time, emit)
            }
        }
        // A refused continuation does not make what came before it untrue.
        if part != nil || offset > 0 {
            emit(.value(characteristic.uuid, handle: characteristic.handle), longValue.span)
        }
        read(after: index, at: time, emit)
    }
}
