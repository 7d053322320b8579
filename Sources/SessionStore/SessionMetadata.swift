// SPDX-License-Identifier: GPL-3.0-or-later
import JSON
import Measurement
package import Scoring

/// What a session's capture says of itself, as JSON in its section header: enough to analyse it again without any other file.
package struct SessionMetadata: Equatable, Sendable {
    package static let schema = "sprintd.session/1"

    /// The program that wrote it, with its version.
    package var program: String
    /// What was known of the athlete when the session began.
    package var athlete: Athlete
    /// What was replayed, for a session that was not live.
    package var replayOf: String?
    /// The two clocks when a live session began.
    package var clock: ClockAnchor?

    package init(program: String, athlete: Athlete, replayOf: String? = nil, clock: ClockAnchor? = nil) {
        self.program = program
        self.athlete = athlete
        self.replayOf = replayOf
        self.clock = clock
    }

    package var json: String {
        var writer = JSONWriter(pretty: false)
        writer.object { writer in
            writer.key("schema")
            writer.string(Self.schema)
            writer.key("program")
            writer.string(program)
            writer.key("replay_of")
            writer.string(replayOf)
            if let clock {
                writer.key("clock")
                writer.object { clock.write(to: &$0) }
            }
            writer.key("athlete")
            writer.object { Self.write(athlete, to: &$0) }
        }
        return writer.text
    }

    private static func write(_ athlete: Athlete, to writer: inout JSONWriter) {
        writer.key("name")
        writer.string(athlete.name)
        writer.key("max_speed_mps")
        writer.number(athlete.maxSpeed, decimals: 3)
        writer.key("max_hr_bpm")
        writer.number(athlete.maxHeartRate, decimals: 1)
        writer.key("resting_hr_bpm")
        writer.number(athlete.restingHeartRate, decimals: 1)
        writer.key("birth_year")
        writer.integer(athlete.birthYear)
        writer.key("sex")
        writer.string(athlete.sex?.rawValue)
        writer.key("mass_kg")
        writer.number(athlete.mass, decimals: 2)
        writer.key("sensors")
        writer.array { writer in
            for sensor in athlete.sensors { writer.string(sensor.description) }
        }
        writer.key("plan")
        writer.string(athlete.plan)
        writer.key("target")
        writer.number(athlete.target, decimals: 4)
        writer.key("cadence")
        writer.array { writer in
            let sorted = athlete.cadence.map { ($0.key.description, $0.value) }.sorted { $0.0 < $1.0 }
            for (sensor, convention) in sorted {
                writer.array { writer in
                    writer.string(sensor)
                    writer.string("\(convention)")
                }
            }
        }
    }

    /// - Returns: `nil` for a comment that is no session's metadata. A member that is missing, of the wrong kind
    ///   or out of the range of athlete files is absent: anybody can write a capture.
    package init?(json text: String) {
        guard let value = JSONValue(text), value["schema"]?.text == Self.schema else { return nil }
        program = value["program"]?.text ?? ""
        replayOf = value["replay_of"]?.text
        clock = value["clock"].flatMap(ClockAnchor.init)
        athlete = Athlete()
        guard let known = value["athlete"] else { return }
        athlete.name = known["name"]?.text
        func number(_ key: String, in range: ClosedRange<Double>) -> Double? {
            known[key]?.number.flatMap { range.contains($0) ? $0 : nil }
        }
        athlete.maxSpeed = number("max_speed_mps", in: 2...13)
        athlete.maxHeartRate = number("max_hr_bpm", in: 100...240)
        athlete.restingHeartRate = number("resting_hr_bpm", in: 25...120)
        athlete.birthYear = known["birth_year"]?.number.flatMap { Int(exactly: $0) }
        athlete.sex = known["sex"]?.text.flatMap(Athlete.Sex.init)
        athlete.mass = number("mass_kg", in: 20...250)
        athlete.sensors = (known["sensors"]?.elements ?? []).compactMap { $0.text.flatMap { SensorID($0) } }
        athlete.plan = known["plan"]?.text
        if let target = known["target"]?.number, (0.1...1).contains(target) { athlete.target = target }
        for pair in known["cadence"]?.elements ?? [] {
            guard let parts = pair.elements, parts.count == 2, let sensor = parts[0].text.flatMap({ SensorID($0) })
            else { continue }
            athlete.cadence[sensor] = parts[1].text == "strides" ? .strides : .steps
        }
    }
}
