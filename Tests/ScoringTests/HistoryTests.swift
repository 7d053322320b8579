// SPDX-License-Identifier: GPL-3.0-or-later
import Fusion
import Measurement
import TestSupport
import Testing

@testable import Scoring

@Suite struct HistoryTests {
    static func sample(_ time: Double, speed: Double? = nil, heartRate: Double? = nil) -> FusedSample {
        var updated: FusedSample.Fields = []
        if speed != nil { updated.insert(.speed) }
        if heartRate != nil { updated.insert(.heartRate) }
        return FusedSample(time: Timestamp(seconds: time), speed: speed, heartRate: heartRate, updated: updated)
    }

    @Test(arguments: [0.05, 0.25, 0.7, 1.0, 8.0])
    func theMeanOfARampIsItsMiddle(spacing: Double) throws {
        var history = History()
        for index in 0..<Int(100 / spacing) {
            let time = Double(index) * spacing
            history.ingest(Self.sample(time, speed: time / 10))
        }
        let mean = try #require(history.meanSpeed(from: 20, to: 60))
        // Totals are straight within a quarter second: what a ramp loses by that is below a millimetre per second.
        #expect(abs(mean.mean - 4) < 0.002)
        #expect(abs(mean.coverage - 1) < 1e-6)
    }

    @Test func agreesWithASlowSumOnRandomSamples() throws {
        var generator = SeededGenerator(seed: 5)
        var history = History()
        var points: [(time: Double, speed: Double)] = []
        var time = 0.0
        for _ in 0..<2_000 {
            time += 0.05 + 0.6 * generator.uniform()
            let point = (time, 8 * generator.uniform())
            points.append(point)
            history.ingest(Self.sample(point.0, speed: point.1))
        }
        let last = points[points.count - 1].time
        for _ in 0..<50 {
            let start = last - 400 * generator.uniform() - 20
            let end = start + 5 + 15 * generator.uniform()
            // A tenth of a millisecond's steps along the lines between the samples.
            var sum = 0.0
            var count = 0.0
            var index = 0
            for step in 0..<Int((end - start) / 0.001) {
                let at = start + Double(step) * 0.001
                while index + 1 < points.count, points[index + 1].time <= at { index += 1 }
                let (from, to) = (points[index], points[min(index + 1, points.count - 1)])
                sum += from.speed + (at - from.time) / max(to.time - from.time, 1e-9) * (to.speed - from.speed)
                count += 1
            }
            let mean = try #require(history.meanSpeed(from: start, to: end))
            #expect(abs(mean.mean - sum / count) < 0.15)
        }
    }

    @Test func aSilenceIsNotCovered() throws {
        var history = History()
        for index in 0...10 { history.ingest(Self.sample(Double(index), speed: 3)) }
        for index in 0...10 { history.ingest(Self.sample(30 + Double(index), speed: 5)) }
        let mean = try #require(history.meanSpeed(from: 0, to: 40))
        #expect(abs(mean.mean - 4) < 1e-6)
        #expect(abs(mean.coverage - 0.5) < 1e-6)
        #expect(history.meanSpeed(from: 12, to: 28) == nil)
    }

    @Test func peaksLieInTheSpanAskedFor() {
        var history = History()
        for index in 0..<400 {
            history.ingest(Self.sample(Double(index), speed: index == 50 ? 9 : 3, heartRate: index == 80 ? 190 : 120))
        }
        #expect(history.peaks(from: 40, to: 60) == .init(speed: 9, heartRate: 120))
        #expect(history.peaks(from: 60, to: 90) == .init(speed: 3, heartRate: 190))
    }

    /// Asked for one after the other, quarter seconds have the means that they have when each is asked for alone.
    @Test func quarterSecondsHaveTheirMeansInARow() {
        var generator = SeededGenerator(seed: 9)
        var history = History()
        var time = 0.0
        for index in 0..<3_000 {
            time += 0.4 * generator.uniform() + (index == 1_500 ? 30 : 0)
            history.ingest(Self.sample(time, speed: 8 * generator.uniform(), heartRate: index % 50 < 40 ? 150 : nil))
        }
        for start in [0, 30.3, time / 2, time - 20.1] {
            var index = 0
            history.quarterMeans(from: start, count: 120) { speed, rate in
                let from = start + Double(index) * History.resolution
                let alone = history.means(from: from, to: from + History.resolution)
                #expect(speed?.mean == alone.speed?.mean && speed?.coverage == alone.speed?.coverage)
                #expect(rate?.mean == alone.heartRate?.mean && rate?.coverage == alone.heartRate?.coverage)
                index += 1
            }
            #expect(index == 120)
        }
    }

    @Test func remembersTheLastNineMinutesOnlyAndNeverTraps() {
        var history = History()
        for index in 0..<5_000 { history.ingest(Self.sample(Double(index), speed: 3)) }
        #expect(history.oldest > 4_400 && history.oldest < 4_430)
        #expect(history.meanSpeed(from: 4_500, to: 4_900)?.mean == 3)
        history.ingest(Self.sample(9e8, speed: 1))
        history.ingest(Self.sample(9e8 + 1, speed: 1))
        #expect(history.meanSpeed(from: 9e8, to: 9e8 + 1)?.mean == 1)
        _ = history.peaks(from: -1e18, to: 1e18)
        _ = history.totals(at: -1e300)
    }

    @Test func marksAreNotAveraged() throws {
        var history = History()
        for index in 0..<100 {
            var sample = Self.sample(Double(index), speed: index == 50 ? 40 : 3, heartRate: index == 50 ? 250 : 120)
            if index == 50 { sample.doubts = [.speedOutlier, .heartRateArtefact] }
            history.ingest(sample)
        }
        #expect(try #require(history.meanSpeed(from: 40, to: 60)).mean == 3)
        #expect(history.peaks(from: 40, to: 60) == .init(speed: 3, heartRate: 120))
    }
}
