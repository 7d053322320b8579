// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import Fusion

@Suite struct HeartRateGateTests {
    /// Feeds one value a second; returns which were marked.
    private func marks(_ values: [Double], maximum: Double? = nil) -> [Bool] {
        var gate = HeartRateGate(maximum: maximum)
        return values.enumerated().map { second, value in
            gate.isArtefact(value, at: Int64(second) * 1_000_000_000)
        }
    }

    private func flat(_ value: Double, _ count: Int) -> [Double] {
        Array(repeating: value, count: count)
    }

    @Test func marksASpikeAndNothingAfterIt() {
        let got = marks(flat(140, 10) + [200, 198] + flat(141, 10))
        #expect(got == Array(repeating: false, count: 10) + [true, true] + Array(repeating: false, count: 10))
    }

    @Test func marksADropoutAndNothingAfterIt() {
        let got = marks(flat(150, 10) + [60, 61] + flat(150, 10))
        #expect(got.filter { $0 }.count == 2)
        #expect(got[10] && got[11])
    }

    @Test func believesAStepThatStaysAfterTheTimeAHeartNeeds() {
        // +40 bpm: 8 at once, the other 32 at 4 a second; the first sample of the step is one second after the old
        // level.
        let got = marks(flat(100, 10) + flat(140, 30))
        #expect(got[10..<17].allSatisfy { $0 })
        #expect(got[17...].allSatisfy { !$0 })
    }

    @Test func believesAFallThatStaysAfterFiveSeconds() {
        let got = marks(flat(180, 10) + flat(100, 30))
        #expect(got[10..<15].allSatisfy { $0 })
        #expect(got[15...].allSatisfy { !$0 })
    }

    @Test func believesTheOldLevelAtOnceWhenALongSpikeEnds() {
        let got = marks(flat(120, 20) + flat(180, 30) + flat(121, 20))
        #expect(got[20])
        #expect(!got[49], "a minute-long level is believed in the end")
        #expect(got[50...].allSatisfy { !$0 })
    }

    @Test func believesTheFastestCleanRises() {
        // 98 to 125 bpm in 10 s as recorded at the start of a run, and 27 bpm in 5 s at the start of a sprint.
        #expect(!marks([98, 98, 98, 98, 98, 98, 101, 107, 111, 114, 117, 119, 121, 123, 125]).contains(true))
        #expect(!marks(flat(80, 6) + [85, 91, 97, 102, 107]).contains(true))
    }

    @Test func marksWhatLiesOutsideTheHumanRange() {
        #expect(marks([24, 25, 220, 221, 239, 241])[0])
        let got = marks(flat(215, 8) + [219, 221, 235])
        #expect(got == Array(repeating: false, count: 9) + [true, true])
    }

    @Test func marksRatesWellAboveAKnownMaximum() {
        let got = marks(flat(185, 8) + [190, 195, 196, 199], maximum: 186)
        #expect(got.suffix(4) == [false, false, false, true])
    }

    @Test func distrustsVeryHighRatesAfterAJumpOnly() {
        let climb = stride(from: 170.0, through: 208, by: 2).map { $0 }
        #expect(!marks(flat(168, 10) + climb).contains(true))
        let got = marks(flat(168, 10) + [210] + climb)
        #expect(got.suffix(4).allSatisfy { $0 }, "202 to 208 within three minutes of a jump")
        #expect(!got.dropFirst(11).prefix(16).contains(true))
    }

    @Test func believesAFallFromDistrustedRates() {
        let got = marks(
            flat(190, 10) + [225] + flat(195, 5) + flat(202, 5) + [190, 178, 166, 154, 150, 150])
        #expect(got.suffix(6).allSatisfy { !$0 })
    }

    @Test func aWrongFirstValueCostsOneMark() {
        let got = marks([215] + flat(90, 20))
        #expect(got == [false, true] + Array(repeating: false, count: 19))
    }

    @Test func anythingIsPossibleAfterALongSilence() {
        var gate = HeartRateGate(maximum: nil)
        let before = gate.isArtefact(80, at: 0)
        let after = gate.isArtefact(180, at: 60_000_000_000)
        #expect(!before && !after)
    }
}
