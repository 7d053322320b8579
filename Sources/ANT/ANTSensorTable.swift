// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement

/// The sensors heard so far, at most ``limit``.
struct ANTSensorTable: Sendable {
    static let limit = 1024

    struct Entry: Sendable {
        let key: UInt64
        let id: SensorID
        /// `nil` for a kind of sensor that is not understood.
        var sensor: KnownSensor?
        /// The profile's own, in 1/32768 s; 0 when unknown.
        let period: UInt16
        var gaps = ANTGapDetector()
    }

    private(set) var entries: [Entry] = []
    /// By key. A stick that scans hears all sensors on one channel, so the hint is of no use there.
    private var slots: [UInt64: Int] = [:]

    /// Sensors are told apart by type and number; those heard under the wildcard number also by where they were heard,
    /// so that the beats of two are never mixed.
    private static func key(_ id: ANTChannelID, stick: UInt32, channel: UInt8) -> UInt64 {
        let number = id.number
        guard number == 0 else { return UInt64(id.deviceType) | UInt64(number) << 8 }
        return UInt64(id.deviceType) | UInt64(channel) << 8 | 1 << 28 | UInt64(stick) << 32
    }

    /// - Parameter hint: where to look first.
    /// - Returns: `nil` when the table is full.
    mutating func slot(for id: ANTChannelID, stick: UInt32, channel: UInt8, hint: Int?) -> Int? {
        let key = Self.key(id, stick: stick, channel: channel)
        if let hint, hint < entries.count, entries[hint].key == key { return hint }
        if let slot = slots[key] { return slot }
        guard entries.count < Self.limit else { return nil }
        let profile = KnownSensor.profile { $0.deviceType == id.deviceType }
        entries.append(
            Entry(
                key: key, id: id.sensor, sensor: KnownSensor(deviceType: id.deviceType, sensor: id.sensor),
                period: profile?.period ?? 0))
        slots[key] = entries.count - 1
        return entries.count - 1
    }

    mutating func withEntry(_ slot: Int, _ body: (inout Entry) -> Void) {
        guard slot < entries.count else { return }
        body(&entries[slot])
    }
}
