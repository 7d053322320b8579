// SPDX-License-Identifier: GPL-3.0-or-later
import Fusion
import Measurement
import Testing

@testable import Scoring

@Suite struct SessionLoadTests {
    static func maxima(resting: Double? = 60) -> Maxima {
        Maxima(speed: .init(8, .measured), heartRate: .init(200, .measured), restingHeartRate: resting)
    }

    @Test func zonesBeginAtTenthsOfTheMaximum() throws {
        var times = HeartRateTimes()
        // One second below each lower end, one at it.
        for rate in [99, 100, 119, 120, 139, 140, 159, 160, 179, 180, 205] { times.add(1, at: Double(rate)) }
        let load = try #require(SessionLoad(times, maxima: Self.maxima(), sex: nil))
        #expect(load.belowZones == 1)
        #expect(load.zones == [2, 2, 2, 2, 2])
        // (2 × 1 + 2 × 2 + 2 × 3 + 2 × 4 + 2 × 5) / 60
        #expect(abs(load.edwards - 0.5) < 1e-12)
        #expect(load.banister == nil)
    }

    /// 117 is 60 % of 195: in zone 2 whatever the last bit of the quotient says.
    @Test func anEndOfAZoneIsInIt() throws {
        var maxima = Self.maxima()
        maxima.heartRate.value = 195
        var times = HeartRateTimes()
        times.add(60, at: 117)
        #expect(try #require(SessionLoad(times, maxima: maxima, sex: nil)).zones == [0, 60, 0, 0, 0])
    }

    /// 10 min at half of the reserve (130 of 60...200): 10 × 0.5 × 0.64 × e^0.96 = 8.3574 for a man, and
    /// 10 × 0.5 × 0.86 × e^0.835 = 9.9104 for a woman (e^0.96 = 2.611696, e^0.835 = 2.304814).
    @Test func banisterByHand() throws {
        var times = HeartRateTimes()
        times.add(600, at: 130)
        func banister(_ maxima: Maxima, _ sex: Athlete.Sex) -> Double? {
            SessionLoad(times, maxima: maxima, sex: sex)?.banister
        }
        let man = try #require(banister(Self.maxima(), .male))
        #expect(abs(man - 3.2 * 2.611696473) < 1e-6)
        let woman = try #require(banister(Self.maxima(), .female))
        #expect(abs(woman - 4.3 * 2.304813874) < 1e-6)
        #expect(banister(Self.maxima(resting: nil), .male) == nil)
    }

    /// e, e² and √e to 15 digits (Abramowitz & Stegun, table 4.20 and its constants).
    @Test func theExponentialIsExact() {
        #expect(abs(SessionLoad.exponential(0) - 1) < 1e-15)
        #expect(abs(SessionLoad.exponential(0.5) - 1.648_721_270_700_128) < 1e-14)
        #expect(abs(SessionLoad.exponential(1) - 2.718_281_828_459_045) < 1e-14)
        #expect(abs(SessionLoad.exponential(2) - 7.389_056_098_930_650) < 5e-14)
    }

    @Test func timeIsCountedBetweenSamplesAndNotOverSilences() {
        var times = HeartRateTimes()
        func ingest(_ time: Double, _ rate: Double?, _ doubts: FusedSample.Doubts = []) {
            times.ingest(FusedSample(time: Timestamp(seconds: time), heartRate: rate, doubts: doubts))
        }
        ingest(0, 100)
        ingest(2, 110)
        // A silence.
        ingest(20, 120)
        ingest(21, 120)
        // Nothing, then an artefact.
        ingest(22, nil)
        ingest(23, 130)
        ingest(24, 240, .heartRateArtefact)
        ingest(25, 130)
        #expect(times.seconds[100] == 2)
        #expect(times.seconds[110] == 0)
        #expect(times.seconds[120] == 2)
        #expect(times.seconds[130] == 1)
        #expect(times.seconds[240] == 0)
        #expect(times.total == 5)
    }

    @Test func foreignRatesDoNoHarm() {
        var times = HeartRateTimes()
        for rate in [-1, 255, 1e300, .infinity, -.infinity, .nan] { times.add(1, at: rate) }
        #expect(times.total == 0)
        #expect(SessionLoad(times, maxima: Self.maxima(), sex: .male) == nil)
    }
}

@Suite struct RestVariabilityTests {
    /// Intervals in ms, one after the other from 0 s on.
    static func variability(_ intervals: [Double], gaps: Set<Int> = []) -> (RestVariability, end: Double) {
        var variability = RestVariability()
        var time = 0.0
        for (index, interval) in intervals.enumerated() {
            time += interval / 1000
            let ticks = UInt16((interval * 1.024).rounded())
            variability.ingest(RRInterval(ticks: ticks, followsGap: gaps.contains(index)), at: time)
        }
        return (variability, time)
    }

    /// 1000 and 1031.25 ms are whole ticks (1024, 1056).
    private static let alternating = (0..<80).map { $0 % 2 == 0 ? 1000.0 : 1031.25 }

    @Test func alternatingIntervalsDifferByTheirDifference() throws {
        var (variability, end) = Self.variability(Self.alternating)
        variability.restEnded(start: 0, end: end, isFirst: true, isBeforeWork: true)
        let found = try #require(variability.measurement)
        #expect(abs(found.rmssd - 31.25) < 1e-9)
        #expect(abs(found.meanInterval - 1015.8) < 0.5)
        #expect(found.artefacts == 0 && found.isBeforeWork)
    }

    @Test func anArtefactAndAGapAreLeftOut() throws {
        var intervals = Self.alternating
        intervals[40] = 500
        var (variability, end) = Self.variability(intervals, gaps: [20])
        variability.restEnded(start: 0, end: end, isFirst: true, isBeforeWork: true)
        let found = try #require(variability.measurement)
        #expect(abs(found.rmssd - 31.25) < 1e-9)
        #expect(found.artefacts == 1)
        // 80 intervals have 79 differences; two are lost at the artefact, one at the gap.
        #expect(found.differences == 79 - 3)
    }

    @Test func aHeartThatHasTrulyChangedIsFollowed() throws {
        var (variability, end) = Self.variability(Array(repeating: 1000, count: 80) + Array(repeating: 700, count: 120))
        variability.restEnded(start: 85, end: end, isFirst: true, isBeforeWork: true)
        #expect(try #require(variability.measurement).rmssd == 0)
    }

    @Test func lessThanAMinuteSaysNothing() {
        var (variability, end) = Self.variability(Array(Self.alternating.prefix(58)))
        variability.restEnded(start: 0, end: end, isFirst: true, isBeforeWork: true)
        #expect(variability.measurement == nil)
        // Nor does a minute of which the heart settled for most.
        (variability, end) = Self.variability(Self.alternating)
        variability.restEnded(start: 0, end: end, isFirst: false, isBeforeWork: true)
        #expect(variability.measurement == nil)
    }

    @Test func manyArtefactsSayNothing() {
        let intervals = (0..<90).map { $0 % 10 == 9 ? 400.0 : 1000 }
        var (variability, end) = Self.variability(intervals)
        variability.restEnded(start: 0, end: end, isFirst: true, isBeforeWork: true)
        #expect(variability.measurement == nil)
    }

    @Test func theRestBeforeTheWorkGoesFirst() throws {
        var (variability, end) = Self.variability((0..<400).map { $0 < 80 ? 1000 : 812.5 + ($0 % 2 == 0 ? 0 : 31.25) })
        variability.restEnded(start: 100, end: end, isFirst: false, isBeforeWork: false)
        #expect(try #require(variability.measurement).isBeforeWork == false)
        variability.restEnded(start: 0, end: 79, isFirst: true, isBeforeWork: true)
        #expect(try #require(variability.measurement).isBeforeWork)
        #expect(try #require(variability.measurement).rmssd == 0)
        variability.restEnded(start: 100, end: end, isFirst: false, isBeforeWork: false)
        #expect(try #require(variability.measurement).isBeforeWork)
    }

    @Test func memoryIsFixed() throws {
        var (variability, end) = Self.variability(Array(repeating: 1000, count: 5000))
        variability.restEnded(start: 0, end: end, isFirst: true, isBeforeWork: true)
        let found = try #require(variability.measurement)
        #expect(found.differences == 1023)
    }
}
