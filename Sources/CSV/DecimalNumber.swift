// SPDX-License-Identifier: GPL-3.0-or-later

/// A decimal number as written: `-12.5`, `.5`, `3.`, `1e-3`. Nothing else is one: no "nan", "inf", hexadecimal,
/// blanks inside or digit groups.
///
/// Kept as its digits' places, so that seconds become nanoseconds by integer arithmetic.
struct DecimalNumber: ~Escapable {
    private let text: Span<UInt8>
    private let isNegative: Bool
    /// Where the digits stand, the point among them.
    private let digits: Range<Int>
    /// Digits before the point, were there no exponent.
    private let integerDigits: Int
    private let exponent: Int

    /// - Returns: `nil` when `text` is not, as a whole, a decimal number.
    @_lifetime(copy text)
    init?(_ text: Span<UInt8>) {
        var index = 0
        var isNegative = false
        if index < text.count, text[index] == Self.plus || text[index] == Self.minus {
            isNegative = text[index] == Self.minus
            index += 1
        }
        let start = index
        var integerDigits = 0
        var fractionDigits = 0
        while index < text.count, Self.isDigit(text[index]) {
            index += 1
            integerDigits += 1
        }
        if index < text.count, text[index] == Self.point {
            index += 1
            while index < text.count, Self.isDigit(text[index]) {
                index += 1
                fractionDigits += 1
            }
        }
        guard integerDigits + fractionDigits > 0 else { return nil }
        let end = index
        var exponent = 0
        if index < text.count, text[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            var isSmall = false
            if index < text.count, text[index] == Self.plus || text[index] == Self.minus {
                isSmall = text[index] == Self.minus
                index += 1
            }
            let first = index
            while index < text.count, Self.isDigit(text[index]) {
                // Beyond this nothing that fits a line is neither zero nor out of range.
                exponent = min(exponent * 10 + Int(text[index] - Self.zero), 1_000_000)
                index += 1
            }
            guard index > first else { return nil }
            if isSmall { exponent = -exponent }
        }
        guard index == text.count else { return nil }
        self.text = text
        self.isNegative = isNegative
        self.digits = start..<end
        self.integerDigits = integerDigits
        self.exponent = exponent
    }

    private static let plus = UInt8(ascii: "+")
    private static let minus = UInt8(ascii: "-")
    private static let point = UInt8(ascii: ".")
    private static let zero = UInt8(ascii: "0")
    private static func isDigit(_ byte: UInt8) -> Bool { byte &- zero < 10 }

    /// The number times 10^`places`, rounded to the nearest integer, halves away from zero.
    ///
    /// - Returns: `nil` when that is beyond 64 bits.
    func scaled(byPowerOfTen places: Int) -> Int64? {
        // Digits wanted, from the first one on; the one behind them decides the rounding.
        let wanted = integerDigits + exponent + places
        var magnitude: UInt64 = 0
        var seen = 0
        var roundsUp = false
        for index in digits where text[index] != Self.point {
            let digit = UInt64(text[index] - Self.zero)
            if seen == wanted { roundsUp = digit >= 5 }
            guard seen < wanted else { break }
            seen += 1
            let (times, over) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, carry) = times.addingReportingOverflow(digit)
            guard !over, !carry else { return nil }
            magnitude = sum
        }
        while seen < wanted, magnitude != 0 {
            seen += 1
            let (times, over) = magnitude.multipliedReportingOverflow(by: 10)
            guard !over else { return nil }
            magnitude = times
        }
        if roundsUp {
            let (sum, carry) = magnitude.addingReportingOverflow(1)
            guard !carry else { return nil }
            magnitude = sum
        }
        guard let value = Int64(exactly: magnitude) else { return nil }
        return isNegative ? -value : value
    }

    /// The nearest `Double`.
    ///
    /// - Returns: `nil` when that is infinite.
    var value: Double? {
        // Up to 15 digits: one correctly rounded division of two exact numbers.
        let count = digits.count
        if count <= 16, integerDigits <= 15, exponent == 0 {
            var whole = 0
            for index in digits where text[index] != Self.point {
                whole = whole * 10 + Int(text[index] - Self.zero)
            }
            let fractionDigits = count == integerDigits ? 0 : count - integerDigits - 1
            let magnitude = Double(whole) / Self.powersOfTen[fractionDigits]
            return isNegative ? 0 - magnitude : magnitude
        }
        var characters: [UInt8] = []
        for index in text.indices { characters.append(text[index]) }
        guard let value = Double(String(decoding: characters, as: UTF8.self)), value.isFinite else {
            return nil
        }
        return value
    }

    private static let powersOfTen: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    ]
}
