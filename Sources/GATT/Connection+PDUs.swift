// SPDX-License-Identifier: GPL-3.0-or-later
import BinaryCoding
import Measurement

/// What requests, responses and notifications teach: which handle is what, and which bytes are its value.
extension Connection {
    func request(_ pdu: Span<UInt8>, _ opcode: ATTOpcode) throws(DecodeError) -> ATTRequest {
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

    mutating func receiveResponse(
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

    mutating func learn(_ uuid: GATTUUID, at handle: UInt16, _ counters: inout GATTCounters) {
        if !peer.database.learn(uuid, at: handle) { counters.overLimit &+= 1 }
    }

    private mutating func learnDescriptors(
        _ pdu: Span<UInt8>, _ counters: inout GATTCounters
    ) throws(DecodeError) {
        var response = try FindInformationResponse(pdu)
        while let entry = try response.next() { learn(entry.uuid, at: entry.handle, &counters) }
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

    mutating func receiveNotification(
        _ pdu: Span<UInt8>, _ opcode: ATTOpcode, at time: Timestamp, counters: inout GATTCounters,
        emit: (GATTEvent) -> Void
    ) throws(DecodeError) {
        guard opcode == .multipleHandleValueNotification else {
            // Nearly all of a session's PDUs end up here.
            guard pdu.count >= 3 else { throw .truncated(field: "handle", offset: 1) }
            let handle = UInt16(pdu[1]) | UInt16(pdu[2]) << 8
            receiveNotified(pdu.extracting(droppingFirst: 3), at: handle, time, &counters, emit)
            return
        }
        var reader = ByteReader(pdu)
        try reader.skip(1, "opcode")
        while reader.remaining > 0 {
            let handle = try reader.uint16("handle")
            let length = Int(try reader.uint16("value length"))
            let value = try reader.bytes(length, "value")
            receiveNotified(value, at: handle, time, &counters, emit)
        }
    }
}
