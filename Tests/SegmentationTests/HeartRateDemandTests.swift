// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import Testing

@testable import Segmentation

@Suite struct HeartRateDemandTests {
    /// The last demand of a rate that changes by so many bpm a second, once a second for 20 s, from 120.
    static func demand(slope: Double) -> Double? {
        var demand = HeartRateDemand()
        var last: Double?
        for second in 0...20 {
            last = demand.ingest(120 + slope * Double(second), at: Timestamp(seconds: Double(second)))
        }
        return last
    }

    @Test func aSteadyRateIsItsOwnDemand() throws {
        #expect(abs(try #require(Self.demand(slope: 0)) - 120) < 1e-9)
    }

    @Test func aRiseOfOneBeatASecondAsksForThirtyMore() throws {
        #expect(abs(try #require(Self.demand(slope: 1)) - (140 + 30)) < 1e-6)
    }

    @Test func aFallIsSlower() throws {
        #expect(abs(try #require(Self.demand(slope: -1)) - (100 - 55)) < 1e-6)
    }

    @Test func aJumpCountsAsNoMoreThanAHeartCanRise() throws {
        // 120 bpm, then 150 from one second to the next: of the 30, a slope sees 3.
        var demand = HeartRateDemand()
        for second in 0...20 { _ = demand.ingest(120, at: Timestamp(seconds: Double(second))) }
        let last = demand.ingest(150, at: Timestamp(seconds: 21))
        let settled = try #require(last)
        // The line through seven zeros and a 3 at the end of 7 s: slope 3 × 3.5 / 42.
        #expect(abs(settled - (150 + 30 * 0.25)) < 1e-6)
    }

    @Test func twoValuesMakeNoSlope() {
        var demand = HeartRateDemand()
        #expect(demand.ingest(120, at: .zero) == nil)
        #expect(demand.ingest(121, at: Timestamp(seconds: 1)) == nil)
        #expect(demand.ingest(122, at: Timestamp(seconds: 2)) != nil)
        // After a silence it begins anew.
        #expect(demand.ingest(122, at: Timestamp(seconds: 60)) == nil)
    }
}
