// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import Segmentation

@Suite struct RecoveriesTests {
    /// After sprints of 30 s with pauses of 90 s.
    static func ofTheWorkout(jogged: Bool) -> Recoveries {
        var recoveries = Recoveries()
        recoveries.note(90, wasJogged: jogged)
        return recoveries
    }

    @Test func nothingIsKnownAfterTheFirstBout() {
        let recoveries = Recoveries()
        #expect(recoveries.wait(afterBoutOf: 30, isJogging: true, isFirst: true) == 300)
        #expect(recoveries.wait(afterBoutOf: 180, isJogging: false, isFirst: true) == 360)
    }

    @Test func aJogAfterWalksIsSoonTheWayHome() {
        // 1.6 × 90 + 15.
        #expect(Self.ofTheWorkout(jogged: false).wait(afterBoutOf: 30, isJogging: true, isFirst: false) == 159)
    }

    @Test(arguments: [(false, false), (true, true), (true, false)])
    func whoGoesOnAsBeforeMayHaveLeftOneOut(jogged: Bool, isJogging: Bool) {
        // 90 + 30 + 90 + 15.
        let recoveries = Self.ofTheWorkout(jogged: jogged)
        #expect(recoveries.wait(afterBoutOf: 30, isJogging: isJogging, isFirst: false) == 225)
    }

    @Test func aRepetitionThatWasLeftOutMakesNoRecoveryLonger() {
        var recoveries = Self.ofTheWorkout(jogged: false)
        recoveries.note(210, wasJogged: false)
        #expect(recoveries.wait(afterBoutOf: 30, isJogging: true, isFirst: false) == 159)
    }

    @Test func noWaitIsBeyondWhatCanBeDatedBack() {
        var recoveries = Recoveries()
        recoveries.note(400, wasJogged: false)
        #expect(recoveries.wait(afterBoutOf: 240, isJogging: false, isFirst: false) == 480)
    }

    @Test func aPauseBetweenTwoSetsIsNoRecovery() {
        var recoveries = Self.ofTheWorkout(jogged: false)
        recoveries.note(900, wasJogged: false)
        #expect(recoveries.wait(afterBoutOf: 30, isJogging: false, isFirst: false) == 225)
    }
}
