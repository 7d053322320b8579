// SPDX-License-Identifier: GPL-3.0-or-later
import Foundation
import Measurement
import Segmentation
import Testing

@testable import Scoring

/// `docs/scoring.md` explains each formula with an example that was calculated by hand.
@Suite struct ScoringPageTests {
    /// The cells of all rows of its tables, by the text of the first cell.
    private static let rows: [String: [String]] = {
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/scoring.md")
        let lines = ((try? String(contentsOf: page, encoding: .utf8)) ?? "").split(separator: "\n")
        let cells = lines.filter { $0.hasPrefix("| ") }.map { line in
            line.dropFirst().dropLast().components(separatedBy: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        return Dictionary(cells.map { ($0[0], $0) }, uniquingKeysWith: { first, _ in first })
    }()

    private static let maxima = Maxima(
        speed: .init(8, .measured), heartRate: .init(190, .measured), restingHeartRate: 50)

    private func row(_ title: String) throws -> [String] { try #require(Self.rows[title], "no row \(title)") }

    /// To the last digit that the page gives.
    private func expect(_ value: Double?, _ text: String, location: SourceLocation = #_sourceLocation) throws {
        let decimals = text.split(separator: ".").dropFirst().first?.count ?? 0
        let value = try #require(value, sourceLocation: location)
        #expect(String(format: "%.\(decimals)f", value) == text, sourceLocation: location)
    }

    private struct Done {
        var speed: Double
        var length: Double
        var recovery: Double
    }

    /// The sprints of the page's example.
    private func example() throws -> [Done] {
        try (1...4).map { index in
            let cells = try row("\(index)")
            let numbers = try cells[1...3].map { try #require(Double($0)) }
            return Done(speed: numbers[0], length: numbers[1], recovery: numbers[2])
        }
    }

    @Test func theExamplesOfOneSprintAreRight() throws {
        let trace = SprintTrace(
            start: 0, end: 30, quarterSpeeds: QuarterSecondMeans([]), quarterHeartRates: QuarterSecondMeans([]),
            workingSpeed: 6.8, meanSpeed: 6.8, maxSpeed: 6.8, speedCoverage: 1, peakHeartRate: 171)
        let score = SprintScore(trace, maxima: Self.maxima, target: 0.8)
        try expect(score.external, try #require(try row("external").last))
        try expect(score.internal, try #require(try row("internal").last))
        try expect(score.reserve, try #require(try row("share of the reserve").last))
    }

    @Test func theExampleOfASessionIsRight() throws {
        var phases: [PhaseRecord] = []
        var time = 0.0
        func add(_ kind: PhaseKind, _ seconds: Double) {
            let now = Timestamp(seconds: time)
            var phase = PhaseRecord(PhaseStart(kind: kind, start: now, decided: now, evidence: .speed, confidence: 1))
            time += seconds
            phase.end = time
            phases.append(phase)
        }
        add(.warmup, 300)
        var scores: [SprintScore] = []
        for (index, done) in try example().enumerated() {
            let trace = SprintTrace(
                start: time, end: time + done.length, quarterSpeeds: QuarterSecondMeans([]),
                quarterHeartRates: QuarterSecondMeans([]), workingSpeed: done.speed, meanSpeed: done.speed,
                maxSpeed: done.speed, speedCoverage: 1, peakHeartRate: nil)
            let score = SprintScore(trace, maxima: Self.maxima, target: 0.8)
            let cells = try row("\(index + 1)")
            try expect(score.effort, cells[4])
            try expect(SessionScore.effortShare(score), cells[5])
            scores.append(score)
            add(.sprint, done.length)
            add(.recovery, done.recovery)
        }
        add(.cooldown, 300)
        let plan = PlanResult(.sprint5x30x90, phases: phases)
        let score = SessionScore(scores, plan: plan)
        for (component, title) in zip(score.components, ["effort", "length", "recovery"]) {
            #expect(component.name == title)
            try expect(component.points, try #require(try row(title).last))
        }
        try expect(score.value, try #require(try row("score").last))
        try expect(score.fade, try #require(try row("fade").last))
        try expect(score.consistency, try #require(try row("consistency").last))
        try expect(plan.compliance, try #require(try row("as planned").last))
        try expect(plan.workRest?.done, try #require(try row("work to rest").last))
        try expect(plan.workRest?.compliance, try #require(try row("work to rest, as planned").last))
    }

    @Test func theExampleOfALoadIsRight() throws {
        var times = HeartRateTimes()
        times.add(300, at: 133)
        times.add(60, at: 171)
        let titles = Self.rows.keys.filter { $0.hasPrefix("Edwards:") || $0.hasPrefix("Banister, ") }
        #expect(titles.count == 3)
        for title in titles {
            let load = try #require(
                SessionLoad(times, maxima: Self.maxima, sex: title.contains("female") ? .female : .male))
            try expect(title.hasPrefix("Edwards") ? load.edwards : load.banister, try #require(try row(title).last))
        }
    }

    @Test func theMaximaThatStandInAreThose() throws {
        #expect(try row("speed: the best 5 s mean, m/s")[3].hasPrefix("\(Maxima.provisional.speed.value): "))
        #expect(Maxima.provisional.heartRate.value == 208 - 0.7 * 40)
    }
}
