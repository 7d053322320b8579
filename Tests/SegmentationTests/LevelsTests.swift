// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import Testing

@testable import Segmentation

@Suite struct LevelsTests {
    /// Five minutes at `slow`, then two bouts of a minute and a half at `fast` with as much at `slow` between them.
    static func levels(slow: Double, fast: Double, isKnown: Bool) -> Levels {
        var levels = Levels(.speed(maximum: 6.5, isKnown: isKnown))
        func at(_ seconds: Int) -> Timestamp { Timestamp(seconds: Double(seconds)) }
        for second in 0..<300 { levels.learn(slow, interval: 1, at: at(second)) }
        for start in [300, 480] {
            levels.noteBoutBegan()
            levels.noteBoutEnded(level: fast, at: at(start + 90), seconds: 90, wasKnownEarly: true)
            levels.resume(at: slow)
            for second in start + 90..<start + 180 { levels.learn(slow, interval: 1, at: at(second)) }
        }
        return levels
    }

    /// Two thirds of the way from 0.45 to 0.63, and half of the distance but no more than the usual contrast.
    @Test func aSetSaysWhatItsBoutsAre() {
        let levels = Self.levels(slow: 0.45, fast: 0.63, isKnown: true)
        #expect(abs(levels.workFloor - 0.57) < 0.005)
        #expect(abs(levels.contrast - 0.09) < 0.005)
    }

    /// 0.08 apart is less than 0.7 × 0.13.
    @Test func hillsAreNoSet() {
        let levels = Self.levels(slow: 0.45, fast: 0.53, isKnown: true)
        #expect(levels.workFloor == 0.59)
        #expect(levels.contrast == 0.13)
        // Of a maximum that is a guess nobody knows how much that is.
        #expect(Self.levels(slow: 0.45, fast: 0.53, isKnown: false).contrast < 0.05)
    }
}
