// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import CSV

@Suite struct DecimalNumberTests {
    static func nanoseconds(_ text: String) -> Int64? {
        let bytes = [UInt8](text.utf8)
        guard let number = DecimalNumber(bytes.span) else { return nil }
        return number.scaled(byPowerOfTen: 9)
    }

    static func value(_ text: String) -> Double? {
        let bytes = [UInt8](text.utf8)
        guard let number = DecimalNumber(bytes.span) else { return nil }
        return number.value
    }

    @Test(
        arguments: [
            ("0", 0), ("1", 1_000_000_000), ("-1", -1_000_000_000), ("+2.5", 2_500_000_000),
            (".5", 500_000_000), ("3.", 3_000_000_000),
            // Doubles cannot hold these; integers can.
            ("0.1", 100_000_000), ("123456789.123456789", 123_456_789_123_456_789),
            ("0.000000001", 1), ("0.0000000005", 1), ("0.00000000049999", 0), ("-0.0000000005", -1),
            ("0.00000000005", 0), ("1.9999999995", 2_000_000_000),
            ("1e3", 1_000_000_000_000), ("1E-9", 1), ("12.5e-1", 1_250_000_000), ("0e99999999999", 0),
            ("1e-99999999999", 0), ("5e-10", 1), ("0000000000000000000000001", 1_000_000_000),
            ("9223372036.854775807", Int64.max),
        ] as [(String, Int64)])
    func secondsBecomeNanosecondsExactly(_ text: String, _ expected: Int64) {
        #expect(Self.nanoseconds(text) == expected)
    }

    @Test(arguments: [
        "9223372036.854775808", "1e10", "1e99999999999", "99999999999999999999999999", "9223372036.8547758075",
    ]) func whatSixtyFourBitsCannotHoldIsAbsent(_ text: String) {
        #expect(Self.nanoseconds(text) == nil)
    }

    @Test(arguments: [
        "", "-", "+", ".", "-.", "e5", "1e", "1e+", "1.2.3", "1,5", " 1", "1 ", "0x10", "1_000", "nan", "inf",
        "infinity", "١", "1-", "--1", "1e5.0", "1f",
    ]) func whatIsNoDecimalNumberIsRefused(_ text: String) {
        #expect(Self.nanoseconds(text) == nil)
        #expect(Self.value(text) == nil)
    }

    @Test(
        arguments: [
            ("0", 0), ("80", 80), ("2.5", 2.5), ("-0.1", -0.1), ("3.", 3), (".25", 0.25),
            ("0.1234567890123456789", 0.1234567890123456789), ("1e22", 1e22), ("1.5e-3", 0.0015),
            ("3.e2", 300), (".5e1", 5), ("999999999999999", 999_999_999_999_999), ("1e-400", 0),
            ("9007199254740993", 9_007_199_254_740_992),
        ] as [(String, Double)])
    func valuesAreTheNearestDouble(_ text: String, _ expected: Double) {
        #expect(Self.value(text) == expected)
    }

    @Test func thousandthsComeOutAsTheLiteralWould() {
        // The shortest text of a double must read back as that double.
        for thousandths in stride(from: 0, through: 500_000, by: 37) {
            let expected = Double(thousandths) / 1000
            #expect(Self.value("\(expected)") == expected)
        }
    }

    @Test func beyondTheLargestDoubleIsAbsent() {
        #expect(Self.value("1e309") == nil)
        #expect(Self.value("-1e309") == nil)
    }
}
