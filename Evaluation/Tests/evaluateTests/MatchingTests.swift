// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import evaluate

@Suite struct MatchingTests {
    private func pairs(_ truth: [Bout], _ found: [Bout]) -> [[Int]] {
        Matching(truth: truth, found: found).pairs.map { [$0.truth, $0.found] }
    }

    @Test func bothEndsMustLieWithinFiveSecondsOfAShortBout() {
        let truth = Bout(start: 100, end: 130)
        #expect(Matching.mayMatch(truth, Bout(start: 105, end: 125)))
        #expect(!Matching.mayMatch(truth, Bout(start: 105.1, end: 130)))
        #expect(!Matching.mayMatch(truth, Bout(start: 100, end: 124.9)))
    }

    @Test func aLongBoutMayBeOffBySharesOfItsLength() {
        // 15 % of 200 s.
        let truth = Bout(start: 100, end: 300)
        #expect(Matching.mayMatch(truth, Bout(start: 129, end: 271)))
        #expect(!Matching.mayMatch(truth, Bout(start: 131, end: 300)))
    }

    @Test func theKindCountsUnlessTheLengthIsNearSixtySeconds() {
        #expect(!Matching.mayMatch(Bout(start: 0, end: 57.5), Bout(kind: .interval, start: 0, end: 60.5)))
        #expect(Matching.mayMatch(Bout(start: 0, end: 59), Bout(kind: .interval, start: 0, end: 60.5)))
        #expect(Matching.mayMatch(Bout(start: 0, end: 61.5), Bout(kind: .sprint, start: 0, end: 60)))
        #expect(!Matching.mayMatch(Bout(start: 0, end: 63), Bout(kind: .sprint, start: 0, end: 60)))
    }

    @Test func eachBoutIsInOnePairAtMost() {
        // Two pieces of one bout: the nearer one matches, the other is false.
        let truth = [Bout(start: 100, end: 110)]
        #expect(pairs(truth, [Bout(start: 96, end: 106), Bout(start: 101, end: 110)]) == [[0, 1]])
        #expect(pairs(truth + [Bout(start: 112, end: 120)], [Bout(start: 104, end: 114)]) == [[0, 0]])
    }

    @Test func asManyPairsAsPossibleComeBeforeSmallErrors() {
        let truth = [Bout(start: 100, end: 110), Bout(start: 105, end: 115)]
        // The second found bout lies nearest to the first true one, but then the first found one would be left over.
        #expect(pairs(truth, [Bout(start: 97, end: 107), Bout(start: 101, end: 111)]) == [[0, 0], [1, 1]])
    }

    @Test func nothingMatchesNothing() {
        #expect(pairs([], [Bout(start: 0, end: 10)]).isEmpty)
        #expect(pairs([Bout(start: 0, end: 10)], []).isEmpty)
    }
}

@Suite struct DistributionTests {
    @Test func quantilesAreOfTheNearestRank() {
        var distribution = Distribution()
        for value in [5.0, -1, 3, 2, -4] { distribution.add(value) }
        #expect(distribution.median == 2)
        #expect(distribution.absolute.median == 3)
        #expect(distribution.absolute.p95 == 5)
        #expect(distribution.share(within: 3) == 0.6)
        #expect(Distribution().median == nil)
    }
}

@Suite struct SpeedTrackTests {
    /// 2 m/s, from 100 s on in a straight line to 5 m/s at 104 s, from 160 s on down to 2 m/s at 166 s; one value a second.
    private let track = {
        var track = SpeedTrack()
        for second in 0..<240 {
            let time = Double(second)
            let up = min(max((time - 100) / 4, 0), 1)
            let down = min(max((time - 160) / 6, 0), 1)
            track.time.append(time)
            track.speed.append(2 + 3 * (up - down))
        }
        return track
    }()

    @Test(arguments: [90.0, 98, 100, 104, 115]) func theEdgeIsFoundWhereverItsPressWasNearby(_ press: Double) {
        #expect(abs(track.edge(near: press, rising: true, reach: 30) - 100) <= 0.5)
        #expect(abs(track.edge(near: press + 60, rising: false, reach: 30) - 160) <= 0.5)
    }

    @Test func whereNoRampGoesTheRightWayThePressIsTheEdge() {
        #expect(track.edge(near: 30, rising: false, reach: 10) == 30)
    }
}
