// SPDX-License-Identifier: GPL-3.0-or-later
internal import Measurement

/// Sensors as lines of text.
enum SensorTable {
    /// A header and a line a sensor.
    ///
    /// - Parameter width: characters after which a line is cut.
    static func lines(_ sightings: [SensorSighting], width: Int) -> [String] {
        var table = TextTable([
            .left("radio"), .left("sensor"), .left("name"), .left("kind"), .right("signal"), .left("now"),
            .left("battery"), .left("maker"), .right("messages"), .left("heard"),
        ])
        for sighting in sightings { table.add(row(sighting)) }
        return table.text(width: width).split(separator: "\n").map { line in
            var line = line
            while line.last == " " { line.removeLast() }
            return String(line)
        }
    }

    private static func row(_ sighting: SensorSighting) -> [String] {
        let seconds = Int(min(sighting.heard, 1e6))
        return [
            sighting.radio.name, sighting.sensor.description, sighting.name ?? "-",
            sighting.kinds.isEmpty ? "-" : sighting.kinds.joined(separator: ", "),
            sighting.signal.map { "\($0) dBm" } ?? "-", sighting.isLost ? "lost" : sighting.reading ?? "-",
            sighting.battery ?? "-", sighting.manufacturer ?? "-", "\(sighting.messages)",
            seconds == 0 ? "now" : "\(seconds) s ago",
        ]
    }
}
