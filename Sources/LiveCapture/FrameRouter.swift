// SPDX-License-Identifier: GPL-3.0-or-later
import ANT
import BinaryCoding
import Capture
import GATT
package import Measurement
import Pipeline
package import Transport

/// Says of each frame whose it is, by decoding it along with all others. What it learns goes into no analysis.
package struct FrameRouter: Sendable {
    package enum Kind: Equatable, Sendable {
        /// What the sensors in ``sensors`` say, or noise that is nobody's.
        case data
        /// Parts of messages, or of whom nobody can tell: for everybody.
        case shared
        /// Needed to understand what comes later.
        case context(ContextStore.Key, restarts: Bool)
    }

    private var decoder = FrameDecoder()
    private var boundaries: [UInt32: MessageBoundary] = [:]
    private var connections: [ConnectionID: SensorID] = [:]
    /// Devices that a boundary or an address is kept of.
    private static let deviceLimit = 64

    /// Who speaks in the last frame.
    package private(set) var sensors: [SensorID] = []
    /// Those of ``sensors`` that gave a sign of life.
    package private(set) var signs: [SensorID] = []
    package private(set) var ledger = SensorLedger()

    package init() {
        // So that no frame allocates: a transfer of 64 bytes holds five messages at most.
        sensors.reserveCapacity(16)
        signs.reserveCapacity(16)
    }

    /// What one frame's events come to.
    private struct Findings {
        var hasUnknownSender = false
        var hasSetup = false
        var restarts = false
        var events = 0
        var connected: (ConnectionID, SensorID)?
        var disconnected: (ConnectionID, SensorID)?
        var told: SensorID?

        /// - Parameter time: the frame's.
        mutating func take(
            _ event: FrameDecoder.Event, _ sensors: inout [SensorID], _ signs: inout [SensorID],
            _ ledger: inout SensorLedger, at time: Timestamp
        ) {
            events += 1
            switch event {
            case .sample(let sample):
                Self.add(sample.sensor, to: &sensors)
                if sample.reading.isSignOfLife { Self.add(sample.sensor, to: &signs) }
                ledger.hear(sample.sensor, sample.reading, at: time)
            case .ant(.message(let message, let sensor, let fromStick)):
                take(message, sensor, fromStick, &sensors)
                if fromStick, message.id.carriesData, let sensor { ledger.hear(sensor, message, at: time) }
            case .ant(.sensorInfo(let sensor, let information)): ledger.note(sensor, information)
            case .ant: break
            case .gatt(.connected(let connection, let address)):
                connected = (connection, .bluetooth(address: address.value))
            case .gatt(.disconnected(let connection, let sensor, _)): disconnected = (connection, sensor)
            case .gatt(.sensorInfo(let sensor, let information)):
                told = sensor
                ledger.note(sensor, information)
            case .gatt: break
            }
        }

        private mutating func take(
            _ message: ANTMessage, _ sensor: SensorID?, _ fromStick: Bool, _ sensors: inout [SensorID]
        ) {
            let isEvent = message.response?.isEvent ?? false
            if fromStick && (message.id.carriesData || isEvent) {
                guard let sensor else { return hasUnknownSender = true }
                Self.add(sensor, to: &sensors)
            } else {
                hasSetup = true
                restarts = restarts || message.id == (fromStick ? .startup : .resetSystem)
            }
        }

        private static func add(_ sensor: SensorID, to list: inout [SensorID]) {
            if !list.contains(sensor) { list.append(sensor) }
        }
    }

    /// - Returns: what the frame is; who speaks in it is in ``sensors`` and ``signs`` until the next call.
    package mutating func route(_ slot: borrowing FrameSlot) -> Kind {
        sensors.removeAll(keepingCapacity: true)
        signs.removeAll(keepingCapacity: true)
        guard case .frame(let frame) = slot.content else { return .data }
        var findings = Findings()
        Self.decode(frame, slot.bytes, &decoder, &findings, &sensors, &signs, &ledger)
        switch frame.link {
        case .usbLinux, .usbLinuxMmapped: return routeUSB(frame, slot.bytes, findings)
        case .bluetoothHCIH4, .bluetoothHCIH4WithDirection: return routeBluetooth(frame, slot.bytes, findings)
        case .unsupported: return .data
        }
    }

    private static func decode(
        _ frame: CapturedFrame, _ bytes: Span<UInt8>, _ decoder: inout FrameDecoder, _ findings: inout Findings,
        _ sensors: inout [SensorID], _ signs: inout [SensorID], _ ledger: inout SensorLedger
    ) {
        decoder.ingest(frame, bytes) { findings.take($0, &sensors, &signs, &ledger, at: frame.time) }
    }

    // MARK: USB

    private mutating func routeUSB(_ frame: CapturedFrame, _ bytes: Span<UInt8>, _ findings: Findings) -> Kind {
        guard let packet = try? USBPacket(frame, bytes) else { return .data }
        let device = UInt32(packet.bus) << 8 | UInt32(packet.device)
        guard packet.transfer != .control else {
            return packet.deviceDescriptor == nil ? .data : .context(.descriptor(device), restarts: true)
        }
        guard packet.carriesData else { return .data }
        if packet.isInput, !isWhole(packet.payload, of: device), !findings.hasSetup { return .shared }
        if findings.hasSetup { return .context(.stick(device), restarts: findings.restarts) }
        return findings.hasUnknownSender || findings.events == 0 ? .shared : .data
    }

    private mutating func isWhole(_ payload: Span<UInt8>, of device: UInt32) -> Bool {
        if boundaries.count >= Self.deviceLimit, boundaries[device] == nil { boundaries.removeAll() }
        return boundaries[device, default: MessageBoundary()].take(payload)
    }

    // MARK: Bluetooth

    private mutating func routeBluetooth(_ frame: CapturedFrame, _ bytes: Span<UInt8>, _ findings: Findings) -> Kind {
        guard let packet = try? HCIPacket(frame, bytes) else { return .data }
        if let (connection, sensor) = findings.disconnected {
            connections[connection] = nil
            return .context(.peer(sensor), restarts: false)
        }
        if let (connection, sensor) = findings.connected {
            if connections.count >= Self.deviceLimit { connections.removeAll() }
            connections[connection] = sensor
            return .context(.peer(sensor), restarts: false)
        }
        switch packet.type {
        case .command: return .context(.adapter(packet.adapter), restarts: false)
        case .acl: return routeACL(packet)
        case .event:
            guard packet.payload.count > 0 else { return .data }
            switch packet.payload[0] {
            // Number Of Completed Packets says nothing of a sensor, and comes with every packet sent.
            case 0x13: return .data
            case 0x3E where packet.payload.count > 2 && [0x02, 0x0D].contains(packet.payload[2]):
                Self.noteSignals(packet.payload, &ledger)
                return findings.told.map { .context(.advertiser($0), restarts: false) } ?? .data
            default: return .context(.adapter(packet.adapter), restarts: false)
            }
        case .sco, .iso: return .data
        }
    }

    /// What is cut short tells what it has.
    private static func noteSignals(_ packet: Span<UInt8>, _ ledger: inout SensorLedger) {
        try? AdvertisingReport.read(packet, isExtended: packet[2] == 0x0D) { report in
            guard let address = report.address, let strength = report.strength else { return }
            ledger.note(.bluetooth(address: address.value), signal: strength)
        }
    }

    /// All that is said on a sensor's connection is that sensor's; what are not values is context.
    private mutating func routeACL(_ packet: borrowing HCIPacket) -> Kind {
        let payload = packet.payload
        guard payload.count >= 4 else { return .data }
        let field = UInt16(payload[0]) | UInt16(payload[1]) << 8
        let connection = ConnectionID(adapter: packet.adapter, handle: field & 0x0FFF)
        let sensor =
            connections[connection] ?? .bluetoothConnection(adapter: connection.adapter, handle: connection.handle)
        if !sensors.contains(sensor) { sensors.append(sensor) }
        // L2CAP length and channel, then ATT's opcode: 0x1B notification, 0x1D indication, 0x1E its confirmation. A fragment that continues
        // a PDU (boundary 1) has none; of the sensors read here only what is asked of them is that long.
        let isStart = field >> 12 & 3 != 1
        guard isStart, payload.count >= 9, payload[6] == 4, payload[7] == 0, [0x1B, 0x1D, 0x1E].contains(payload[8])
        else { return .context(.peer(sensor), restarts: false) }
        return .data
    }
}
