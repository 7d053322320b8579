// SPDX-License-Identifier: GPL-3.0-or-later

/// "Random" input that is the same in every run and on every machine.
///
/// SplitMix64: Steele, Lea & Flood, "Fast splittable pseudorandom number generators" (2014). It is not the simulation's
/// generator, so that no test of a decoder depends on the simulation.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// In 0..<1.
    package mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Mean 0, standard deviation 1: the sum of twelve uniform deviates less 6 has variance 1 and is near enough to
    /// normal.
    package mutating func normal() -> Double { (0..<12).reduce(-6.0) { sum, _ in sum + uniform() } }

    /// - Parameter choices: at least one.
    package mutating func element<Element>(of choices: [Element]) -> Element {
        choices[Int.random(in: choices.indices, using: &self)]
    }
}
