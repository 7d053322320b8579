// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement
package import Scoring

/// Reads an athlete from TOML text.
///
/// ```toml
/// name = "Ada"
/// max_speed_mps = 8.1          # best 5 s mean speed, measured
/// max_hr_bpm = 192             # measured
/// resting_hr_bpm = 52
/// birth_year = 1990
/// sex = "female"               # or "male"
/// mass_kg = 61.5
/// sensors = ["ant:120:16815", "ble:C4:12:F5:00:A0:01"]
/// plan = "sprint-5x30-90"      # or a plan file, beside this one unless it begins with a slash
/// target = 0.8
///
/// [cadence]
/// "ble:C4:12:F5:00:A0:01" = "strides"   # or "steps"
/// ```
///
/// Every key may be left out. A key that is not listed here and a value out of its range are errors: a misspelt key
/// would otherwise be a silent estimate.
package enum AthleteFile {
    /// Bytes; a larger file is not an athlete's.
    package static let largest = 65_536

    /// - Parameter text: a TOML 1.0 document, within the grammar of ``TOMLDocument``.
    /// - Throws: at the first place where the text is not such a document, has an unknown key, or a value of the wrong
    ///   type or out of its range.
    package static func athlete(_ text: String, plans: Set<String> = []) throws(AthleteFileError) -> Athlete {
        var first: AthleteFileError?
        let athlete = athlete(try TOMLDocument(text).entries, plans: plans) { first = first ?? $0 }
        if let first { throw first }
        return athlete
    }

    /// Reads an athlete from a table of a larger file.
    ///
    /// - Parameters:
    ///   - entries: what is in the table, with paths from it on.
    ///   - plans: names of plans beside the built-in ones.
    ///   - problem: takes everything that is wrong; the athlete is then without it.
    package static func athlete(
        _ entries: [TOMLDocument.Entry], plans: Set<String>, problem: (AthleteFileError) -> Void
    ) -> Athlete {
        var athlete = Athlete()
        for entry in entries {
            do throws(AthleteFileError) {
                try take(entry, plans, into: &athlete)
            } catch {
                problem(error)
            }
        }
        if let resting = athlete.restingHeartRate, let maximum = athlete.maxHeartRate, resting >= maximum,
            let entry = entries.first(where: { $0.path == ["resting_hr_bpm"] })
        {
            problem(entry.error("must be below max_hr_bpm"))
        }
        return athlete
    }

    /// All that an athlete may have.
    package static let keys = [
        "name", "max_speed_mps", "max_hr_bpm", "resting_hr_bpm", "birth_year", "sex", "mass_kg", "sensors", "plan",
        "target", "cadence",
    ]

    private static func take(
        _ entry: TOMLDocument.Entry, _ plans: Set<String>, into athlete: inout Athlete
    ) throws(AthleteFileError) {
        guard entry.path.count == 1 else {
            guard entry.path.count == 2, entry.path[0] == "cadence" else { throw entry.unknown }
            guard let sensor = SensorID(entry.path[1]) else { throw entry.error("is no sensor: \(sensorForms)") }
            athlete.cadence[sensor] = try entry.choice(["steps": .steps, "strides": .strides])
            return
        }
        switch entry.path[0] {
        case "name": athlete.name = try entry.string()
        case "max_speed_mps": athlete.maxSpeed = try entry.number(in: 2...13, unit: "m/s")
        case "max_hr_bpm": athlete.maxHeartRate = try entry.number(in: 100...240, unit: "bpm")
        case "resting_hr_bpm": athlete.restingHeartRate = try entry.number(in: 25...120, unit: "bpm")
        case "birth_year": athlete.birthYear = try entry.integer(in: 1900...2100)
        case "sex": athlete.sex = try entry.choice(["female": .female, "male": .male])
        case "mass_kg": athlete.mass = try entry.number(in: 20...250, unit: "kg")
        case "sensors": athlete.sensors = try sensors(entry)
        case "plan": athlete.plan = try plan(entry, plans)
        case "target": athlete.target = try entry.number(in: 0.5...1, unit: "(a share of maximum)")
        case "cadence": guard entry.value == .table else { throw entry.mistyped("a table") }
        default: throw entry.unknown
        }
    }

    package static func sensor(_ entry: TOMLDocument.Entry) throws(AthleteFileError) -> SensorID {
        let text = try entry.string()
        guard let sensor = SensorID(text) else { throw entry.error("\"\(text)\" is no sensor: \(sensorForms)") }
        return sensor
    }

    private static let sensorForms = "write ant:TYPE:NUMBER, as ant:120:16815, or ble:ADDRESS, as ble:C4:12:F5:00:A0:01"

    private static func plan(_ entry: TOMLDocument.Entry, _ plans: Set<String>) throws(AthleteFileError) -> String {
        let name = try entry.string()
        guard Plan.named(name) != nil || plans.contains(name) || PlanFile.isPath(name) else {
            let known = Plan.builtIn.map(\.name) + plans.sorted()
            throw entry.error("there is no plan \"\(name)\"; there is \(known.joined(separator: ", "))")
        }
        return name
    }

    private static func sensors(_ entry: TOMLDocument.Entry) throws(AthleteFileError) -> [SensorID] {
        guard case .array(let values) = entry.value else { throw entry.mistyped("an array of strings") }
        var sensors: [SensorID] = []
        for (index, value) in values.enumerated() {
            guard case .string(let text) = value else { throw entry.mistyped("an array of strings", found: value) }
            guard let sensor = SensorID(text) else {
                throw entry.error("\"\(text)\" (number \(index + 1)) is no sensor: \(sensorForms)")
            }
            guard !sensors.contains(sensor) else { throw entry.error("\"\(text)\" is listed twice") }
            sensors.append(sensor)
        }
        return sensors
    }
}
