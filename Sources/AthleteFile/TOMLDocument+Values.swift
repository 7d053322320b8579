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
    /// The tables of an array of tables, in one pass over the document: a hostile one has thousands.
    ///
    /// - Returns: where each stands, `nil` if it is no table, and what is in it, with the paths from it on, as if it were a document of its own.
    /// - Throws: at what stands below the array without being of one of its tables.
    package func tables(of array: Entry) throws(AthleteFileError) -> [(place: Entry?, members: [Entry])] {
        guard case .array(let values) = array.value else { return [] }
        var tables = [(place: Entry?, members: [Entry])](repeating: (nil, []), count: values.count)
        let depth = array.path.count
        for var entry in entries where entry.path.count > depth && entry.path.starts(with: array.path) {
            guard let index = Int(entry.path[depth]), tables.indices.contains(index), entry.path[depth] == "\(index)"
            else { throw entry.unknown }
            if entry.path.count == depth + 1 {
                tables[index].place = entry
            } else {
                entry.path.removeFirst(depth + 1)
                tables[index].members.append(entry)
            }
        }
        return tables
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
