// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import Segmentation
import TestSupport
import Testing

@testable import Scoring

@Suite struct SessionRecordsTests {
    private static let limits = TraceLimits(targets: [0.7, 0.8, 0.95], maxima: .provisional)

    private static func maybe(_ random: inout SeededGenerator, _ value: (inout SeededGenerator) -> Double) -> Double? {
        Int.random(in: 0..<4, using: &random) == 0 ? nil : value(&random)
    }

    private static func phase(after end: Double, _ random: inout SeededGenerator) -> PhaseRecord {
        let kind = random.element(of: PhaseKind.allCases)
        let decided = end + 9 * random.uniform()
        var phase = PhaseRecord(
            PhaseStart(
                kind: kind, start: Timestamp(seconds: end), decided: Timestamp(seconds: decided),
                evidence: random.element(of: [.speed, .cadence, .heartRate]),
                confidence: random.element(of: [0.8, 1, random.uniform()])))
        phase.end = phase.start + 300 * random.uniform()
        if kind == .interval { phase.becameInterval = phase.start + 61 }
        phase.meanSpeed = maybe(&random) { 8 * $0.uniform() }
        phase.maxSpeed = maybe(&random) { Double(Int.random(in: 0...2500, using: &$0)) / 256 }
        phase.meanHeartRate = maybe(&random) { 60 + 130 * $0.uniform() }
        phase.peakHeartRate = maybe(&random) { Double(Int.random(in: 60...200, using: &$0)) }
        phase.cadence = maybe(&random) { 200 * $0.uniform() }
        phase.distance = maybe(&random) { 1000 * $0.uniform() }
        return phase
    }

    private static func bout(
        of phase: PhaseRecord, _ limits: TraceLimits?, _ random: inout SeededGenerator
    ) -> SprintTrace {
        func means(_ limits: [Double]?) -> QuarterSecondMeans {
            var means = QuarterSecondMeans(limits: limits)
            for _ in 0..<Int.random(in: 0...400, using: &random) { means.append(maybe(&random) { 200 * $0.uniform() }) }
            return means
        }
        return SprintTrace(
            start: phase.start, end: phase.end, quarterSpeeds: means(limits?.speeds),
            quarterHeartRates: means(limits?.heartRates), workingSpeed: maybe(&random) { 8 * $0.uniform() },
            meanSpeed: random.element(of: [nil, phase.meanSpeed, 3.3]), maxSpeed: phase.maxSpeed,
            speedCoverage: random.uniform(), peakHeartRate: maybe(&random) { 60 + 130 * $0.uniform() },
            rateAfter30: maybe(&random) { 180 * $0.uniform() }, rateAfter60: maybe(&random) { 170 * $0.uniform() },
            rateAfter90: maybe(&random) { 160 * $0.uniform() })
    }

    /// Bouts are measured some phases after their own, the later the more of them wait.
    @Test(arguments: [nil, limits, TraceLimits(targets: [0.8], maxima: .provisional)])
    func whatIsPackedComesBackAsItWas(limits: TraceLimits?) {
        var random = SeededGenerator(seed: 23)
        var records = SessionRecords(limits: limits)
        var expected: [SessionRecords.Record] = []
        var waiting: [Int] = []
        for place in 0..<400 {
            let phase = Self.phase(after: expected.last?.phase.end ?? 0, &random)
            // As it is when it begins; what is measured of it comes when it ends.
            records.append(PhaseRecord(of: phase), firstWanted: waiting.first)
            records.changeLast { $0 = phase }
            expected.append(.init(phase: phase))
            if phase.kind.isWork { waiting.append(place) }
            while let first = waiting.first, place - first >= random.element(of: [2, 5, 30]) {
                let bout = Self.bout(of: expected[first].phase, limits, &random)
                records.setBout(bout, at: first)
                expected[first].bout = bout
                waiting.removeFirst()
            }
            #expect(records.count == place + 1)
            #expect(records.last == phase)
            #expect(records.record(place) == expected[place])
            let from = Int.random(in: max(0, place - 6)...place, using: &random)
            #expect(
                records.first(from: from) { $0.kind.isWork } == expected[from...].first { $0.phase.kind.isWork }?.phase)
        }
        var all: [SessionRecords.Record] = []
        records.forEach { all.append($0) }
        #expect(all == expected)
        for place in [0, 1, 200, 391, 399] { #expect(records.record(place) == expected[place]) }
        #expect(records.record(400) == nil && records.record(-1) == nil)
    }

    @Test func aCopyGoesItsOwnWay() {
        var random = SeededGenerator(seed: 4)
        var records = SessionRecords(limits: nil)
        for _ in 0..<100 { records.append(Self.phase(after: records.last?.end ?? 0, &random), firstWanted: nil) }
        var before: [SessionRecords.Record] = []
        records.forEach { before.append($0) }
        var copy = records
        copy.changeLast { $0.end += 1 }
        for _ in 0..<50 { copy.append(Self.phase(after: copy.last?.end ?? 0, &random), firstWanted: nil) }
        var after: [SessionRecords.Record] = []
        records.forEach { after.append($0) }
        #expect(after == before && copy.count == 150)
    }
}

extension PhaseRecord {
    /// A phase as it is when it begins.
    fileprivate init(of phase: PhaseRecord) {
        self.init(
            PhaseStart(
                kind: phase.kind, start: Timestamp(seconds: phase.start), decided: Timestamp(seconds: phase.decided),
                evidence: phase.evidence, confidence: phase.confidence))
    }
}
