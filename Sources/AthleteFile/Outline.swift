// SPDX-License-Identifier: GPL-3.0-or-later

/// The keys of a TOML text and where they stand, and the proof that the text is fit to be parsed.
///
/// Two things ask for this pass before TOMLKit's. TOMLKit tells no positions of keys. And toml++ 3.4.0 inside it does not report every
/// malformed text: some headers, times and numbers fail an assertion (`parse_key`, `parse_time` …), which is compiled into release builds too
/// and ends the process. So only what this grammar accepts reaches it: comments, `[table]` headers, keys bare, quoted or dotted,
/// one-line strings, decimal numbers, booleans, arrays and inline tables. Dates, multi-line strings, `[[arrays of tables]]` and other
/// bases are TOML 1.0 that no athlete file needs; they are refused by name.
struct Outline: Sendable {
    private struct Entry {
        var path: [String]
        var line: Int
        var column: Int
    }

    private var entries: [Entry] = []
    private var cursor: Cursor

    /// - Throws: at the first place that the grammar does not allow.
    init(_ text: String) throws(AthleteFileError) {
        cursor = Cursor(text)
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
                cursor.advance()
                if cursor.peek == "[" { throw start.error("an array of tables has no place here") }
                table = try keyPath()
                try cursor.expect("]", "to end the table's name")
                record(table, at: start)
            default:
                try keyAndValue(in: table, depth: 0)
            }
            try cursor.endLine()
        }
    }

    /// - Returns: line and column from 1 of the key, or of the longest beginning of its path that stands anywhere; 1, 1
    ///   when none does.
    func position(of path: [String]) -> (line: Int, column: Int) {
        var wanted = path[...]
        while !wanted.isEmpty {
            // A dotted key or a header names its parents without a line for them.
            let entry =
                entries.first { $0.path.elementsEqual(wanted) } ?? entries.first { $0.path.starts(with: wanted) }
            if let entry { return (entry.line, entry.column) }
            wanted = wanted.dropLast()
        }
        return (1, 1)
    }
}

// MARK: - Grammar

extension Outline {
    private static let deepest = 8

    private mutating func record(_ path: [String], at start: Cursor) {
        entries.append(Entry(path: path, line: start.line, column: start.column))
    }

    private mutating func keyAndValue(in table: [String], depth: Int) throws(AthleteFileError) {
        let start = cursor
        let path = table + (try keyPath())
        try cursor.expect("=", "after the key")
        record(path, at: start)
        cursor.skipBlanks()
        try value(path, depth: depth)
    }

    private mutating func keyPath() throws(AthleteFileError) -> [String] {
        var parts: [String] = []
        while true {
            cursor.skipBlanks()
            parts.append(try keyPart())
            cursor.skipBlanks()
            guard cursor.peek == "." else { return parts }
            cursor.advance()
        }
    }

    private mutating func keyPart() throws(AthleteFileError) -> String {
        if let quote = cursor.peek, quote == "\"" || quote == "'" {
            let start = cursor
            try string(quote)
            let inner = cursor.text(since: start).dropFirst().dropLast()
            guard !inner.contains("\\") else { throw start.error("a key with an escape has no place here") }
            return String(inner)
        }
        let start = cursor
        while let scalar = cursor.peek, scalar.isBareKeyCharacter { cursor.advance() }
        let name = cursor.text(since: start)
        guard !name.isEmpty else { throw cursor.unexpected("a key") }
        return String(name)
    }

    private mutating func value(_ path: [String], depth: Int) throws(AthleteFileError) {
        guard depth < Self.deepest else { throw cursor.error("nested too deeply") }
        switch cursor.peek {
        case "\"": try string("\"")
        case "'": try string("'")
        case "[":
            cursor.advance()
            while true {
                try cursor.skipBlanksAndLines()
                if cursor.peek == "]" { break }
                try value(path, depth: depth + 1)
                try cursor.skipBlanksAndLines()
                guard cursor.peek == "," else { break }
                cursor.advance()
            }
            try cursor.expect("]", "to end the array")
        case "{":
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
        default: try word()
        }
    }

    /// A string on one line, quotes included.
    private mutating func string(_ quote: Unicode.Scalar) throws(AthleteFileError) {
        let start = cursor
        cursor.advance()
        if cursor.peek == quote {
            cursor.advance()
            if cursor.peek == quote { throw start.error("a multi-line string has no place here") }
            return
        }
        while let scalar = cursor.peek, scalar != quote {
            guard scalar == "\t" || scalar.value >= 0x20, scalar.value != 0x7F else { break }
            if scalar == "\\", quote == "\"" { try escape() } else { cursor.advance() }
        }
        guard cursor.peek == quote else { throw start.error("a string that does not end on its line") }
        cursor.advance()
    }

    private mutating func escape() throws(AthleteFileError) {
        let start = cursor
        cursor.advance()
        let digits: Int
        switch cursor.peek {
        case "b", "t", "n", "f", "r", "\"", "\\": digits = 0
        case "u": digits = 4
        case "U": digits = 8
        default: throw start.error("an unknown escape")
        }
        cursor.advance()
        let first = cursor
        for _ in 0..<digits { cursor.advance() }
        guard digits > 0 else { return }
        let code = UInt32(String(cursor.text(since: first)), radix: 16)
        guard cursor.text(since: first).unicodeScalars.allSatisfy({ $0.properties.isASCIIHexDigit }),
            let code, code > 0, Unicode.Scalar(code) != nil
        else { throw start.error("an escape that is no character") }
    }

    /// A number or a boolean.
    private mutating func word() throws(AthleteFileError) {
        let start = cursor
        while let scalar = cursor.peek, scalar.isBareKeyCharacter || scalar == "+" || scalar == "." || scalar == ":" {
            cursor.advance()
        }
        let text = cursor.text(since: start)
        if text.isEmpty { throw start.unexpected("a value") }
        if ["true", "false"].contains(text) || Self.isNumber(text) { return }
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

// MARK: - Cursor

/// A place in the text that never runs past its end.
private struct Cursor: Sendable {
    private let scalars: [Unicode.Scalar]
    private var index = 0
    private(set) var line = 1
    private(set) var column = 1

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
    }

    var peek: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    mutating func advance() {
        guard let scalar = peek else { return }
        index += 1
        if scalar == "\n" {
            line += 1
            column = 1
        } else {
            column += 1
        }
    }

    func text(since start: Cursor) -> Substring {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[start.index..<index])
        return Substring(String(view))
    }

    mutating func skipBlanks() {
        while let scalar = peek, scalar == " " || scalar == "\t" { advance() }
    }

    /// Takes blanks, a comment, and the end of the line or of the text.
    mutating func endLine() throws(AthleteFileError) {
        skipBlanks()
        if peek == "#" {
            while let scalar = peek, scalar == "\t" || scalar.value >= 0x20, scalar.value != 0x7F { advance() }
        }
        if peek == "\r" { advance() }
        guard peek != nil else { return }
        try expect("\n", "at the end of the line", as: "nothing more")
    }

    mutating func skipBlanksAndLines() throws(AthleteFileError) {
        skipBlanks()
        while let scalar = peek, scalar == "\n" || scalar == "\r" || scalar == "#" {
            try endLine()
            skipBlanks()
        }
    }

    mutating func expect(_ scalar: Unicode.Scalar, _ purpose: String, as name: String? = nil) throws(AthleteFileError) {
        guard peek == scalar else { throw unexpected("\(name ?? "'\(scalar)'") \(purpose)") }
        advance()
    }

    func error(_ reason: String) -> AthleteFileError {
        AthleteFileError(line: line, column: column, reason: reason)
    }

    func unexpected(_ wanted: String) -> AthleteFileError {
        let found: String
        switch peek {
        case nil: found = "the end of the file"
        case "\n", "\r": found = "the end of the line"
        case let scalar? where scalar.value < 0x20 || scalar.value == 0x7F: found = "a control character"
        case let scalar?: found = "'\(scalar)'"
        }
        return error("expected \(wanted), found \(found)")
    }
}
