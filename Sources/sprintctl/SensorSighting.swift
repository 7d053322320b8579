// SPDX-License-Identifier: GPL-3.0-or-later
internal import ANT
internal import ANTSession
internal import JSON
internal import Measurement

/// One sensor as it was heard: a line of `scan`, a paragraph of `sensors`, or an object of either.
struct SensorSighting {
    let radio: SensorRadio
    let sensor: SensorID
    var name: String?
    /// In words; a device may be two.
    var kinds: [String] = []
    /// In dBm; `nil` when the radio does not tell.
    var signal: Int8?
    var isLost = false
    /// Beats per minute.
    var heartRate: Double?
    /// m/s.
    var speed: Double?
    /// In words.
    var battery: String?
    var manufacturer: String?
    var model: String?
    var serialNumber: String?
    var software: String?
    var hardware: String?
    /// Where it is worn, in words.
    var location: String?
    var messages: UInt64 = 0
    /// Seconds ago.
    let heard: Double
    /// How an athlete's file should name it.
    var binding: String

    init(_ radio: SensorRadio, _ sensor: SensorID, heard: Double) {
        self.radio = radio
        self.sensor = sensor
        self.heard = heard
        binding = sensor.description
    }

    init(_ entry: SensorRegistry.Entry, now: Timestamp) {
        self.init(.ant, entry.sensor, heard: max(0, now.seconds(since: entry.lastHeard)))
        kinds = [Self.kind(entry.sensor)]
        signal = entry.signalStrength
        isLost = entry.isLost
        heartRate = entry.heartRate
        speed = entry.speed
        battery = Self.battery(entry)
        manufacturer = entry.info.manufacturer.map { "\($0)" }
        model = entry.info.model.map { "\($0)" }
        serialNumber = entry.info.serialNumber.map { "\($0)" }
        software = entry.info.softwareVersion.map { "\($0)" }
        hardware = entry.info.hardwareVersion.map { "\($0)" }
        messages = entry.messages
    }

    private static func kind(_ sensor: SensorID) -> String {
        guard case .ant(let type, _) = sensor else { return "-" }
        return KnownSensor.profile { $0.deviceType == type }.map { "\($0.name)" } ?? "type \(type)"
    }

    private static func battery(_ entry: SensorRegistry.Entry) -> String? {
        if let level = entry.info.batteryLevel { return "\(level) %" + (entry.batteryIsLow ? " low" : "") }
        return entry.info.battery?.status?.name
    }

    /// What it says now.
    var reading: String? {
        let values = [
            heartRate.map { "\(Int(min(max($0, 0), 1000).rounded())) bpm" }, speed.map { "\(Self.tenths($0)) m/s" },
        ]
        let known = values.compactMap { $0 }
        return known.isEmpty ? nil : known.joined(separator: ", ")
    }

    private static func tenths(_ value: Double) -> String {
        let scaled = Int((min(max(value, 0), 1000) * 10).rounded())
        return "\(scaled / 10).\(scaled % 10)"
    }

    /// One line, without its end.
    var json: String {
        var writer = JSONWriter(pretty: false)
        writer.object { writer in
            writer.key("schema")
            writer.string("sprintctl.sensor/1")
            writer.key("radio")
            writer.string(radio.rawValue)
            writer.key("id")
            writer.string(sensor.description)
            writer.key("name")
            writer.string(name)
            writer.key("kinds")
            writer.array { writer in
                for kind in kinds { writer.string(kind) }
            }
            writer.key("signal_dbm")
            writer.integer(signal.map { Int($0) })
            writer.key("lost")
            writer.bool(isLost)
            writer.key("hr_bpm")
            writer.number(heartRate, decimals: 1)
            writer.key("speed_mps")
            writer.number(speed, decimals: 3)
            writer.key("battery")
            writer.string(battery)
            writer.key("manufacturer")
            writer.string(manufacturer)
            writer.key("model")
            writer.string(model)
            writer.key("serial_number")
            writer.string(serialNumber)
            writer.key("software")
            writer.string(software)
            writer.key("hardware")
            writer.string(hardware)
            writer.key("body_location")
            writer.string(location)
            writer.key("messages")
            writer.integer(Int(clamping: messages))
            writer.key("heard_s_ago")
            writer.number(heard, decimals: 1)
            writer.key("binding")
            writer.string(binding)
        }
        return writer.text
    }
}
