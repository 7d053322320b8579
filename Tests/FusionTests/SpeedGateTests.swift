// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import Fusion

@Suite struct SpeedGateTests {
    private func marks(_ values: [Double], every seconds: Double) -> [Bool] {
        var gate = SpeedGate()
        return values.enumerated().map { index, value in
            gate.isOutlier(value, at: Int64(Double(index) * seconds * 1e9))
        }
    }

    @Test func believesTheBestSprintEverMeasured() {
        // The mean speed of each 10 m of the 2009 world record at its middle, from the split times 1.89, 2.88, 3.78,
        // 4.64, 5.47, 6.29, 7.10, 7.92, 8.75 and 9.58 s.
        var gate = SpeedGate()
        for (seconds, speed) in [
            (0.15, 0), (2.385, 10.10), (3.33, 11.11), (4.21, 11.63), (5.055, 12.05), (5.88, 12.20),
            (6.695, 12.35), (7.51, 12.20), (8.335, 12.05), (9.165, 12.05),
        ] {
            let marked = gate.isOutlier(speed, at: Int64(seconds * 1e9))
            #expect(!marked, "\(speed) m/s at \(seconds) s")
        }
    }

    @Test(arguments: [0.25, 1.0])
    func marksASpikeAndNothingAfterIt(spacing: Double) {
        let got = marks([3, 3, 3.1, 11, 3.1, 3, 3], every: spacing)
        #expect(got == [false, false, false, true, false, false, false])
    }

    @Test func marksWhatNoRunnerReaches() {
        #expect(marks([12.4, 12.6, 40, -0.1], every: 1) == [false, true, true, true])
    }

    @Test func believesAStopToldLateAndAllAtOnce() {
        #expect(!marks([7, 7, 7, 0, 0, 0], every: 0.25).contains(true))
    }

    @Test func marksABrakeThatNoRunnerCan() {
        #expect(marks([11, 11, 4, 11], every: 0.25) == [false, false, true, false])
    }

    @Test func believesALevelThatStaysAndTheOldOneWhenItReturns() {
        let got = marks(
            Array(repeating: 2, count: 8) + Array(repeating: 9, count: 12) + Array(repeating: 2, count: 8), every: 0.25)
        #expect(got[8])
        #expect(!got[19])
        #expect(got[20...].allSatisfy { !$0 })
    }

    @Test func theSpacingSetsWhatCanBeReached() {
        // From 3 m/s, 9 m/s cannot be reached in one second but in five.
        #expect(marks([3, 9], every: 1) == [false, true])
        #expect(marks([3, 9], every: 5) == [false, false])
    }
}
