// SPDX-License-Identifier: GPL-3.0-or-later
import ANT
import GATT
package import Measurement

/// What is known of one sensor that was heard.
package struct HeardSensor: Equatable, Sendable {
    package let id: SensorID
    package var kind: SensorKind?
    /// As it calls itself.
    package var name: String?
    /// On the frames' clock; `nil` when it only advertised.
    package var lastHeard: Timestamp?
    /// dBm, of the last message that came with one.
    package var signal: Int8?
    /// Percent.
    package var battery: UInt8?
    package var batteryStatus: BatteryStatus?

    /// In the sensor's own words.
    package enum BatteryStatus: String, Sendable {
        case new
        case good
        case ok
        case low
        case critical
    }

    init(_ id: SensorID) {
        self.id = id
        kind = id.kind
    }
}

/// The sensors in the air, for people to see. At most ``limit``; the one that was silent for longest is forgotten first.
package struct SensorLedger: Sendable {
    package static let limit = 128

    package private(set) var sensors: [HeardSensor] = []
    private var places: [SensorID: Int] = [:]
    /// Of the sensor that spoke last: it often speaks again.
    private var lastPlace = 0

    private mutating func place(of id: SensorID) -> Int {
        if lastPlace < sensors.count, sensors[lastPlace].id == id { return lastPlace }
        if let place = places[id] {
            lastPlace = place
        } else if sensors.count < Self.limit {
            lastPlace = sensors.count
            sensors.append(HeardSensor(id))
            places[id] = lastPlace
        } else {
            lastPlace = sensors.indices.min { Self.silence(sensors[$0]) < Self.silence(sensors[$1]) } ?? 0
            places[sensors[lastPlace].id] = nil
            sensors[lastPlace] = HeardSensor(id)
            places[id] = lastPlace
        }
        return lastPlace
    }

    private static func silence(_ sensor: HeardSensor) -> Int64 { sensor.lastHeard?.nanoseconds ?? .min }

    mutating func hear(_ sensor: SensorID, _ reading: Reading, at time: Timestamp) {
        let place = place(of: sensor)
        sensors[place].lastHeard = time
        switch reading {
        case .heartRate, .rrInterval: sensors[place].kind = sensors[place].kind ?? .heartRate
        case .stride: sensors[place].kind = sensors[place].kind ?? .footpod
        case .battery(let percent): sensors[place].battery = percent
        }
    }

    mutating func hear(_ sensor: SensorID, _ message: ANTMessage, at time: Timestamp) {
        // The wildcard is nobody.
        if case .ant(_, number: 0) = sensor { return }
        let place = place(of: sensor)
        sensors[place].lastHeard = time
        if let signal = message.extendedData?.signalStrength { sensors[place].signal = signal }
    }

    mutating func note(_ sensor: SensorID, _ information: ANTSensorInfo) {
        let place = place(of: sensor)
        sensors[place].battery = information.batteryLevel ?? sensors[place].battery
        switch information.battery?.status {
        case .new: sensors[place].batteryStatus = .new
        case .good: sensors[place].batteryStatus = .good
        case .ok: sensors[place].batteryStatus = .ok
        case .low: sensors[place].batteryStatus = .low
        case .critical: sensors[place].batteryStatus = .critical
        case nil: break
        }
    }

    /// A passer-by's telephone says who it is too: it is no sensor.
    mutating func note(_ sensor: SensorID, _ information: SensorInformation) {
        guard !information.services.isEmpty || places[sensor] != nil else { return }
        let place = place(of: sensor)
        sensors[place].name = information.name ?? information.model ?? sensors[place].name
        if let kind = information.services.kinds.first { sensors[place].kind = kind }
    }

    /// - Parameter signal: dBm. Of a device that is no known sensor it is forgotten.
    mutating func note(_ sensor: SensorID, signal: Int8) {
        guard let place = places[sensor] else { return }
        sensors[place].signal = signal
    }
}
