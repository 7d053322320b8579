// SPDX-License-Identifier: GPL-3.0-or-later
import BinaryCoding
import GATT
import Measurement

// What follows from an answer: the way from one request to the next.
extension GATTClient {
    // MARK: Responses

    mutating func receiveResponse(
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
        case .idle, .securing, .complete, .failed: break
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
        case .idle, .securing, .complete, .failed: break
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
                    if secure(characteristic, after: code, at: time, emit) { return }
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
    mutating func subscribe(
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
