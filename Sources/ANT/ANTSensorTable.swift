// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement

/// The sensors heard so far, at most ``limit``.
struct ANTSensorTable: Sendable {
    static let limit = 1024

    struct Entry: Sendable {
        let key: UInt64
        let id: SensorID
        /// Whether the kind of sensor is understood. Apart from the sensor, for what an optional carries is copied to be
        /// changed.
        let isKnown: Bool
        var sensor: KnownSensor
        /// The profile's own, in 1/32768 s; 0 when unknown.
        let period: UInt16
        var gaps = ANTGapDetector()
    }

    /// Sensors are never removed: a slot stays good.
    var entries: [Entry] = []
    /// By key. A stick that scans hears all sensors on one channel, so the hint is of no use there.
    private var slots: [UInt64: Int] = [:]

    /// Sensors are told apart by type and number; those heard under the wildcard number also by where they were heard,
    /// so that the beats of two are never mixed.
    @inline(__always)
    private static func key(_ id: ANTChannelID, stick: UInt32, channel: UInt8) -> UInt64 {
        let number = id.number
        guard number == 0 else { return UInt64(id.deviceType) | UInt64(number) << 8 }
        return UInt64(id.deviceType) | UInt64(channel) << 8 | 1 << 28 | UInt64(stick) << 32
    }

    /// - Parameter hint: where to look first.
    /// - Returns: `nil` when the table is full.
    @inline(__always)
    mutating func slot(for id: ANTChannelID, stick: UInt32, channel: UInt8, hint: Int?) -> Int? {
        let key = Self.key(id, stick: stick, channel: channel)
        if let hint, hint >= 0, hint < entries.count, entries.span[hint].key == key { return hint }
        return slot(for: key, id)
    }

    @inline(never)
    private mutating func slot(for key: UInt64, _ id: ANTChannelID) -> Int? {
        if let slot = slots[key] { return slot }
        guard entries.count < Self.limit else { return nil }
        let profile = KnownSensor.profile { $0.deviceType == id.deviceType }
        let sensor = KnownSensor(deviceType: id.deviceType, sensor: id.sensor)
        entries.append(
            Entry(
                key: key, id: id.sensor, isKnown: sensor != nil, sensor: sensor ?? KnownSensor(unused: id.sensor),
                period: profile?.period ?? 0))
        slots[key] = entries.count - 1
        return entries.count - 1
    }
}
