// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import Scoring

@Suite struct DatedDistancesTests {
    @Test func aStrideThatIsToldAgainCountsOnce() {
        var distances = DatedDistances()
        distances.note(10, at: 1)
        distances.note(10, at: 1.02)
        distances.note(12, at: 0.9)
        distances.note(13, at: 1.75)
        // Somebody stands.
        distances.note(13, at: 2.5)
        distances.note(13, at: 3)
        #expect(distances.marks(from: 0, to: 9).map(\.time) == [1, 1.75, 3])
        #expect(distances.marks(from: 1.5, to: 2).map(\.distance) == [13])
    }

    @Test func theOldestAreForgotten() {
        var distances = DatedDistances()
        for index in 0..<1000 { distances.note(Double(index), at: Double(index)) }
        let marks = distances.marks(from: 0, to: 2000)
        #expect(marks.map(\.time) == (488..<1000).map(Double.init))
    }

    @Test func nonsenseIsNotNoted() {
        var distances = DatedDistances()
        distances.note(1, at: .nan)
        distances.note(.nan, at: 1)
        #expect(distances.marks(from: -.infinity, to: .infinity).isEmpty)
    }

    /// 2 + t²: a cubic is exact for it, where neighbours are evenly spaced.
    @Test func aSteadyAccelerationIsFollowed() throws {
        var distances = DatedDistances()
        for index in 0...8 {
            let time = Double(index) / 2
            distances.note(2 + time * time, at: time)
        }
        #expect(abs(try #require(distances.distance(at: 1.7)) - 4.89) < 1e-9)
        #expect(distances.distance(at: 4.5) == nil)
        #expect(distances.distance(at: -0.5) == nil)
        distances.note(40, at: 8)
        #expect(distances.distance(at: 6) == nil, "Too long without a stride.")
    }
}
