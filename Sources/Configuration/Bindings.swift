// SPDX-License-Identifier: GPL-3.0-or-later
package import AthleteFile
package import Measurement
package import Scoring

/// Which sensors were bound to athletes, or taken from them, by command. Kept in `STATE/bindings.toml`, which is read after the configuration:
///
/// ```toml
/// [[binding]]
/// sensor = "ant:120:16815"
/// athlete = "Ada"            # left out where the one athlete has no name
/// bound = true               # false: the configuration lists it, and it is left out
/// ```
package struct Bindings: Equatable, Sendable {
    package struct Binding: Equatable, Sendable {
        package var sensor: SensorID
        /// By name; `nil` is the athlete without one.
        package var athlete: String?
        /// Whether the sensor is added to the athlete's, or left out of them.
        package var isBound: Bool
    }

    /// Each pair of sensor and athlete once, in the order in which they were said.
    package private(set) var bindings: [Binding] = []

    package init() {}

    package mutating func bind(_ sensor: SensorID, to athlete: String?) { set(sensor, athlete, isBound: true) }

    package mutating func unbind(_ sensor: SensorID, from athlete: String?) { set(sensor, athlete, isBound: false) }

    private mutating func set(_ sensor: SensorID, _ athlete: String?, isBound: Bool) {
        bindings.removeAll { $0.sensor == sensor && $0.athlete == athlete }
        bindings.append(Binding(sensor: sensor, athlete: athlete, isBound: isBound))
    }

    /// Changes the sensors of the athletes that are named. An athlete without a list, who takes whatever is heard, has one after the first binding.
    ///
    /// - Returns: a line for each binding of an athlete who is not there; it is kept, for the athlete may come back.
    package func apply(to athletes: inout [Athlete]) -> [String] {
        var remarks: [String] = []
        for binding in bindings {
            guard let index = athletes.firstIndex(where: { $0.name == binding.athlete }) else {
                let name = binding.athlete.map { "no athlete is called \"\($0)\"" } ?? "no athlete is without a name"
                remarks.append("\(Self.fileName): \(binding.sensor): \(name)")
                continue
            }
            athletes[index].sensors.removeAll { $0 == binding.sensor }
            if binding.isBound { athletes[index].sensors.append(binding.sensor) }
        }
        return remarks
    }
}

// MARK: - The text

extension Bindings {
    package static let fileName = "bindings.toml"

    package var text: String {
        var text = "# Written by sprintd: what was bound by command. It is read after the configuration.\n"
        for binding in bindings {
            text += "\n[[binding]]\nsensor = \"\(binding.sensor)\"\n"
            if let athlete = binding.athlete { text += "athlete = \(TOMLDocument.quoted(athlete))\n" }
            text += "bound = \(binding.isBound)\n"
        }
        return text
    }

    package init(text: String) throws(AthleteFileError) {
        let document = try TOMLDocument(text, arraysOfTables: true)
        for entry in document.entries {
            guard entry.path[0] == "binding" else { throw entry.unknown }
            guard entry.path.count == 1 else { continue }
            guard case .array = entry.value else { throw entry.mistyped("tables, each [[binding]]") }
            for table in try document.tables(of: entry) {
                guard let place = table.place else { throw entry.mistyped("tables, each [[binding]]") }
                let binding = try Self.binding(table.members, at: place)
                set(binding.sensor, binding.athlete, isBound: binding.isBound)
            }
        }
    }

    private static func binding(
        _ members: [TOMLDocument.Entry], at place: TOMLDocument.Entry
    ) throws(AthleteFileError) -> Binding {
        var sensor: SensorID?
        var athlete: String?
        var isBound = true
        for member in members {
            guard member.path.count == 1 else { throw member.unknown }
            switch member.path[0] {
            case "sensor": sensor = try AthleteFile.sensor(member)
            case "athlete": athlete = try member.string()
            case "bound": isBound = try member.bool()
            default: throw member.unknown
            }
        }
        guard let sensor else {
            throw AthleteFileError(line: place.line, column: place.column, reason: "sensor: is missing in this binding")
        }
        return Binding(sensor: sensor, athlete: athlete, isBound: isBound)
    }
}
