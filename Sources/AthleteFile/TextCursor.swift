// SPDX-License-Identifier: GPL-3.0-or-later

/// A place in the text that never runs past its end.
struct TextCursor: Sendable {
    private let scalars: [Unicode.Scalar]
    private var index = 0
    private(set) var line = 1
    private(set) var column = 1

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
    }

    /// Scalars before this place.
    var offset: Int { index }

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

    func text(since start: TextCursor) -> Substring {
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
