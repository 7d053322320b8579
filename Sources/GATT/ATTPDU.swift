// SPDX-License-Identifier: GPL-3.0-or-later
import BinaryCoding

/// One PDU of the attribute protocol with what its connection knew when it went by, for a person to read.
package struct ATTPDU: Equatable, Sendable {
    package var connection: ConnectionID
    package var sentByHost: Bool
    /// The attribute it is about: its own field, or that of the request which it answers.
    package var handle: UInt16?
    /// What that attribute is, or which type a discovery asks for; `nil` when unknown.
    package var uuid: GATTUUID?
    /// `uuid` was inferred from values.
    package var isGuess = false
    /// For a client configuration: the characteristic that it belongs to.
    package var owner: GATTUUID?
    /// All of it, opcode first.
    package var bytes: [UInt8]

    init(connection: ConnectionID, sentByHost: Bool, bytes: Span<UInt8>) {
        self.connection = connection
        self.sentByHost = sentByHost
        self.bytes = []
        self.bytes.reserveCapacity(bytes.count)
        for index in bytes.indices { self.bytes.append(bytes[index]) }
    }

    /// `nil` for a number that the protocol does not define.
    package var opcode: ATTOpcode? { bytes.first.flatMap(ATTOpcode.init(rawValue:)) }
}

extension ATTPDU: CustomStringConvertible {
    /// For instance `Handle Value Notification 0x0010 Heart Rate Measurement: 67 bpm, RR 882 906 /1024 s`.
    package var description: String {
        guard let opcode else {
            guard let first = bytes.first else { return "empty PDU" }
            return "Unknown opcode 0x" + hexadecimal(UInt64(first), digits: 2) + dump(after: 1)
        }
        var text = opcode.name
        if opcode != .errorResponse {
            if let handle { text += " " + name(ofHandle: handle) }
            if let uuid { text += " " + name(of: uuid) + (isGuess ? " (guessed)" : "") }
            if let owner { text += " of " + name(of: owner) }
        }
        let detail = (try? self.detail(opcode)) ?? "malformed" + dump(after: 1)
        return detail.isEmpty ? text : text + ": " + detail
    }

    private func name(of uuid: GATTUUID) -> String { uuid.name ?? uuid.description }

    private func name(ofHandle handle: UInt16) -> String { "0x" + hexadecimal(UInt64(handle), digits: 4) }

    private func dump(after count: Int) -> String {
        let rest = bytes.dropFirst(count)
        return rest.isEmpty ? "" : rest.reduce(into: "") { $0 += " " + hexadecimal(UInt64($1), digits: 2) }
    }

    private func detail(_ opcode: ATTOpcode) throws(DecodeError) -> String {
        var reader = ByteReader(bytes.span)
        try reader.skip(1, "opcode")
        switch opcode {
        case .errorResponse:
            let refused = try reader.uint8("request opcode")
            let handle = try reader.uint16("handle")
            let code = ATTErrorCode(rawValue: try reader.uint8("error code"))
            let request = ATTOpcode(rawValue: refused)?.name ?? "opcode 0x" + hexadecimal(UInt64(refused), digits: 2)
            return "\(request) \(name(ofHandle: handle)): \(code)"
        case .exchangeMTURequest, .exchangeMTUResponse: return "\(try reader.uint16("MTU")) bytes"
        case .findInformationRequest, .readByTypeRequest, .readByGroupTypeRequest: return try range(&reader)
        case .findByTypeValueRequest:
            let range = try range(&reader)
            try reader.skip(2, "attribute type")
            let offset = reader.offset
            guard let value = GATTUUID(littleEndian: try reader.bytes(reader.remaining, "value")) else {
                return range + " =" + dump(after: offset)
            }
            return range + " = " + name(of: value)
        case .findByTypeValueResponse:
            var items: [String] = []
            while reader.remaining > 0 { items.append(try range(&reader)) }
            return items.joined(separator: ", ")
        case .findInformationResponse:
            var response = try FindInformationResponse(bytes.span)
            var items: [String] = []
            while let entry = try response.next() {
                items.append(name(ofHandle: entry.handle) + " " + name(of: entry.uuid))
            }
            return items.joined(separator: ", ")
        case .readByGroupTypeResponse:
            let length = Int(try reader.uint8("entry length"))
            var items: [String] = []
            while reader.remaining > 0 {
                let range = try range(&reader)
                items.append(range + " " + uuidName(try reader.bytes(length - 4, "UUID")))
            }
            return items.joined(separator: ", ")
        case .readByTypeResponse:
            let length = Int(try reader.uint8("entry length"))
            var items: [String] = []
            while reader.remaining > 0 {
                let handle = try reader.uint16("handle")
                if uuid == .characteristicDeclaration {
                    try reader.skip(1, "properties")
                    let value = try reader.uint16("value handle")
                    items.append(name(ofHandle: value) + " " + uuidName(try reader.bytes(length - 5, "UUID")))
                } else {
                    let value = try reader.bytes(length - 2, "value")
                    items.append(name(ofHandle: handle) + " " + valueText(value, of: uuid))
                }
            }
            return items.joined(separator: ", ")
        case .readResponse: return valueText(try reader.bytes(reader.remaining, "value"), of: uuid)
        case .writeRequest, .writeCommand, .handleValueNotification, .handleValueIndication:
            try reader.skip(2, "handle")
            return valueText(try reader.bytes(reader.remaining, "value"), of: uuid)
        case .readBlobRequest:
            try reader.skip(2, "handle")
            return "from byte \(try reader.uint16("value offset"))"
        case .readRequest, .writeResponse, .executeWriteResponse, .handleValueConfirmation: return ""
        case .multipleHandleValueNotification:
            var items: [String] = []
            while reader.remaining > 0 {
                let handle = try reader.uint16("handle")
                let length = Int(try reader.uint16("value length"))
                let value = try reader.bytes(length, "value")
                items.append(name(ofHandle: handle) + " " + valueText(value, of: nil))
            }
            return items.joined(separator: ", ")
        case .readBlobResponse, .readMultipleRequest, .readMultipleResponse, .prepareWriteRequest,
            .prepareWriteResponse, .executeWriteRequest, .readMultipleVariableRequest,
            .readMultipleVariableResponse, .signedWriteCommand:
            return String(dump(after: 1).dropFirst())
        }
    }

    private func range(_ reader: inout ByteReader) throws(DecodeError) -> String {
        let first = try reader.uint16("first handle")
        return name(ofHandle: first) + "-" + name(ofHandle: try reader.uint16("last handle"))
    }

    private func uuidName(_ bytes: Span<UInt8>) -> String {
        GATTUUID(littleEndian: bytes).map { name(of: $0) } ?? "malformed UUID"
    }

    /// What a value says: in its characteristic's terms, else in hexadecimal.
    private func valueText(_ value: Span<UInt8>, of uuid: GATTUUID?) -> String {
        if let uuid, let text = try? Self.decoded(value, of: uuid) { return text }
        var text = ""
        for index in value.indices {
            text += (index == 0 ? "" : " ") + hexadecimal(UInt64(value[index]), digits: 2)
        }
        return text.isEmpty ? "(empty)" : text
    }

    /// - Returns: `nil` for a characteristic that this project does not read.
    private static func decoded(_ value: Span<UInt8>, of uuid: GATTUUID) throws(DecodeError) -> String? {
        switch uuid.short {
        case 0x2A37:
            let measurement = try HeartRateMeasurement(value: value)
            var text = "\(measurement.beatsPerMinute) bpm"
            if let contact = measurement.skinContact { text += contact ? ", skin contact" : ", no skin contact" }
            if let energy = measurement.energyExpended { text += ", \(energy) kJ" }
            if !measurement.rrIntervals.isEmpty {
                text += ", RR " + measurement.rrIntervals.map { String($0) }.joined(separator: " ") + " /1024 s"
            }
            return text
        case 0x2A53:
            let measurement = try RunningSpeedAndCadenceMeasurement(value: value)
            var text = measurement.isRunning ? "running, " : ""
            text += "\(measurement.speed) /256 m/s, cadence \(measurement.cadence) /min"
            if let stride = measurement.strideLength { text += ", stride \(stride) cm" }
            if let distance = measurement.totalDistance { text += ", distance \(distance) /10 m" }
            return text
        case 0x2A19: return "\(try BatteryLevel(value: value).percent) %"
        case 0x2A38: return try BodySensorLocation(value: value).name
        case 0x2A54:
            let features = try RunningSpeedAndCadenceFeature(value: value)
            var names: [String] = []
            if features.contains(.strideLength) { names.append("stride length") }
            if features.contains(.totalDistance) { names.append("total distance") }
            if features.contains(.walkingOrRunning) { names.append("walking or running") }
            if features.contains(.calibration) { names.append("calibration") }
            if features.contains(.multipleSensorLocations) { names.append("multiple sensor locations") }
            return names.isEmpty ? "no features" : names.joined(separator: ", ")
        case 0x2902:
            var reader = ByteReader(value)
            switch try reader.uint16("configuration") & 3 {
            case 0: return "off"
            case 1: return "notifications on"
            case 2: return "indications on"
            default: return "notifications and indications on"
            }
        default:
            guard SensorInformation.stringField(uuid) != nil else { return nil }
            return SensorInformation.text(value).map { "\"\($0)\"" } ?? "\"\""
        }
    }
}
