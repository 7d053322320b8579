// SPDX-License-Identifier: GPL-3.0-or-later
import TestSupport
import Testing

@testable import Scoring

@Suite struct QuarterSecondMeansTests {
    @Test func whatIsCondensedTellsTheSameOfItsLimits() {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<200 {
            let values: [Double?] = (0..<Int.random(in: 10...2160, using: &random)).map { _ in
                Int.random(in: 0..<5, using: &random) == 0 ? nil : Double(Int.random(in: 0...90, using: &random)) / 10
            }
            // Some of them values that occur, none of them all.
            let limits = (0..<Int.random(in: 1...9, using: &random)).map { _ in
                Double(Int.random(in: 1...100, using: &random)) / 10
            }
            let whole = QuarterSecondMeans(values)
            var condensed = QuarterSecondMeans(limits: limits)
            for value in values { condensed.append(value) }
            for limit in limits {
                // Kept as Float: a value of 0.3 is a little more than that, and one of 0.7 a little less.
                let expected = values.count { $0.map { Double(Float($0)) >= limit } ?? false }
                #expect(condensed.time(atLeast: limit) == Double(expected) / 4)
                #expect(whole.time(atLeast: limit) == Double(expected) / 4)
            }
        }
    }
}
