// SPDX-License-Identifier: GPL-3.0-or-later
internal import ANT
internal import ANTSession
internal import Measurement

/// Sensors as lines of text.
enum SensorTable {
    /// A header and a line a sensor, by kind and number.
    static func lines(_ registry: SensorRegistry, now: Timestamp) -> [String] {
        var rows = [["sensor", "kind", "signal", "now", "battery", "maker", "messages", "heard"]]
        for entry in sorted(registry) { rows.append(row(entry, now)) }
        var widths = [Int](repeating: 0, count: 8)
        for row in rows {
            for (column, text) in row.enumerated() { widths[column] = max(widths[column], text.count) }
        }
        return rows.map { row in
            var line = ""
            for (column, text) in row.enumerated() {
                line += text + String(repeating: " ", count: widths[column] - text.count + 2)
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    static func sorted(_ registry: SensorRegistry) -> [SensorRegistry.Entry] {
        registry.entries.sorted { $0.sensor.description < $1.sensor.description }
    }

    private static func row(_ entry: SensorRegistry.Entry, _ now: Timestamp) -> [String] {
        let seconds = Int(max(0, now.seconds(since: entry.lastHeard)))
        let value =
            entry.heartRate.map { "\(Int($0.rounded())) bpm" } ?? entry.speed.map { "\(tenths($0)) m/s" } ?? "-"
        return [
            entry.sensor.description, kind(entry.sensor), entry.signalStrength.map { "\($0) dBm" } ?? "-",
            entry.isLost ? "lost" : value, battery(entry), entry.info.manufacturer.map { "\($0)" } ?? "-",
            "\(entry.messages)", seconds == 0 ? "now" : "\(seconds) s ago",
        ]
    }

    static func kind(_ sensor: SensorID) -> String {
        guard case .ant(let type, _) = sensor else { return "-" }
        return KnownSensor.profile { $0.deviceType == type }.map { "\($0.name)" } ?? "type \(type)"
    }

    static func battery(_ entry: SensorRegistry.Entry) -> String {
        if let level = entry.info.batteryLevel { return "\(level) %" + (entry.batteryIsLow ? " low" : "") }
        switch entry.info.battery?.status {
        case .new: return "new"
        case .good: return "good"
        case .ok: return "ok"
        case .low: return "low"
        case .critical: return "critical"
        case nil: return "-"
        }
    }

    private static func tenths(_ value: Double) -> String {
        let scaled = Int((min(max(value, 0), 1000) * 10).rounded())
        return "\(scaled / 10).\(scaled % 10)"
    }
}
