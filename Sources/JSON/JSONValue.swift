// SPDX-License-Identifier: GPL-3.0-or-later

/// A JSON text as read (RFC 8259), whoever wrote it: a line of the local socket, a session's own files, a comment in a capture. Nesting is
/// bounded here; how long a text may be is for those to say who take it in.
package enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    /// Of two members with one name the later one counts.
    case object([String: JSONValue])

    /// Deeper texts are refused.
    private static let deepest = 32

    /// - Returns: `nil` for what is not one JSON text.
    package init?(_ text: String) {
        var parser = Parser(bytes: Array(text.utf8))
        guard let value = parser.value(depth: 0) else { return nil }
        parser.skipSpace()
        guard parser.isAtEnd else { return nil }
        self = value
    }

    package subscript(_ name: String) -> JSONValue? {
        if case .object(let members) = self { members[name] } else { nil }
    }

    package var text: String? { if case .string(let text) = self { text } else { nil } }

    package var number: Double? { if case .number(let number) = self { number } else { nil } }

    package var elements: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }

    package var members: [String: JSONValue]? { if case .object(let members) = self { members } else { nil } }

    private struct Parser {
        let bytes: [UInt8]
        var offset = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        var isAtEnd: Bool { offset == bytes.count }

        mutating func skipSpace() {
            while offset < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[offset]) { offset += 1 }
        }

        /// - Returns: whether the next byte was this one, which is then read.
        private mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard offset < bytes.count, bytes[offset] == UInt8(ascii: character) else { return false }
            offset += 1
            return true
        }

        private mutating func take(word: String) -> Bool {
            guard bytes[offset...].starts(with: word.utf8) else { return false }
            offset += word.utf8.count
            return true
        }

        mutating func value(depth: Int) -> JSONValue? {
            guard depth <= JSONValue.deepest else { return nil }
            skipSpace()
            if take("{") { return object(depth: depth) }
            if take("[") { return array(depth: depth) }
            if take("\"") { return string().map(JSONValue.string) }
            if take(word: "null") { return .null }
            if take(word: "true") { return .bool(true) }
            if take(word: "false") { return .bool(false) }
            return number()
        }

        private mutating func object(depth: Int) -> JSONValue? {
            var members: [String: JSONValue] = [:]
            skipSpace()
            if take("}") { return .object(members) }
            while true {
                skipSpace()
                guard take("\""), let name = string() else { return nil }
                skipSpace()
                guard take(":"), let value = value(depth: depth + 1) else { return nil }
                members[name] = value
                skipSpace()
                if take("}") { return .object(members) }
                guard take(",") else { return nil }
            }
        }

        private mutating func array(depth: Int) -> JSONValue? {
            var elements: [JSONValue] = []
            skipSpace()
            if take("]") { return .array(elements) }
            while true {
                guard let value = value(depth: depth + 1) else { return nil }
                elements.append(value)
                skipSpace()
                if take("]") { return .array(elements) }
                guard take(",") else { return nil }
            }
        }

        /// After the opening quote.
        private mutating func string() -> String? {
            var text: [UInt8] = []
            while offset < bytes.count {
                let byte = bytes[offset]
                offset += 1
                switch byte {
                case UInt8(ascii: "\""): return String(validating: text, as: UTF8.self)
                case UInt8(ascii: "\\"):
                    guard let scalar = escape() else { return nil }
                    text.append(contentsOf: String(Character(scalar)).utf8)
                case 0..<0x20: return nil
                default: text.append(byte)
                }
            }
            return nil
        }

        /// After the backslash.
        private mutating func escape() -> Unicode.Scalar? {
            guard offset < bytes.count else { return nil }
            offset += 1
            switch bytes[offset - 1] {
            case UInt8(ascii: "\""): return "\""
            case UInt8(ascii: "\\"): return "\\"
            case UInt8(ascii: "/"): return "/"
            case UInt8(ascii: "b"): return "\u{8}"
            case UInt8(ascii: "f"): return "\u{C}"
            case UInt8(ascii: "n"): return "\n"
            case UInt8(ascii: "r"): return "\r"
            case UInt8(ascii: "t"): return "\t"
            case UInt8(ascii: "u"): return unicodeEscape()
            default: return nil
            }
        }

        private mutating func unicodeEscape() -> Unicode.Scalar? {
            guard let first = fourDigits() else { return nil }
            guard (0xD800...0xDBFF).contains(first) else { return Unicode.Scalar(first) }
            guard take("\\"), take("u"), let second = fourDigits(), (0xDC00...0xDFFF).contains(second) else {
                return nil
            }
            return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        }

        private mutating func fourDigits() -> UInt32? {
            guard offset + 4 <= bytes.count else { return nil }
            var value: UInt32 = 0
            for _ in 0..<4 {
                guard let digit = Character(Unicode.Scalar(bytes[offset])).hexDigitValue else { return nil }
                value = value << 4 | UInt32(digit)
                offset += 1
            }
            return value
        }

        private mutating func number() -> JSONValue? {
            let start = offset
            _ = take("-")
            let whole = digits()
            // RFC 8259: no zero in front of other digits.
            guard whole > 0, whole == 1 || bytes[offset - whole] != UInt8(ascii: "0") else { return nil }
            if take(".") { guard digits() > 0 else { return nil } }
            if take("e") || take("E") {
                if !take("+") { _ = take("-") }
                guard digits() > 0 else { return nil }
            }
            guard let value = Double(String(decoding: bytes[start..<offset], as: UTF8.self)), value.isFinite else {
                return nil
            }
            return .number(value)
        }

        private mutating func digits() -> Int {
            let start = offset
            while offset < bytes.count, (0x30...0x39).contains(bytes[offset]) { offset += 1 }
            return offset - start
        }
    }
}
