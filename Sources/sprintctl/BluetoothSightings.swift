// SPDX-License-Identifier: GPL-3.0-or-later
internal import Capture
internal import GATT
internal import Measurement
internal import Transport

/// The Bluetooth sensors that are, or were, in the air: what their advertisements say, and, of those that are connected, they themselves.
struct BluetoothSightings {
    private struct Entry {
        let sensor: SensorID
        var information = SensorInformation()
        var strength: Int8?
        /// Its address is one that changes.
        var isPassing = false
        var battery: UInt8?
        var heartRate: Double?
        var speed: Double?
        var messages: UInt64 = 0
        var lastHeard: Timestamp
        var isLost = false
    }

    /// Sensors; as many as a central tells apart.
    private static let limit = 64
    /// Seconds: sensors advertise at least every second or two, and measure about once a second.
    private static let lostAfter = 10.0

    private var entries: [Entry] = []
    private var decoder = GATTDecoder()

    func sightings(now: Timestamp) -> [SensorSighting] {
        entries.map { entry in
            var sighting = SensorSighting(.bluetooth, entry.sensor, heard: max(0, now.seconds(since: entry.lastHeard)))
            let information = entry.information
            sighting.name = information.name
            if information.services.contains(.heartRate) { sighting.kinds.append("heart rate") }
            if information.services.contains(.runningSpeedAndCadence) { sighting.kinds.append("footpod") }
            sighting.signal = entry.strength
            sighting.isLost = entry.isLost || sighting.heard >= Self.lostAfter
            sighting.heartRate = entry.heartRate
            sighting.speed = entry.speed
            sighting.battery = entry.battery.map { "\($0) %" }
            sighting.manufacturer = information.manufacturer
            sighting.model = information.model
            sighting.serialNumber = information.serialNumber
            sighting.software = information.softwareRevision ?? information.firmwareRevision
            sighting.hardware = information.hardwareRevision
            sighting.location = information.bodyLocation?.name
            sighting.messages = entry.messages
            if entry.isPassing, let name = information.name { sighting.binding = "ble:name:\(name)" }
            return sighting
        }.sorted { "\($0.sensor)" < "\($1.sensor)" }
    }

    mutating func take(_ notice: TransportNotice) {
        guard let sensor = notice.sensor, let index = entries.firstIndex(where: { $0.sensor == sensor }) else { return }
        switch notice.kind {
        case .sensorLost: entries[index].isLost = true
        case .sensorFound, .sensorBack: entries[index].isLost = false
        case .deviceArrived, .deviceReady, .deviceLeft, .deviceUnusable, .batteryLow, .remark: break
        }
    }

    mutating func take(_ frame: CapturedFrame, _ bytes: Span<UInt8>) {
        guard let packet = try? HCIPacket(frame, bytes) else { return }
        noteStrength(packet, at: frame.time)
        // Out of our hands while it calls back.
        var decoder = GATTDecoder()
        swap(&decoder, &self.decoder)
        decoder.receive(
            packet.payload, type: packet.type, sentByHost: packet.direction.map { $0 == .sent },
            adapter: packet.adapter,
            at: frame.time
        ) { event in
            switch event {
            case .sample(let sample): note(sample)
            case .sensorInfo(let sensor, let information):
                guard let index = place(of: sensor, at: frame.time) else { return }
                entries[index].information = information
            case .connected(_, let address):
                guard let index = place(of: .bluetooth(address: address.value), at: frame.time) else { return }
                entries[index].isLost = false
            case .pdu, .disconnected, .guessed, .bad: break
            }
        }
        swap(&decoder, &self.decoder)
    }

    private mutating func noteStrength(_ packet: borrowing HCIPacket, at time: Timestamp) {
        let payload = packet.payload
        guard packet.type == .event, payload.count > 3, payload[0] == 0x3E, payload[2] == 0x02 || payload[2] == 0x0D
        else { return }
        try? AdvertisingReport.read(payload, isExtended: payload[2] == 0x0D) { report in
            guard let address = report.address,
                let index = place(of: .bluetooth(address: address.value), at: time)
            else { return }
            entries[index].strength = report.strength ?? entries[index].strength
            // Resolvable and non-resolvable private: Core 5.4, Vol 6 Part B, 1.3.2.2.
            entries[index].isPassing = address.kind == .random && address.value >> 46 < 2
            hear(index, at: time)
        }
    }

    private mutating func note(_ sample: Sample) {
        guard let index = place(of: sample.sensor, at: sample.time) else { return }
        hear(index, at: sample.time)
        switch sample.reading {
        case .heartRate(let reading): entries[index].heartRate = reading.beatsPerMinute
        case .stride(let reading): entries[index].speed = reading.speed ?? entries[index].speed
        case .battery(let percent): entries[index].battery = percent
        case .rrInterval: break
        }
    }

    private mutating func hear(_ index: Int, at time: Timestamp) {
        entries[index].lastHeard = max(entries[index].lastHeard, time)
        entries[index].messages &+= 1
        entries[index].isLost = false
    }

    private mutating func place(of sensor: SensorID, at time: Timestamp) -> Int? {
        if let index = entries.firstIndex(where: { $0.sensor == sensor }) { return index }
        guard entries.count < Self.limit else { return nil }
        entries.append(Entry(sensor: sensor, lastHeard: time))
        return entries.count - 1
    }
}
