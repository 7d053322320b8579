// SPDX-License-Identifier: GPL-3.0-or-later
import Segmentation
import Testing

@testable import Scoring

@Suite struct MomentaryEffortTests {
    private struct Row {
        var asked: Plan.TargetBasis?
        var speed: Double?
        var heartRate: Double?
        var basis: Basis
        var expected: Double?
    }

    /// 6 m/s are 0.75 of the maximum, 180 bpm 0.9.
    private static let rows = [
        Row(asked: nil, speed: 6, heartRate: 180, basis: .measured, expected: 0.75),
        Row(asked: nil, speed: 6, heartRate: 180, basis: .estimated, expected: 0.9),
        Row(asked: nil, speed: 6, heartRate: nil, basis: .estimated, expected: 0.75),
        Row(asked: nil, speed: nil, heartRate: 180, basis: .observed, expected: 0.9),
        Row(asked: .heartRate, speed: 6, heartRate: 180, basis: .measured, expected: 0.9),
        Row(asked: .heartRate, speed: 6, heartRate: nil, basis: .measured, expected: 0.75),
        Row(asked: .speed, speed: 6, heartRate: 180, basis: .estimated, expected: 0.75),
        Row(asked: .speed, speed: nil, heartRate: 180, basis: .estimated, expected: 0.9),
        Row(asked: .speed, speed: nil, heartRate: nil, basis: .measured, expected: nil),
    ]

    /// A bout of nothing but such moments is judged the same.
    @Test func judgesAMomentAsABoutIsJudged() {
        for row in Self.rows {
            let maxima = Maxima(speed: .init(8, row.basis), heartRate: .init(200, .measured))
            let moment = MomentaryEffort(speed: row.speed, heartRate: row.heartRate, maxima: maxima)
            #expect(moment.share(of: row.asked) == row.expected, "\(row)")
            let trace = SprintTrace(
                start: 0, end: 30, quarterSpeeds: QuarterSecondMeans([]), quarterHeartRates: QuarterSecondMeans([]),
                workingSpeed: row.speed, meanSpeed: row.speed, maxSpeed: row.speed,
                speedCoverage: row.speed == nil ? 0 : 1, peakHeartRate: row.heartRate)
            let score = SprintScore(trace, maxima: maxima, target: 0.8, basis: row.asked)
            #expect(score.effort == row.expected, "\(row)")
        }
    }
}
