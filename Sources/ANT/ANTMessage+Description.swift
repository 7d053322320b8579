// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement

extension ANTMessage: CustomStringConvertible {
    /// In words, as far as the message itself tells.
    @usableFromInline package var description: String { description(sensor: extendedData?.channelID?.sensor) }

    /// In words, for inspection: `broadcast ch0 ant:120:16815 heart rate page 4: 67 bpm, beat 132, RR 882/1024 s`.
    ///
    /// - Parameter sensor: who sent the data, as the decoder found out.
    package func description(sensor: SensorID?) -> String {
        var text = id.description
        if let channel { text += " ch\(channel)" }
        if id.carriesData {
            if let sensor { text += " \(sensor)" }
            return text + " " + dataDescription(sensor)
        }
        return details.map { "\(text) \($0)" } ?? text
    }

    private func dataDescription(_ sensor: SensorID?) -> String {
        var text = bytes
        if id != .burst, id != .legacyExtendedBurst, let page, case .ant(let type, _)? = sensor,
            let summary = KnownSensor.summary(of: page, deviceType: type)
        {
            text = summary
        }
        if let strength = extendedData?.signalStrength { text += ", \(strength) dBm" }
        return text
    }

    /// The payload as hexadecimal, channel left out.
    private var bytes: String {
        (detailStart..<Int(length)).map { index in
            String(hexadecimal(byte(index) ?? 0).dropFirst(2))
        }.joined(separator: " ")
    }

    private var detailStart: Int { id.namesChannel ? 1 : 0 }

    private var details: String? {
        switch id {
        case .channelResponse:
            guard let response else { return bytes }
            return response.isEvent ? "event: \(response.code)" : "to \(response.subject): \(response.code)"
        case .startup:
            guard let reasons = byte(0) else { return nil }
            return "after " + Self.startupReasons(reasons)
        case .capabilities:
            guard let channels = byte(0), let networks = byte(1) else { return bytes }
            return "\(channels) channels, \(networks) networks, options \(bytes)"
        case .version: return "\"\(text)\""
        case .serialNumber: return uint32(0).map { "\($0)" } ?? bytes
        case .request:
            return byte(1).map { "of \(ANTMessageID(rawValue: $0))" } ?? bytes
        case .channelID:
            guard let id = assignedChannelID else { return bytes }
            return "\(id.sensor), transmission type \(hexadecimal(id.transmissionType))"
        case .channelPeriod: return uint16(1).map { "\($0)/32768 s" } ?? bytes
        case .radioFrequency: return byte(1).map { "\(2400 + Int($0)) MHz" } ?? bytes
        case .searchTimeout, .lowPrioritySearchTimeout:
            return byte(1).map { $0 == 255 ? "never" : "\(Double($0) * 2.5) s" } ?? bytes
        case .networkKey: return byte(0).map { "of network \($0)" } ?? bytes
        case .assignChannel:
            guard let type = byte(1), let network = byte(2) else { return bytes }
            return "type \(hexadecimal(type)), network \(network)"
        case .channelStatus:
            guard let status = byte(1) else { return bytes }
            return ["unassigned", "assigned", "searching", "tracking"][Int(status & 0x03)]
        case .openChannel, .closeChannel, .unassignChannel, .resetSystem: return nil
        default: return bytes.isEmpty ? nil : bytes
        }
    }

    /// Printable ASCII up to the first zero; anything else as a full stop.
    private var text: String {
        var text = ""
        for index in 0..<Int(length) {
            guard let value = byte(index), value != 0 else { break }
            text.unicodeScalars.append(value >= 0x20 && value < 0x7F ? Unicode.Scalar(value) : ".")
        }
        return text
    }

    /// Source: open ANT host libraries.
    private static func startupReasons(_ bits: UInt8) -> String {
        guard bits != 0 else { return "power-on" }
        var reasons: [String] = []
        if bits & 0x01 != 0 { reasons.append("hardware reset") }
        if bits & 0x02 != 0 { reasons.append("watchdog reset") }
        if bits & 0x20 != 0 { reasons.append("command reset") }
        if bits & 0x40 != 0 { reasons.append("synchronous reset") }
        if bits & 0x80 != 0 { reasons.append("suspend reset") }
        return reasons.isEmpty ? "reason \(hexadecimal(bits))" : reasons.joined(separator: ", ")
    }
}
