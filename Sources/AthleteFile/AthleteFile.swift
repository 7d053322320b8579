// SPDX-License-Identifier: GPL-3.0-or-later
internal import Measurement
package import Scoring
internal import TOMLKit

/// Reads an athlete from TOML text. This is the only file that knows TOMLKit.
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
/// plan = "sprint-5x30-90"
/// target = 0.8
///
/// [cadence]
/// "ble:C4:12:F5:00:A0:01" = "strides"   # or "steps"
/// ```
///
/// Every key may be left out. A key that is not listed here and a value out of its range are errors: a misspelt key would otherwise be
/// a silent estimate.
package enum AthleteFile {
    /// Bytes; a larger file is not an athlete's.
    package static let largest = 65_536

    /// - Parameter text: a TOML 1.0 document, within ``Outline``'s grammar.
    /// - Throws: where the text is not TOML, has an unknown key, or a value of the wrong type or out of its range.
    package static func athlete(_ text: String) throws(AthleteFileError) -> Athlete {
        let outline = try Outline(text)
        let table: TOMLTable
        do {
            table = try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            throw AthleteFileError(
                line: max(error.source.begin.line, 1), column: max(error.source.begin.column, 1),
                reason: oneLine(error.description))
        } catch {
            throw AthleteFileError(line: 1, column: 1, reason: "not TOML: \(error)")
        }
        var reader = TableReader(table: table, path: [], outline: outline)
        var athlete = Athlete()
        athlete.name = try reader.string("name")
        athlete.maxSpeed = try reader.number("max_speed_mps", in: 2...13, unit: "m/s")
        athlete.maxHeartRate = try reader.number("max_hr_bpm", in: 100...240, unit: "bpm")
        athlete.restingHeartRate = try reader.number("resting_hr_bpm", in: 25...120, unit: "bpm")
        athlete.birthYear = try reader.integer("birth_year", in: 1900...2100)
        athlete.sex = try reader.choice("sex", ["female": .female, "male": .male])
        athlete.mass = try reader.number("mass_kg", in: 20...250, unit: "kg")
        for (index, text) in try reader.strings("sensors").enumerated() {
            guard let sensor = SensorID(text) else {
                throw reader.error("sensors", "\"\(text)\" (number \(index + 1)) is no sensor: \(sensorForms)")
            }
            guard !athlete.sensors.contains(sensor) else {
                throw reader.error("sensors", "\"\(text)\" is listed twice")
            }
            athlete.sensors.append(sensor)
        }
        athlete.plan = try reader.string("plan")
        if let target = try reader.number("target", in: 0.5...1, unit: "(a share of maximum)") {
            athlete.target = target
        }
        if var cadence = try reader.table("cadence") {
            for key in cadence.keys {
                guard let sensor = SensorID(key) else { throw cadence.error(key, "is no sensor: \(sensorForms)") }
                athlete.cadence[sensor] = try cadence.choice(key, ["steps": .steps, "strides": .strides])
            }
        }
        try reader.refuseTheRest()
        if let resting = athlete.restingHeartRate, let maximum = athlete.maxHeartRate, resting >= maximum {
            throw reader.error("resting_hr_bpm", "must be below max_hr_bpm")
        }
        return athlete
    }

    private static let sensorForms = "write ant:TYPE:NUMBER, as ant:120:16815, or ble:ADDRESS, as ble:C4:12:F5:00:A0:01"

    private static func oneLine(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }))
    }
}

/// Takes the known keys out of a table one by one, so that what is left is unknown.
private struct TableReader {
    let table: TOMLTable
    let path: [String]
    let outline: Outline
    private(set) var read: [String] = []

    init(table: TOMLTable, path: [String], outline: Outline) {
        self.table = table
        self.path = path
        self.outline = outline
    }

    /// In the order of their names, as TOMLKit keeps them.
    var keys: [String] { table.keys }

    func error(_ key: String, _ reason: String) -> AthleteFileError {
        let position = outline.position(of: path + [key])
        return AthleteFileError(line: position.line, column: position.column, reason: "\(key): \(reason)")
    }

    mutating func string(_ key: String) throws(AthleteFileError) -> String? {
        guard let value = take(key) else { return nil }
        guard let string = value.string else { throw mistyped(key, value, "a string") }
        guard !string.isEmpty else { throw error(key, "is empty; leave it out instead") }
        return string
    }

    mutating func strings(_ key: String) throws(AthleteFileError) -> [String] {
        guard let value = take(key) else { return [] }
        guard let array = value.array else { throw mistyped(key, value, "an array of strings") }
        var strings: [String] = []
        for element in array {
            guard let string = element.string else { throw mistyped(key, element, "an array of strings") }
            strings.append(string)
        }
        return strings
    }

    mutating func number(
        _ key: String, in range: ClosedRange<Double>, unit: String
    ) throws(AthleteFileError) -> Double? {
        guard let value = take(key) else { return nil }
        guard let number = value.double ?? value.int.map({ Double($0) }) else { throw mistyped(key, value, "a number") }
        // Not-a-number is in no range.
        guard range.contains(number) else {
            throw error(key, "\(number) is not between \(range.lowerBound) and \(range.upperBound) \(unit)")
        }
        return number
    }

    mutating func integer(_ key: String, in range: ClosedRange<Int>) throws(AthleteFileError) -> Int? {
        guard let value = take(key) else { return nil }
        guard let integer = value.int else { throw mistyped(key, value, "a whole number") }
        guard range.contains(integer) else {
            throw error(key, "\(integer) is not between \(range.lowerBound) and \(range.upperBound)")
        }
        return integer
    }

    mutating func choice<Choice>(_ key: String, _ choices: [String: Choice]) throws(AthleteFileError) -> Choice? {
        guard let value = take(key) else { return nil }
        let allowed = choices.keys.sorted().map { "\"\($0)\"" }.joined(separator: " or ")
        guard let string = value.string else { throw mistyped(key, value, allowed) }
        guard let choice = choices[string] else { throw error(key, "\"\(string)\" is not \(allowed)") }
        return choice
    }

    mutating func table(_ key: String) throws(AthleteFileError) -> TableReader? {
        guard let value = take(key) else { return nil }
        guard let table = value.table else { throw mistyped(key, value, "a table") }
        return TableReader(table: table, path: path + [key], outline: outline)
    }

    /// The first in the text, so that the reader of the message works from the top.
    func refuseTheRest() throws(AthleteFileError) {
        let unknown = keys.filter { !read.contains($0) }.map { error($0, "unknown key") }
        if let first = unknown.min(by: { ($0.line, $0.column) < ($1.line, $1.column) }) { throw first }
    }

    private mutating func take(_ key: String) -> (any TOMLValueConvertible)? {
        read.append(key)
        return table[key]
    }

    private func mistyped(_ key: String, _ value: any TOMLValueConvertible, _ wanted: String) -> AthleteFileError {
        error(key, "expected \(wanted), found \(value.type.description)")
    }
}
