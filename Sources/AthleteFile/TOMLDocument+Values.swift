// SPDX-License-Identifier: GPL-3.0-or-later

/// What an entry holds, or why that is not what it should hold.
extension TOMLDocument.Entry {
    func error(_ reason: String) -> AthleteFileError {
        AthleteFileError(line: line, column: column, reason: "\(path.last ?? ""): \(reason)")
    }

    var unknown: AthleteFileError {
        AthleteFileError(line: line, column: column, reason: "\(path.joined(separator: ".")): unknown key")
    }

    func mistyped(_ wanted: String, found: TOMLDocument.Value? = nil) -> AthleteFileError {
        error("expected \(wanted), found \((found ?? value).name)")
    }

    func string() throws(AthleteFileError) -> String {
        guard case .string(let string) = value else { throw mistyped("a string") }
        guard !string.isEmpty else { throw error("is empty; leave it out instead") }
        return string
    }

    func number(in range: ClosedRange<Double>, unit: String) throws(AthleteFileError) -> Double {
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

    func integer(in range: ClosedRange<Int>) throws(AthleteFileError) -> Int {
        guard case .integer(let integer) = value else { throw mistyped("a whole number") }
        guard range.contains(integer) else {
            throw error("\(integer) is not between \(range.lowerBound) and \(range.upperBound)")
        }
        return integer
    }

    func choice<Choice>(_ choices: [String: Choice]) throws(AthleteFileError) -> Choice {
        let allowed = choices.keys.sorted().map { "\"\($0)\"" }.joined(separator: " or ")
        guard case .string(let string) = value else { throw mistyped(allowed) }
        guard let choice = choices[string] else { throw error("\"\(string)\" is not \(allowed)") }
        return choice
    }
}

extension TOMLDocument.Value {
    var name: String {
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
