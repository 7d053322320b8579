// SPDX-License-Identifier: GPL-3.0-or-later
internal import ANT
internal import Capture
internal import GATT
internal import Measurement
internal import Pipeline

/// The parts of a line of `inspect`.
struct InspectionLine {
    /// Who is at the other end of each Bluetooth connection.
    private var peers: [ConnectionID: SensorID] = [:]

    /// Seconds to the microsecond, in ten columns or more.
    static func seconds(_ time: Timestamp) -> String {
        let micros = time.nanoseconds / 1000
        let fraction = String(micros.magnitude % 1_000_000)
        let text =
            (micros < 0 ? "-" : "") + String(micros.magnitude / 1_000_000) + "."
            + String(repeating: "0", count: 6 - fraction.count) + fraction
        return String(repeating: " ", count: max(0, 12 - text.count)) + text
    }

    /// `<` from the sensor's side, `>` towards it, `-` where the recording does not tell.
    static func direction(_ frame: CapturedFrame, _ bytes: Span<UInt8>) -> String {
        if let packet = try? USBPacket(frame, bytes) { return packet.isInput ? "<" : ">" }
        if let packet = try? HCIPacket(frame, bytes) {
            return packet.direction.map { $0 == .received ? "<" : ">" } ?? "-"
        }
        return "-"
    }

    /// - Returns: `nil` for what another event's line says already. A message knows its direction better than the frame that brought
    ///   it: the first of a stick are held back until it has proved to be one.
    mutating func text(_ event: FrameDecoder.Event) -> (text: String, source: SensorID?, direction: String?)? {
        var direction: String?
        if case .ant(.message(_, _, let fromStick)) = event { direction = fromStick ? "<" : ">" }
        return words(event).map { ($0.text, $0.source, direction) }
    }

    private mutating func words(_ event: FrameDecoder.Event) -> (text: String, source: SensorID?)? {
        switch event {
        case .sample: nil
        case .ant(let event): Self.text(event)
        case .gatt(let event): text(event)
        }
    }

    private static func text(_ event: ANTEvent) -> (String, SensorID?)? {
        switch event {
        case .message(let message, let sensor, _): ("ANT \(message.description(sensor: sensor))", sensor)
        case .bad(let fault): ("ANT bad frame: \(fault)", nil)
        case .lostMessages(let sensor, let count, let from, let to):
            (
                "ANT \(sensor) lost \(count) message\(count == 1 ? "" : "s") in "
                    + "\(seconds(Timestamp(nanoseconds: to.nanoseconds(since: from))).drop { $0 == " " }) s", sensor
            )
        case .sample, .sensorInfo: nil
        }
    }

    private mutating func text(_ event: GATTEvent) -> (String, SensorID?)? {
        if case .connected(let connection, let address) = event {
            peers[connection] = .bluetooth(address: address.value)
        }
        return switch event {
        case .pdu(let pdu):
            (
                "ATT \(pdu)",
                peers[pdu.connection]
                    ?? .bluetoothConnection(adapter: pdu.connection.adapter, handle: pdu.connection.handle)
            )
        case .connected(let connection, let address):
            (
                "BLE connection \(connection) to \(SensorID.bluetooth(address: address.value))",
                .bluetooth(address: address.value)
            )
        case .disconnected(let connection, let sensor, let reason):
            ("BLE connection \(connection) ended\(reason.map { ", reason 0x" + String($0, radix: 16) } ?? "")", sensor)
        case .sensorInfo(let sensor, let information):
            ("BLE \(sensor) is \(information.name ?? information.model ?? "without a name")", sensor)
        case .guessed(let connection, let sensor, let handle, let uuid):
            (
                "BLE connection \(connection): handle 0x\(String(handle, radix: 16)) is taken for "
                    + "\(uuid.name ?? "an unnamed characteristic") by the shape of its values", sensor
            )
        case .bad(let fault): ("BLE bad packet: \(fault)", nil)
        case .sample: nil
        }
    }

    static func text(_ sample: Sample) -> String {
        let value =
            switch sample.reading {
            case .heartRate(let reading): "heart rate " + (reading.beatsPerMinute.map { "\($0) bpm" } ?? "none")
            case .rrInterval(let interval):
                "RR interval \(interval.ticks)/1024 s\(interval.followsGap ? " after a gap" : "")"
            case .stride(let reading):
                [
                    reading.speed.map { "speed \($0) m/s" },
                    reading.cadence.map { "cadence \($0.perMinute)/min (\($0.convention))" },
                    reading.distance.map { "distance \($0) m" },
                ].compactMap { $0 }.joined(separator: ", ")
            case .battery(let percent): "battery \(percent) %"
            }
        return "\(sample.sensor) \(value)"
    }
}
