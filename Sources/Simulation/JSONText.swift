// SPDX-License-Identifier: GPL-3.0-or-later

/// Writes JSON: keys in the order given, one line, numbers with up to three decimals. The same values give the same
/// text.
struct JSONText {
    private(set) var text = ""
    private var needsComma = false

    private mutating func separate() {
        if needsComma { text += "," }
        needsComma = true
    }

    private mutating func key(_ name: String) {
        separate()
        quote(name)
        text += ":"
    }

    private mutating func nest(_ open: String, _ close: String, _ body: (inout JSONText) -> Void) {
        text += open
        needsComma = false
        body(&self)
        text += close
        needsComma = true
    }

    /// An object as the document or as an array's element.
    mutating func object(_ body: (inout JSONText) -> Void) {
        separate()
        nest("{", "}", body)
    }

    mutating func array(_ name: String, _ body: (inout JSONText) -> Void) {
        key(name)
        nest("[", "]", body)
    }

    mutating func text(_ name: String, _ value: String?) {
        key(name)
        if let value { quote(value) } else { text += "null" }
    }

    mutating func integer(_ name: String, _ value: Int) {
        key(name)
        text += String(value)
    }

    mutating func boolean(_ name: String, _ value: Bool) {
        key(name)
        text += value ? "true" : "false"
    }

    /// Not-a-number, infinities and `nil` become `null`.
    mutating func number(_ name: String, _ value: Double?) {
        key(name)
        guard let value, let thousandths = Int(exactly: (value * 1000).rounded()) else {
            text += "null"
            return
        }
        let magnitude = thousandths.magnitude
        if thousandths < 0 { text += "-" }
        text += String(magnitude / 1000)
        let fraction = magnitude % 1000
        guard fraction > 0 else { return }
        var digits = String(1000 + fraction).dropFirst()
        while digits.last == "0" { digits.removeLast() }
        text += "." + digits
    }

    private mutating func quote(_ value: String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case _ where scalar.value < 0x20:
                text += "\\u" + String(0x10000 + scalar.value, radix: 16).dropFirst()
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
