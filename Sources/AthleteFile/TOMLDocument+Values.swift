// SPDX-License-Identifier: GPL-3.0-or-later

/// What an entry holds, or why that is not what it should hold.
extension TOMLDocument.Entry {
    package func error(_ reason: String) -> AthleteFileError {
        AthleteFileError(line: line, column: column, reason: "\(path.last ?? ""): \(reason)")
    }

    package var unknown: AthleteFileError {
        AthleteFileError(line: line, column: column, reason: "\(path.joined(separator: ".")): unknown key")
    }

    package func mistyped(_ wanted: String, found: TOMLDocument.Value? = nil) -> AthleteFileError {
        error("expected \(wanted), found \((found ?? value).name)")
    }

    package func string() throws(AthleteFileError) -> String {
        guard case .string(let string) = value else { throw mistyped("a string") }
        guard !string.isEmpty else { throw error("is empty; leave it out instead") }
        return string
    }

    package func number(in range: ClosedRange<Double>, unit: String) throws(AthleteFileError) -> Double {
        let number: Double
        switch value {
        case .integer(let integer): number = Double(integer)
        case .number(let exact): number = exact
        case .string, .bool, .array, .table: throw mistyped("a number")
        }
        // Not-a-number is in no range.
        guard range.contains(number) else {
            throw error("\(number) is not between \(range.lowerBound) and \(range.upperBound) \(unit)")
        }
        return number
    }

    package func integer(in range: ClosedRange<Int>) throws(AthleteFileError) -> Int {
        guard case .integer(let integer) = value else { throw mistyped("a whole number") }
        guard range.contains(integer) else {
            throw error("\(integer) is not between \(range.lowerBound) and \(range.upperBound)")
        }
        return integer
    }

    package func bool() throws(AthleteFileError) -> Bool {
        guard case .bool(let bool) = value else { throw mistyped("true or false") }
        return bool
    }

    package func choice<Choice>(_ choices: [String: Choice]) throws(AthleteFileError) -> Choice {
        let allowed = choices.keys.sorted().map { "\"\($0)\"" }.joined(separator: " or ")
        guard case .string(let string) = value else { throw mistyped(allowed) }
        guard let choice = choices[string] else { throw error("\"\(string)\" is not \(allowed)") }
        return choice
    }
}

extension TOMLDocument {
    /// One table, as if it were a document of its own.
    ///
    /// - Returns: where it stands, `nil` if there is none, and what is in it, with the paths from it on.
    package func table(_ path: [String]) -> (place: Entry?, members: [Entry]) {
        var members: [Entry] = []
        for var entry in entries where entry.path.count > path.count && entry.path.starts(with: path) {
            entry.path.removeFirst(path.count)
            members.append(entry)
        }
        return (entries.first { $0.path == path }, members)
    }

    /// Refuses what stands below an array of tables without being of one of them.
    package func checkElements(of array: Entry) throws(AthleteFileError) {
        guard case .array(let values) = array.value else { return }
        let known = Set(values.indices.map { "\($0)" })
        for entry in entries where entry.path.count > array.path.count && entry.path.starts(with: array.path) {
            guard known.contains(entry.path[array.path.count]) else { throw entry.unknown }
        }
    }

    /// As TOML writes any text on one line.
    package static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16, uppercase: true)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

extension TOMLDocument.Value {
    package var name: String {
        switch self {
        case .string: "a string"
        case .integer: "a whole number"
        case .number: "a number"
        case .bool: "a boolean"
        case .array: "an array"
        case .table: "a table"
        }
    }
}
