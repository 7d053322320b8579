// SPDX-License-Identifier: GPL-3.0-or-later
import JSON
import Measurement
package import Scoring
import Segmentation

/// What a session's capture says of itself, as JSON in its section header: enough to analyse it again without any other file.
package struct SessionMetadata: Equatable, Sendable {
    package static let schema = "sprintd.session/1"

    /// The program that wrote it, with its version.
    package var program: String
    /// What was known of the athlete when the session began.
    package var athlete: Athlete
    /// What the session is held against, whole: a plan of a file is nowhere else, and one by name may change.
    package var plan: Plan?
    /// What was replayed, for a session that was not live.
    package var replayOf: String?
    /// The two clocks when a live session began.
    package var clock: ClockAnchor?

    package init(
        program: String, athlete: Athlete, plan: Plan? = nil, replayOf: String? = nil, clock: ClockAnchor? = nil
    ) {
        self.program = program
        self.athlete = athlete
        self.plan = plan
        self.replayOf = replayOf
        self.clock = clock
    }

    /// As it will be read again. Figures are written with so many decimals and no more; what is live has to rest on the same.
    package var asKept: SessionMetadata { SessionMetadata(json: json) ?? self }

    package var json: String {
        var writer = JSONWriter(pretty: false)
        writer.object { writer in
            writer.member("schema", Self.schema)
            writer.member("program", program)
            writer.member("replay_of", replayOf)
            if let clock {
                writer.key("clock")
                writer.object { clock.write(to: &$0) }
            }
            writer.key("athlete")
            writer.object { Self.write(athlete, to: &$0) }
            if let plan {
                writer.key("plan")
                writer.object { Self.write(plan, to: &$0) }
            }
        }
        return writer.text
    }

    private static func write(_ plan: Plan, to writer: inout JSONWriter) {
        writer.member("name", plan.name)
        writer.member("source", plan.source)
        writer.member("target", plan.target, decimals: 4)
        writer.key("steps")
        writer.array { writer in
            for step in plan.steps {
                writer.object { writer in
                    writer.member("kind", step.kind.rawValue)
                    writer.member("seconds", step.seconds, decimals: 3)
                    if let target = step.target {
                        writer.member("target", target, decimals: 4)
                    }
                    if let basis = step.basis {
                        writer.member("basis", basis.rawValue)
                    }
                }
            }
        }
    }

    /// - Returns: `nil` for what no plan file may hold.
    private static func plan(_ value: JSONValue) -> Plan? {
        guard let name = value["name"]?.text, !name.isEmpty, name.unicodeScalars.count <= Plan.longestText,
            let target = value["target"]?.number, Plan.targets.contains(target),
            let elements = value["steps"]?.elements, (1...Plan.mostSteps).contains(elements.count)
        else { return nil }
        var steps: [Plan.Step] = []
        for element in elements {
            guard let kind = element["kind"]?.text.flatMap(PhaseKind.init),
                let seconds = element["seconds"]?.number, Plan.stepLengths.contains(seconds)
            else { return nil }
            var step = Plan.Step(kind, seconds: seconds)
            if kind.isWork {
                step.target = element["target"]?.number.flatMap { Plan.targets.contains($0) ? $0 : nil }
                step.basis = element["basis"]?.text.flatMap(Plan.TargetBasis.init)
            }
            steps.append(step)
        }
        return Plan(name: name, steps: steps, target: target, source: value["source"]?.text)
    }

    private static func write(_ observation: ObservedMaxima.Observation?, to writer: inout JSONWriter) {
        guard let observation else { return writer.null() }
        writer.object { writer in
            writer.member("value", observation.value, decimals: 3)
            writer.member("session", observation.session)
        }
    }

    private static func observation(
        _ value: JSONValue?, in range: ClosedRange<Double>
    ) -> ObservedMaxima.Observation? {
        guard let number = value?["value"]?.number, range.contains(number), let session = value?["session"]?.text
        else { return nil }
        return .init(number, session: session)
    }

    private static func write(_ athlete: Athlete, to writer: inout JSONWriter) {
        writer.member("name", athlete.name)
        writer.member("max_speed_mps", athlete.maxSpeed, decimals: 3)
        writer.member("max_hr_bpm", athlete.maxHeartRate, decimals: 1)
        writer.member("resting_hr_bpm", athlete.restingHeartRate, decimals: 1)
        writer.member("birth_year", athlete.birthYear)
        writer.member("sex", athlete.sex?.rawValue)
        writer.member("mass_kg", athlete.mass, decimals: 2)
        writer.key("sensors")
        writer.array { writer in
            for sensor in athlete.sensors { writer.string(sensor.description) }
            for name in athlete.sensorNames { writer.string(name.description) }
        }
        writer.member("plan", athlete.plan)
        writer.member("target", athlete.target, decimals: 4)
        writer.key("observed_speed_mps")
        write(athlete.observed.speed, to: &writer)
        writer.key("observed_hr_bpm")
        write(athlete.observed.heartRate, to: &writer)
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
        let sensors = (known["sensors"]?.elements ?? []).compactMap(\.text)
        athlete.sensors = sensors.compactMap { SensorID($0) }
        athlete.sensorNames = sensors.compactMap { SensorName($0) }
        athlete.plan = known["plan"]?.text
        athlete.target = number("target", in: 0.1...1)
        athlete.observed.speed = Self.observation(known["observed_speed_mps"], in: ObservedMaxima.speeds)
        athlete.observed.heartRate = Self.observation(known["observed_hr_bpm"], in: ObservedMaxima.heartRates)
        plan = value["plan"].flatMap(Self.plan) ?? athlete.plan.flatMap(Plan.named)
        for pair in known["cadence"]?.elements ?? [] {
            guard let parts = pair.elements, parts.count == 2, let sensor = parts[0].text.flatMap({ SensorID($0) })
            else { continue }
            athlete.cadence[sensor] = parts[1].text == "strides" ? .strides : .steps
        }
    }
}
