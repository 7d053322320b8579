// SPDX-License-Identifier: GPL-3.0-or-later
package import ANT
package import Measurement

/// The ANT+ sensors that are, or were, in the air: who they are, whether they are anybody's here, and how they do.
///
/// It sees every sensor and lives longer than any stick, so that a sensor keeps its place through a replug. The sensors of others
/// are told once, when they are first heard, and leave people alone from then on.
package struct SensorRegistry: Sendable {
    /// Whose sensors matter.
    package enum Policy: Equatable, Sendable {
        case everyone
        /// Those of the athletes.
        case chosen(Set<SensorID>)
        /// A lone athlete's: the first of each kind that is heard, and no other until the process ends.
        case firstOfEachKind
    }

    package struct Entry: Sendable {
        package let sensor: SensorID
        package fileprivate(set) var info = ANTSensorInfo()
        /// In dBm; `nil` when the stick does not tell.
        package fileprivate(set) var signalStrength: Int8?
        package fileprivate(set) var lastHeard: Timestamp
        package fileprivate(set) var messages: UInt64 = 0
        package fileprivate(set) var isLost = false
        /// Whether the policy lets it in.
        package let isAccepted: Bool
        /// The latest that it measured.
        package fileprivate(set) var heartRate: Double?
        /// m/s.
        package fileprivate(set) var speed: Double?
        fileprivate var decoder: KnownSensor?
        fileprivate var toldBattery = false

        /// By its own words, or at a tenth of its charge or less.
        package var batteryIsLow: Bool {
            switch info.battery?.status {
            case .low, .critical: true
            case .new, .good, .ok: false
            case nil: info.batteryLevel.map { $0 <= 10 } ?? false
            }
        }
    }

    package enum Event: Equatable, Sendable, BitwiseCopyable {
        case found(SensorID, isAccepted: Bool)
        case lost(SensorID)
        case back(SensorID, silentSeconds: Double)
        case batteryLow(SensorID, level: UInt8?)
    }

    /// A stick looks for a sensor anew after about 2 s of misses; by then it may be a body in the way. In seconds.
    package static let lostAfter = 5.0
    /// Sensors. A race's start line may have more; those heard least recently make room.
    package static let limit = 128

    package let policy: Policy
    package private(set) var entries: [Entry] = []
    /// The first of each kind, under ``Policy-swift.enum/firstOfEachKind``, by device type.
    package private(set) var locks: [UInt8: SensorID] = [:]
    /// Messages of sensors for which there was no place.
    package private(set) var overflow: UInt64 = 0

    package init(_ policy: Policy = .everyone) {
        self.policy = policy
    }

    package subscript(sensor: SensorID) -> Entry? { entries.first { $0.sensor == sensor } }

    /// When ``tick(at:emit:)`` is due; `nil` while all accepted sensors are lost, or none is known.
    package var deadline: Timestamp? {
        entries.lazy.filter { $0.isAccepted && !$0.isLost }.map(\.lastHeard).min()?
            .advanced(bySeconds: Self.lostAfter)
    }

    /// - Parameters:
    ///   - message: a data message of `id`. One of an unknown kind (device type 0) is not taken.
    ///   - time: when it arrived.
    package mutating func hear(
        _ message: ANTMessage, from id: ANTChannelID, at time: Timestamp, emit: (Event) -> Void
    ) {
        guard id.deviceType != 0 else { return }
        let sensor = id.sensor
        guard let index = place(of: sensor, deviceType: id.deviceType, at: time, emit: emit) else {
            overflow &+= 1
            return
        }
        let silence = time.seconds(since: entries[index].lastHeard)
        entries[index].lastHeard = max(entries[index].lastHeard, time)
        entries[index].messages &+= 1
        if let strength = message.extendedData?.signalStrength { entries[index].signalStrength = strength }
        if entries[index].isLost {
            entries[index].isLost = false
            if entries[index].isAccepted { emit(.back(sensor, silentSeconds: silence)) }
        }
        guard let page = message.page, message.id != .burst, message.id != .legacyExtendedBurst else { return }
        learn(page, index, at: time)
        guard entries[index].isAccepted, entries[index].batteryIsLow != entries[index].toldBattery else { return }
        entries[index].toldBattery.toggle()
        if entries[index].toldBattery { emit(.batteryLow(sensor, level: entries[index].info.batteryLevel)) }
    }

    /// Tells who has fallen silent. A silence that the caller knows the reason of (no stick) is one too.
    package mutating func tick(at time: Timestamp, emit: (Event) -> Void) {
        for index in entries.indices where !entries[index].isLost {
            guard time.seconds(since: entries[index].lastHeard) >= Self.lostAfter else { continue }
            entries[index].isLost = true
            if entries[index].isAccepted { emit(.lost(entries[index].sensor)) }
        }
    }

    private mutating func learn(_ page: ANTPage, _ index: Int, at time: Timestamp) {
        // Out and in again, so that the closure may write to the entry.
        guard var decoder = entries[index].decoder else { return }
        var info = entries[index].info
        var heartRate = entries[index].heartRate
        var speed = entries[index].speed
        decoder.receive(page, at: time) { event in
            switch event {
            case .sensorInfo(_, let told): info = told
            case .sample(let sample):
                switch sample.reading {
                case .heartRate(let reading): heartRate = reading.beatsPerMinute
                case .stride(let reading): speed = reading.speed ?? speed
                case .rrInterval, .battery: break
                }
            case .message, .bad, .lostMessages: break
            }
        }
        entries[index].decoder = decoder
        entries[index].info = info
        entries[index].heartRate = heartRate
        entries[index].speed = speed
    }

    private mutating func place(
        of sensor: SensorID, deviceType: UInt8, at time: Timestamp, emit: (Event) -> Void
    ) -> Int? {
        if let index = entries.firstIndex(where: { $0.sensor == sensor }) { return index }
        if entries.count >= Self.limit {
            let others = entries.indices.filter { !entries[$0].isAccepted || entries[$0].isLost }
            guard let oldest = others.min(by: { entries[$0].lastHeard < entries[$1].lastHeard }) else { return nil }
            entries.remove(at: oldest)
        }
        let isAccepted = admit(sensor, deviceType: deviceType)
        entries.append(
            Entry(
                sensor: sensor, lastHeard: time, isAccepted: isAccepted,
                decoder: KnownSensor(deviceType: deviceType, sensor: sensor)))
        emit(.found(sensor, isAccepted: isAccepted))
        return entries.count - 1
    }

    private mutating func admit(_ sensor: SensorID, deviceType: UInt8) -> Bool {
        switch policy {
        case .everyone: return true
        case .chosen(let sensors): return sensors.contains(sensor)
        case .firstOfEachKind:
            // Only kinds that a session can use: a passing bicycle's sensor takes no place.
            guard KnownSensor.profile(where: { $0.deviceType == deviceType }) != nil else { return false }
            if let holder = locks[deviceType] { return holder == sensor }
            locks[deviceType] = sensor
            return true
        }
    }
}

extension SensorRegistry.Event {
    /// The sensor that it is about.
    package var sensor: SensorID {
        switch self {
        case .found(let sensor, _), .lost(let sensor), .back(let sensor, _), .batteryLow(let sensor, _): sensor
        }
    }
}
