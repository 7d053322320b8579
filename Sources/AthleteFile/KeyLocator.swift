// SPDX-License-Identifier: GPL-3.0-or-later

/// Finds where a key stands in a TOML text that has been parsed already: TOMLKit gives positions for errors of syntax only.
///
/// It follows the line structure of TOML 1.0 (comments, table headers, strings, brackets that span lines) far enough for a text that is
/// known to be valid. Where it cannot follow (an inline table) it answers with the nearest key around.
struct KeyLocator {
    private struct Entry {
        var path: [String]
        var line: Int
        var column: Int
    }

    private var entries: [Entry] = []

    init(_ text: String) {
        var scanner = Scanner(characters: Array(text.unicodeScalars))
        var table: [String] = []
        while let character = scanner.peek {
            switch character {
            case " ", "\t", "\r", "\n": scanner.advance()
            case "#": scanner.skipLine()
            case "[":
                let (line, column) = (scanner.line, scanner.column)
                while scanner.peek == "[" { scanner.advance() }
                table = scanner.keyPath(until: "]")
                entries.append(Entry(path: table, line: line, column: column))
                scanner.skipLine()
            default:
                let (line, column) = (scanner.line, scanner.column)
                let path = scanner.keyPath(until: "=")
                entries.append(Entry(path: table + path, line: line, column: column))
                scanner.advance()
                scanner.skipValue()
            }
        }
    }

    /// - Returns: line and column from 1 of the key, or of the longest beginning of its path that has a line of its own; 1, 1
    ///   when none has.
    func position(of path: [String]) -> (line: Int, column: Int) {
        var wanted = path[...]
        while !wanted.isEmpty {
            if let entry = entries.first(where: { $0.path.elementsEqual(wanted) }) { return (entry.line, entry.column) }
            // A dotted key or a header names its parents without a line for them.
            if let entry = entries.first(where: { $0.path.starts(with: wanted) }) { return (entry.line, entry.column) }
            wanted = wanted.dropLast()
        }
        return (1, 1)
    }
}

extension KeyLocator {
    /// A cursor over the text that never runs past its end.
    private struct Scanner {
        let characters: [Unicode.Scalar]
        var index = 0
        var line = 1
        var column = 1

        init(characters: [Unicode.Scalar]) { self.characters = characters }

        var peek: Unicode.Scalar? { index < characters.count ? characters[index] : nil }

        mutating func advance() {
            guard let character = peek else { return }
            index += 1
            if character == "\n" {
                line += 1
                column = 1
            } else {
                column += 1
            }
        }

        mutating func skipLine() {
            while let character = peek, character != "\n" { advance() }
        }

        /// The parts of a dotted key, quotes taken off, up to `end`, which is left standing.
        mutating func keyPath(until end: Unicode.Scalar) -> [String] {
            var parts: [String] = []
            var part = String.UnicodeScalarView()
            while let character = peek, character != end, character != "\n" {
                switch character {
                case "\"", "'":
                    advance()
                    while let inner = peek, inner != character, inner != "\n" {
                        part.append(inner)
                        advance()
                    }
                case ".":
                    parts.append(String(part))
                    part = String.UnicodeScalarView()
                case " ", "\t": break
                default: part.append(character)
                }
                advance()
            }
            return parts + [String(part)]
        }

        /// Up to the end of the line on which the value ends.
        mutating func skipValue() {
            var depth = 0
            while let character = peek {
                switch character {
                case "\n" where depth == 0: return
                case "#":
                    skipLine()
                    continue
                case "[", "{": depth += 1
                case "]", "}": depth -= 1
                case "\"", "'":
                    skipString(character)
                    continue
                default: break
                }
                advance()
            }
        }

        private mutating func skipString(_ quote: Unicode.Scalar) {
            let isLong =
                index + 2 < characters.count && characters[index + 1] == quote && characters[index + 2] == quote
            for _ in 0..<(isLong ? 3 : 1) { advance() }
            while let character = peek {
                if character == "\\", quote == "\"" {
                    advance()
                    advance()
                } else if character == quote {
                    guard isLong else {
                        advance()
                        return
                    }
                    var run = 0
                    while peek == quote {
                        run += 1
                        advance()
                    }
                    if run >= 3 { return }
                } else if character == "\n", !isLong {
                    return
                } else {
                    advance()
                }
            }
        }
    }
}
