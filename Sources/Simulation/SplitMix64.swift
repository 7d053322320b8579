// SPDX-License-Identifier: GPL-3.0-or-later

/// A seeded generator: the same seed gives the same numbers on every machine, for ever.
///
/// Source: G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014 (the
/// fixed-gamma variant, as in Java's `SplittableRandom` and Vigna's `splitmix64.c`). Its period of 2^64 and its
/// quality are ample here. The standard library's `random(in:using:)` is not used: its way from bits to values is not
/// promised to stay.
package struct SplitMix64: Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    /// A stream of its own for one purpose, so that an option which draws more numbers in one place changes nothing
    /// elsewhere.
    package init(seed: UInt64, stream: UInt64, index: Int = 0) {
        var mixer = SplitMix64(seed: seed)
        let first = mixer.next()
        mixer = SplitMix64(seed: first ^ stream &* 0xD1B5_4A32_D192_ED03)
        let second = mixer.next()
        mixer = SplitMix64(seed: second ^ UInt64(truncatingIfNeeded: index) &* 0xABC9_8388_FB8F_AC03)
        state = mixer.next()
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// Uniform in 0..<1, 53 bits.
    package mutating func uniform() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// Uniform in `range`.
    package mutating func uniform(_ range: ClosedRange<Double>) -> Double {
        range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
    }

    /// Uniform in 0..<`bound`; 0 for a bound below 1. The bias is below 2^-53 × bound.
    package mutating func integer(below bound: Int) -> Int {
        bound < 1 ? 0 : min(bound - 1, Int(uniform() * Double(bound)))
    }

    package mutating func chance(_ probability: Double) -> Bool {
        uniform() < probability
    }

    /// About normal, mean 0, standard deviation 1, never beyond ±3.47: the sum of four 16-bit uniforms (Irwin–Hall),
    /// which needs no logarithm and so gives the same bits with every C library.
    package mutating func normal() -> Double {
        let bits = next()
        let sum = (bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + bits >> 48
        // Four uniforms on 0...65535: mean 2 × 65535, variance 4 × (65536² − 1) / 12.
        return (Double(sum) - 131_070) / 37_837.2266
    }
}
