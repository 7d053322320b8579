// SPDX-License-Identifier: GPL-3.0-or-later

/// Writes JSON text (RFC 8259), one value after the other, in the order in which it is told.
///
/// The same calls give the same bytes on every machine: numbers have a fixed count of decimals and are written by
/// integer arithmetic, so no locale and no floating-point printer has a say. What JSON cannot express is written as
/// `null`: an absent value, a not-a-number, an infinity.
///
/// It does not check that keys stand in objects only: the shape is the caller's.
package struct JSONWriter: Sendable {
    /// Two spaces a level and a line a member when `true`; no white space at all when `false`.
    private let pretty: Bool
    private var bytes: [UInt8] = []
    private var depth = 0
    /// Whether the container being written has a member already.
    private var hasMember = false
    /// Whether a key was just written, so that its value follows on the same line.
    private var followsKey = false

    package init(pretty: Bool) {
        self.pretty = pretty
    }

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Writes `{…}`; `members` writes keys and values in turn.
    package mutating func object(_ members: (inout JSONWriter) -> Void) {
        container(open: "{", close: "}", members)
    }

    /// Writes `[…]`; `elements` writes values.
    package mutating func array(_ elements: (inout JSONWriter) -> Void) {
        container(open: "[", close: "]", elements)
    }

    package mutating func key(_ name: StaticString) {
        startMember()
        quote(name.description)
        append(pretty ? ": " : ":")
        followsKey = true
    }

    package mutating func string(_ value: String?) {
        startMember()
        guard let value else { return append("null") }
        quote(value)
    }

    package mutating func integer(_ value: Int?) {
        startMember()
        append(value.map { String($0) } ?? "null")
    }

    package mutating func bool(_ value: Bool) {
        startMember()
        append(value ? "true" : "false")
    }

    package mutating func null() {
        startMember()
        append("null")
    }

    /// - Parameter decimals: at most this many, 0...9; zeros at their end are left out.
    package mutating func number(_ value: Double?, decimals: Int) {
        startMember()
        append(value.flatMap { FixedDecimal($0, decimals: decimals)?.trimmed } ?? "null")
    }
}

extension JSONWriter {
    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func container(
        open: String, close: String, _ body: (inout JSONWriter) -> Void
    ) {
        startMember()
        append(open)
        depth += 1
        hasMember = false
        body(&self)
        depth -= 1
        if hasMember { breakLine() }
        append(close)
        hasMember = true
        followsKey = false
    }

    private mutating func startMember() {
        if followsKey {
            followsKey = false
            return
        }
        if hasMember { append(",") }
        if depth > 0 { breakLine() }
        hasMember = true
    }

    private mutating func breakLine() {
        guard pretty else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
    }

    /// RFC 8259 §7: quotation mark, reverse solidus and U+0000...U+001F must be escaped, and nothing else.
    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): append("\\\"")
            case UInt8(ascii: "\\"): append("\\\\")
            case UInt8(ascii: "\n"): append("\\n")
            case UInt8(ascii: "\r"): append("\\r")
            case UInt8(ascii: "\t"): append("\\t")
            case 0..<0x20:
                append(byte < 0x10 ? "\\u000" : "\\u00")
                append(String(byte, radix: 16))
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
