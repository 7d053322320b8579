// SPDX-License-Identifier: GPL-3.0-or-later

/// A TOML text as a list of its keys, each with its value and its place, in the order of the text.
///
/// The grammar is the part of TOML 1.0 that a configuration of plain figures needs: comments, `[table]` headers, keys
/// bare, quoted or dotted, one-line strings, decimal numbers, booleans, arrays and inline tables. Dates, multi-line
/// strings and other bases are refused by name. Tables in arrays are for the files that ask for them, inline or as `[[arrays of tables]]`: the
/// keys of the table that is number 2 of `steps` are entries below `steps`, `2`.
///
/// Why not TOMLKit: it tells no positions of keys; toml++ 3.4.0 inside it ends the process on some malformed headers
/// and times, by assertions that release builds keep; and it brings Foundation into the daemon, which has to do
/// without.
package struct TOMLDocument: Sendable {
    package enum Value: Equatable, Sendable {
        case string(String)
        case integer(Int)
        case number(Double)
        case bool(Bool)
        case array([Value])
        /// Its keys are entries of their own.
        case table
    }

    package struct Entry: Sendable {
        /// From the root, table names included.
        package var path: [String]
        package var value: Value
        /// From 1.
        package var line: Int
        package var column: Int
        /// Where the value stands in the text, in Unicode scalars; `nil` for a table header.
        var valueRange: Range<Int>?

        package init(path: [String], value: Value, line: Int, column: Int) {
            self.path = path
            self.value = value
            self.line = line
            self.column = column
        }
    }

    package private(set) var entries: [Entry] = []
    /// Where each path's entry is.
    private var places: [[String]: Int] = [:]
    /// Where the first table header stands in the text, in Unicode scalars: keys before it are of no table.
    private(set) var firstHeader: Int?
    private var cursor: TextCursor
    private let takesTablesInArrays: Bool
    private let takesArraysOfTables: Bool
    /// Of tables, by their paths.
    private var arrays: Set<[String]> = []

    /// - Parameters:
    ///   - tablesInArrays: whether an array may hold inline tables.
    ///   - arraysOfTables: whether `[[name]]` has a place in such a file.
    /// - Throws: at the first place that the grammar does not allow, or where a key is there for the second time.
    package init(
        _ text: String, tablesInArrays: Bool = false, arraysOfTables: Bool = false
    ) throws(AthleteFileError) {
        takesTablesInArrays = tablesInArrays
        takesArraysOfTables = arraysOfTables
        cursor = TextCursor(text)
        var table: [String] = []
        // TOML allows a byte order mark at the very start.
        if cursor.peek == "\u{FEFF}" { cursor.advance() }
        while true {
            cursor.skipBlanks()
            switch cursor.peek {
            case nil: return
            case "\n", "\r", "#": break
            case "[":
                let start = cursor
                if firstHeader == nil { firstHeader = start.offset }
                cursor.advance()
                if cursor.peek == "[" {
                    guard takesArraysOfTables else { throw start.error("an array of tables has no place here") }
                    cursor.advance()
                    table = try elementOfArray(try keyPath(), at: start)
                    try cursor.expect("]", "to end the table's name")
                } else {
                    table = inLastElement(try keyPath())
                    _ = try record(table, at: start)
                }
                try cursor.expect("]", "to end the table's name")
            default:
                try keyAndValue(in: table, depth: 0)
            }
            try cursor.endLine()
        }
    }
}

// MARK: - Grammar

extension TOMLDocument {
    private static let deepest = 8
    /// Names in a path: a plan's innermost repeat has eleven. Every key below a table repeats its path, so a long one would take a thousand times
    /// the memory of the file.
    private static let longestPath = 16

    /// - Returns: the index of the entry, a table until somebody knows better.
    private mutating func record(_ path: [String], at start: TextCursor) throws(AthleteFileError) -> Int {
        guard path.count <= Self.longestPath else { throw start.error("nested too deeply") }
        guard places[path] == nil else {
            throw start.error("\(path.joined(separator: ".")): is there twice")
        }
        places[path] = entries.count
        entries.append(Entry(path: path, value: .table, line: start.line, column: start.column))
        return entries.count - 1
    }

    /// Makes another table of an array of tables.
    ///
    /// - Parameter path: what stands between the brackets.
    private mutating func elementOfArray(_ path: [String], at start: TextCursor) throws(AthleteFileError) -> [String] {
        let path = inLastElement(path)
        let index: Int
        if let place = places[path] {
            guard arrays.contains(path) else {
                throw start.error("\(path.joined(separator: ".")): is there already, and is no array of tables")
            }
            index = place
        } else {
            index = try record(path, at: start)
            entries[index].value = .array([])
            arrays.insert(path)
        }
        guard case .array(var values) = entries[index].value else { return path }
        // Taken out while it grows, or each table would copy all before it.
        entries[index].value = .table
        values.append(.table)
        entries[index].value = .array(values)
        let element = path + ["\(values.count - 1)"]
        _ = try record(element, at: start)
        return element
    }

    /// A name below an array of tables means the last of them.
    private func inLastElement(_ path: [String]) -> [String] {
        var found: [String] = []
        for (index, part) in path.enumerated() {
            found.append(part)
            guard index < path.count - 1, arrays.contains(found), let place = places[found],
                case .array(let values) = entries[place].value
            else { continue }
            found.append("\(values.count - 1)")
        }
        return found
    }

    private mutating func keyAndValue(in table: [String], depth: Int) throws(AthleteFileError) {
        let start = cursor
        let path = table + (try keyPath())
        try cursor.expect("=", "after the key")
        let index = try record(path, at: start)
        cursor.skipBlanks()
        let valueStart = cursor.offset
        entries[index].value = try value(path, depth: depth)
        entries[index].valueRange = valueStart..<cursor.offset
    }

    private mutating func keyPath() throws(AthleteFileError) -> [String] {
        var parts: [String] = []
        while true {
            cursor.skipBlanks()
            guard parts.count < Self.longestPath else { throw cursor.error("nested too deeply") }
            parts.append(try keyPart())
            cursor.skipBlanks()
            guard cursor.peek == "." else { return parts }
            cursor.advance()
        }
    }

    private mutating func keyPart() throws(AthleteFileError) -> String {
        if let quote = cursor.peek, quote == "\"" || quote == "'" {
            return try string(quote)
        }
        let start = cursor
        while let scalar = cursor.peek, scalar.isBareKeyCharacter { cursor.advance() }
        let name = cursor.text(since: start)
        guard !name.isEmpty else { throw cursor.unexpected("a key") }
        return String(name)
    }

    private mutating func value(_ path: [String], depth: Int) throws(AthleteFileError) -> Value {
        guard depth < Self.deepest else { throw cursor.error("nested too deeply") }
        switch cursor.peek {
        case "\"": return .string(try string("\""))
        case "'": return .string(try string("'"))
        case "[": return .array(try array(path, depth: depth))
        case "{":
            try table(path, depth: depth)
            return .table
        default: return try word()
        }
    }

    private mutating func array(_ path: [String], depth: Int) throws(AthleteFileError) -> [Value] {
        var values: [Value] = []
        cursor.advance()
        while true {
            try cursor.skipBlanksAndLines()
            if cursor.peek == "]" { break }
            if cursor.peek == "{" {
                guard takesTablesInArrays else { throw cursor.error("a table in an array has no place here") }
                let element = path + ["\(values.count)"]
                _ = try record(element, at: cursor)
                values.append(try value(element, depth: depth + 1))
            } else {
                values.append(try value(path, depth: depth + 1))
            }
            try cursor.skipBlanksAndLines()
            guard cursor.peek == "," else { break }
            cursor.advance()
        }
        try cursor.expect("]", "to end the array")
        return values
    }

    private mutating func table(_ path: [String], depth: Int) throws(AthleteFileError) {
        cursor.advance()
        cursor.skipBlanks()
        while cursor.peek != "}" {
            try keyAndValue(in: path, depth: depth + 1)
            cursor.skipBlanks()
            guard cursor.peek == "," else { break }
            cursor.advance()
            cursor.skipBlanks()
            if cursor.peek == "}" { throw cursor.error("a comma before the end of a table") }
        }
        try cursor.expect("}", "to end the table")
    }

    /// A string on one line, without its quotes.
    private mutating func string(_ quote: Unicode.Scalar) throws(AthleteFileError) -> String {
        let start = cursor
        var content = String.UnicodeScalarView()
        cursor.advance()
        if cursor.peek == quote {
            cursor.advance()
            if cursor.peek == quote { throw start.error("a multi-line string has no place here") }
            return ""
        }
        while let scalar = cursor.peek, scalar != quote {
            guard scalar == "\t" || scalar.value >= 0x20, scalar.value != 0x7F else { break }
            if scalar == "\\", quote == "\"" {
                content.append(try escape())
            } else {
                content.append(scalar)
                cursor.advance()
            }
        }
        guard cursor.peek == quote else { throw start.error("a string that does not end on its line") }
        cursor.advance()
        return String(content)
    }

    private mutating func escape() throws(AthleteFileError) -> Unicode.Scalar {
        let start = cursor
        cursor.advance()
        let digits: Int
        var result: Unicode.Scalar = "\0"
        switch cursor.peek {
        case "b": (digits, result) = (0, "\u{8}")
        case "t": (digits, result) = (0, "\t")
        case "n": (digits, result) = (0, "\n")
        case "f": (digits, result) = (0, "\u{C}")
        case "r": (digits, result) = (0, "\r")
        case "\"": (digits, result) = (0, "\"")
        case "\\": (digits, result) = (0, "\\")
        case "u": digits = 4
        case "U": digits = 8
        default: throw start.error("an unknown escape")
        }
        cursor.advance()
        guard digits > 0 else { return result }
        let first = cursor
        for _ in 0..<digits { cursor.advance() }
        let text = cursor.text(since: first)
        guard text.unicodeScalars.count == digits, text.unicodeScalars.allSatisfy({ $0.properties.isASCIIHexDigit }),
            let code = UInt32(text, radix: 16), let scalar = Unicode.Scalar(code)
        else { throw start.error("an escape that is no character") }
        return scalar
    }

    /// A number or a boolean.
    private mutating func word() throws(AthleteFileError) -> Value {
        let start = cursor
        while let scalar = cursor.peek, scalar.isBareKeyCharacter || scalar == "+" || scalar == "." || scalar == ":" {
            cursor.advance()
        }
        let text = cursor.text(since: start)
        if text.isEmpty { throw start.unexpected("a value") }
        if let bool = Bool(String(text)) { return .bool(bool) }
        if Self.isNumber(text) {
            if let integer = Int(text) { return .integer(integer) }
            if let number = Double(text) { return .number(number) }
        }
        throw start.error("'\(text.prefix(40))' is no value: text needs quotes, and dates have no place here")
    }

    /// `[+-] (0 | 1-9 …) [. digits] [e [+-] digits]`, or infinity or not-a-number, which have no range to lie in.
    private static func isNumber(_ text: Substring) -> Bool {
        var rest = text.utf8[...]
        func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        func takeDigits() -> Int {
            let digits = rest.prefix(while: isDigit).count
            rest = rest.dropFirst(digits)
            return digits
        }
        func take(_ characters: String) -> Bool {
            guard let first = rest.first, characters.utf8.contains(first) else { return false }
            rest = rest.dropFirst()
            return true
        }
        guard text.utf8.count <= 40 else { return false }
        _ = take("+-")
        if ["inf", "nan"].contains(Substring(rest)) { return true }
        let startsWithZero = rest.first == UInt8(ascii: "0")
        let whole = takeDigits()
        guard whole > 0, whole <= 18, !(startsWithZero && whole > 1) else { return false }
        if take("."), takeDigits() == 0 { return false }
        if take("eE") {
            _ = take("+-")
            guard (1...3).contains(takeDigits()) else { return false }
        }
        return rest.isEmpty
    }
}

extension Unicode.Scalar {
    fileprivate var isBareKeyCharacter: Bool {
        isASCII && (properties.isAlphabetic || properties.numericType != nil || self == "_" || self == "-")
    }
}
