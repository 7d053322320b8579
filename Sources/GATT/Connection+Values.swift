// SPDX-License-Identifier: GPL-3.0-or-later
import BinaryCoding
import Measurement

/// What becomes of a characteristic's value.
extension Connection {
    mutating func receiveNotified(
        _ value: Span<UInt8>, at handle: UInt16, _ time: Timestamp, _ counters: inout GATTCounters,
        _ emit: (GATTEvent) -> Void
    ) {
        counters.notifications &+= 1
        if let entry = peer.database.entry(at: handle) {
            receiveValue(value, of: entry.uuid, at: handle, time, &counters, emit)
            return
        }
        counters.unidentifiedNotifications &+= 1
        guard let uuid = infer(from: value, at: handle, time, &counters) else { return }
        guard peer.database.learn(uuid, at: handle, isGuess: true) else {
            counters.overLimit &+= 1
            return
        }
        candidates.removeAll { $0.handle == handle }
        emit(.guessed(id, peer.sensor, handle: handle, uuid))
        receiveValue(value, of: uuid, at: handle, time, &counters, emit)
    }

    private mutating func infer(
        from value: Span<UInt8>, at handle: UInt16, _ time: Timestamp, _ counters: inout GATTCounters
    ) -> GATTUUID? {
        for index in candidates.indices where candidates[index].handle == handle {
            return candidates[index].observe(value, at: time)
        }
        if candidates.count >= Self.candidateLimit {
            let database = peer.database
            candidates.removeAll { database.entry(at: $0.handle) != nil }
        }
        guard candidates.count < Self.candidateLimit else {
            counters.overLimit &+= 1
            return nil
        }
        var evidence = ShapeEvidence(handle: handle)
        let uuid = evidence.observe(value, at: time)
        candidates.append(evidence)
        return uuid
    }

    /// A value that was read, or a part of one.
    mutating func receiveRead(
        _ value: Span<UInt8>, at handle: UInt16, offset: Int, at time: Timestamp,
        counters: inout GATTCounters, emit: (GATTEvent) -> Void
    ) {
        guard let uuid = peer.database.entry(at: handle)?.uuid else { return }
        guard let field = SensorInformation.stringField(uuid) else {
            if offset == 0 { receiveValue(value, of: uuid, at: handle, time, &counters, emit) }
            return
        }
        var bytes: [UInt8] = []
        if offset > 0 {
            guard let partialRead, partialRead.handle == handle, partialRead.bytes.count == offset else { return }
            bytes = partialRead.bytes
        }
        guard bytes.count + value.count <= Self.longestValue else { return }
        for index in value.indices { bytes.append(value[index]) }
        if let text = SensorInformation.text(bytes.span) {
            peer.information[keyPath: field] = text
            if uuid.short == 0x2A00 { peer.information.nameIsShortened = false }
        }
        partialRead = (handle, bytes)
    }

    private mutating func receiveValue(
        _ value: Span<UInt8>, of uuid: GATTUUID, at handle: UInt16, _ time: Timestamp,
        _ counters: inout GATTCounters, _ emit: (GATTEvent) -> Void
    ) {
        let sensor = peer.sensor
        do throws(DecodeError) {
            switch uuid.short {
            case 0x2A37:
                let measurement = try HeartRateMeasurement(value: value)
                peer.stream.take(measurement, from: sensor, at: time, counters: &counters, emit: emit)
            case 0x2A53:
                let measurement = try RunningSpeedAndCadenceMeasurement(value: value)
                peer.stream.take(measurement, from: sensor, at: time, counters: &counters, emit: emit)
            case 0x2A19:
                let level = try BatteryLevel(value: value)
                peer.stream.take(level, from: sensor, at: time, counters: &counters, emit: emit)
            case 0x2A38: peer.information.bodyLocation = try BodySensorLocation(value: value)
            case 0x2A54: peer.information.strideFeatures = try RunningSpeedAndCadenceFeature(value: value)
            case 0x2A05:
                // Service Changed: what was learned of these handles no longer holds (Core 5.4, Vol 3 Part G, 7.1).
                var reader = ByteReader(value)
                let first = try reader.uint16("first affected handle")
                let last = try reader.uint16("last affected handle")
                guard first <= last else { throw .invalid(field: "last affected handle", offset: 2) }
                // The indication's own handle stays where it is in practice, and more indications may come.
                peer.database.forget(first...last)
                learn(uuid, at: handle, &counters)
            default: break
            }
        } catch {
            report(.value(uuid, handle: handle, error), &counters, emit)
        }
    }
}
