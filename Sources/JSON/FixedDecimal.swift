// SPDX-License-Identifier: GPL-3.0-or-later

/// A number rounded to a fixed count of decimals, as decimal digits.
///
/// Rounding is once, half away from zero; the rest is integer arithmetic, so that the digits are the same everywhere.
package struct FixedDecimal: Equatable, Sendable {
    /// The number × 10^`decimals`.
    package let scaled: Int64
    package let decimals: Int

    /// - Parameter decimals: clamped to 0...9.
    /// - Returns: `nil` when `value` is not a number, infinite, or too large to have digits in 64 bits.
    package init?(_ value: Double, decimals: Int) {
        let decimals = min(max(decimals, 0), 9)
        guard let scaled = Int64(exactly: (value * Double(Self.power(decimals))).rounded()) else {
            return nil
        }
        self.scaled = scaled
        self.decimals = decimals
    }

    /// With all decimals: `30.50`.
    package var text: String { digits(decimals) }

    /// Without the zeros at the end of the decimals, and without a point that nothing follows: `30.5`, `30`.
    package var trimmed: String {
        var kept = decimals
        var rest = scaled.magnitude
        while kept > 0, rest % 10 == 0 {
            rest /= 10
            kept -= 1
        }
        return digits(kept)
    }

    private func digits(_ kept: Int) -> String {
        let magnitude = scaled.magnitude / UInt64(Self.power(decimals - kept))
        let unit = UInt64(Self.power(kept))
        let sign = scaled < 0 ? "-" : ""
        guard kept > 0 else { return sign + String(magnitude) }
        let fraction = String(magnitude % unit)
        return sign + String(magnitude / unit) + "."
            + String(repeating: "0", count: kept - fraction.count) + fraction
    }

    private static func power(_ exponent: Int) -> Int64 {
        var result: Int64 = 1
        for _ in 0..<exponent { result *= 10 }
        return result
    }
}
