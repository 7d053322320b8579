// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import JSON

@Suite struct FixedDecimalTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        var value: Double
        var decimals: Int
        var text: String?
        var trimmed: String?
        var testDescription: String { "\(value) to \(decimals)" }
    }

    static let vectors: [Vector] = [
        Vector(value: 0, decimals: 3, text: "0.000", trimmed: "0"),
        Vector(value: -0.0, decimals: 3, text: "0.000", trimmed: "0"),
        Vector(value: -0.0004, decimals: 3, text: "0.000", trimmed: "0"),
        Vector(value: 30, decimals: 3, text: "30.000", trimmed: "30"),
        Vector(value: 100, decimals: 0, text: "100", trimmed: "100"),
        Vector(value: 30.5, decimals: 3, text: "30.500", trimmed: "30.5"),
        Vector(value: 0.05, decimals: 3, text: "0.050", trimmed: "0.05"),
        Vector(value: -1.25, decimals: 1, text: "-1.3", trimmed: "-1.3"),
        Vector(value: 0.125, decimals: 2, text: "0.13", trimmed: "0.13"),
        Vector(value: 9.9996, decimals: 3, text: "10.000", trimmed: "10"),
        // 2^53: the last whole number before doubles skip some.
        Vector(value: 9_007_199_254_740_992, decimals: 0, text: "9007199254740992", trimmed: "9007199254740992"),
        Vector(value: 1e300, decimals: 3, text: nil, trimmed: nil),
        Vector(value: 9.3e18, decimals: 0, text: nil, trimmed: nil),
        Vector(value: .infinity, decimals: 1, text: nil, trimmed: nil),
        Vector(value: -.infinity, decimals: 1, text: nil, trimmed: nil),
        Vector(value: .nan, decimals: 1, text: nil, trimmed: nil),
        // More decimals than there are: nine.
        Vector(value: 0.5, decimals: 40, text: "0.500000000", trimmed: "0.5"),
        Vector(value: 1.5, decimals: -3, text: "2", trimmed: "2"),
    ]

    @Test(arguments: vectors) func writesDigits(_ vector: Vector) {
        let decimal = FixedDecimal(vector.value, decimals: vector.decimals)
        #expect(decimal?.text == vector.text)
        #expect(decimal?.trimmed == vector.trimmed)
    }
}
