// SPDX-License-Identifier: GPL-3.0-or-later
import Scoring
import Segmentation
import Testing

@testable import Report

@Suite struct PlanAndWeekTextTests {
    private static let plain = TextStyle(width: 80, color: .none, unicode: true)

    /// 20 458 is 2026-01-05, a Monday.
    private static let week = TrainingWeek(
        endingWith: 20_458,
        sessions: [
            .init(day: 20_456, sprints: 5, duration: 1218, score: 99.6, load: 52.4),
            .init(day: 20_458, sprints: 0, duration: 3600),
            .init(day: 20_458, sprints: 1, intervals: 2, duration: 7265),
        ])

    @Test func aPlanIsALineWithItsRepeats() {
        let wide = TextStyle(width: 110, color: .none, unicode: true)
        #expect(
            PlanText(.tenTwentyThirty, style: wide).line
                == "10-20-30        10:00 warm-up · 3 × (5 × (30 s recovery + 20 s steady run + 10 s sprint) + 2:00 recovery)\n"
                + "                5:00 cool-down\n")
        #expect(
            PlanText(.fourByFour, style: wide).line
                == "4x4             10:00 warm-up · 3 × (4:00 interval + 3:00 recovery) · 4:00 interval · 5:00 cool-down\n"
        )
    }

    @Test func aWholePlanHasItsSourceAndTargets() {
        let text = PlanText(.sprint5x30x90, style: Self.plain).whole
        #expect(text.hasPrefix("sprint-5x30-90\n"))
        #expect(text.hasSuffix("  20:00 · 5 bouts · 2:30 of work · target 80 % of maximum\n"))
        let mixed = Plan(
            name: "x", steps: [.init(.sprint, seconds: 20, target: 0.9, basis: .speed), .init(.interval, seconds: 90)],
            target: 0.7)
        #expect(
            PlanText(mixed, style: TextStyle(width: 110, color: .none, unicode: true)).whole.contains(
                "target 90 % of maximum speed · target 70 % of maximum\n")
        )
    }

    @Test func aWeekIsARowADay() {
        let text = WeekText(Self.week, athlete: "Ada", mass: 61.5, style: Self.plain).text
        #expect(
            text == """
                 Week to 2026-01-05 Ada
                   Tue 2025-12-30  recovery
                   Wed 2025-12-31  recovery
                   Thu 2026-01-01  recovery
                   Fri 2026-01-02  recovery
                   Sat 2026-01-03  5 sprints                20:18   score 99    load 52
                   Sun 2026-01-04  recovery
                   Mon 2026-01-05  easy                   1:00:00
                                   1 sprint, 2 intervals  2:01:05

                   2 sprint sessions in 7 days: as advised
                   5 days of recovery
                   the next sprint session fits from Tue 2026-01-06 on
                   protein: 98 to 148 g a day (1.6 to 2.4 g a kilogram, Hector & Phillips 2018)

                """)
    }

    @Test func neitherIsWiderThanItsStyle() {
        var long = Plan.tenTwentyThirty
        long.name = "a\u{1B}[2J" + String(repeating: "ü", count: 90)
        for width in 40...112 {
            let style = TextStyle(width: width, color: .none, unicode: width % 2 == 0)
            let texts = [
                PlanText(long, style: style).whole, PlanText(long, style: style).line,
                WeekText(Self.week, athlete: long.name, mass: 61.5, style: style).text,
            ]
            for line in texts.joined().split(separator: "\n") {
                if line.unicodeScalars.count > width { Issue.record("at \(width) columns: '\(line)'") }
                #expect(!line.unicodeScalars.contains { $0.value == 0x1B })
                if !style.unicode { #expect(line.unicodeScalars.allSatisfy { $0.isASCII }) }
            }
        }
    }
}
