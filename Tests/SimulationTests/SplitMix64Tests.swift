// SPDX-License-Identifier: GPL-3.0-or-later
import Simulation
import Testing

@Suite struct SplitMix64Tests {
    /// The published outputs of the reference implementation for this seed.
    @Test func givesTheReferenceSequence() {
        var random = SplitMix64(seed: 1_234_567)
        let expected: [UInt64] = [
            6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
        ]
        for value in expected { #expect(random.next() == value) }
    }

    @Test func normalDeviatesHaveMeanZeroAndVarianceOne() {
        var random = SplitMix64(seed: 7)
        var sum = 0.0
        var squares = 0.0
        for _ in 0..<20_000 {
            let value = random.normal()
            #expect(abs(value) < 3.47)
            sum += value
            squares += value * value
        }
        // Four standard errors.
        #expect(abs(sum / 20_000) < 0.03)
        #expect(abs(squares / 20_000 - 1) < 0.04)
    }

    @Test func streamsDiffer() {
        var seen: Set<UInt64> = []
        for stream in 0..<20 as Range<UInt64> {
            for index in 0..<20 {
                var random = SplitMix64(seed: 1, stream: stream, index: index)
                seen.insert(random.next())
            }
        }
        #expect(seen.count == 400)
    }

    @Test func anIntegerLiesBelowItsBound() {
        var random = SplitMix64(seed: 3)
        var seen: Set<Int> = []
        for _ in 0..<200 { seen.insert(random.integer(below: 5)) }
        #expect(seen == [0, 1, 2, 3, 4])
        #expect(random.integer(below: 0) == 0)
    }
}
