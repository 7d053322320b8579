// SPDX-License-Identifier: GPL-3.0-or-later
import ActivityFile
import Analysis
import Fusion
import Measurement
import Scoring
import Segmentation
import Testing

@testable import Plot

@Suite struct SessionPlotTests {
    private func activity(
        seconds: Int, name: String? = "Ada", sprints: [(start: Double, end: Double, effort: Double)] = [],
        hasSpeed: Bool = true, hasHeartRate: Bool = true
    ) -> Activity {
        var document = AnalysisDocument(
            source: .init(kind: "pcapng", duration: Double(seconds)),
            athlete: .init(
                name: name, maxSpeed: .init(value: 8, basis: .measured),
                maxHeartRate: .init(value: 190, basis: .measured)),
            score: .init(target: 0.8, value: 79.96, sprints: sprints.count, onTarget: 0), quality: .init())
        for (index, sprint) in sprints.enumerated() {
            document.phases.append(
                AnalysisDocument.Phase(
                    kind: .sprint, start: sprint.start, end: sprint.end, decided: sprint.end, evidence: .speed,
                    confidence: 1))
            var one = AnalysisDocument.Sprint(
                index: index + 1, start: sprint.start, end: sprint.end, onTarget: sprint.effort >= 0.8, timeOnTarget: 0)
            one.effort = sprint.effort
            one.effortBasis = hasSpeed ? .speed : .heartRate
            document.sprints.append(one)
        }
        var track = ActivityTrack()
        for second in 0...seconds {
            var sample = FusedSample(time: Timestamp(seconds: Double(second)))
            sample.updated = [.speed, .heartRate]
            if hasSpeed { sample.speed = 3 }
            if hasHeartRate { sample.heartRate = 140 }
            track.ingest(sample)
        }
        track.finish()
        return Activity(document: document, track: track, start: 1_767_592_800, version: "1")
    }

    @Test func effortsAndScoreAreRoundedDown() {
        let svg = SessionPlot(activity(seconds: 600, sprints: [(300, 330, 0.7996)]), theme: .light).svg
        #expect(svg.contains(">79 %</text>"))
        #expect(svg.contains(">79</text>"))
        #expect(!svg.contains(">80 %</text>"))
        // 80 % of 8 m/s.
        #expect(svg.contains(">80 % · 6.40 m/s</text>"))
    }

    @Test func intervalsShowTheirEffortsToo() {
        var mixed = activity(seconds: 900, sprints: [(300, 330, 0.92), (600, 690, 0.6)])
        var interval = mixed.document.sprints.removeLast()
        interval.index = 1
        mixed.document.intervals = [interval]
        mixed.document.score.sprints = 1
        let svg = SessionPlot(mixed, theme: .light).svg
        #expect(svg.contains("Ada · 1 sprint · none on target · 1 interval<"))
        let efforts = svg.split(separator: "\n").filter { $0.contains(">60 %</text>") }
        // Nobody asked it to be fast: not in the colour of what was missed.
        #expect(efforts.count == 1 && efforts.allSatisfy { $0.contains(PlotTheme.light.ink) })
        mixed.document.score.plan = .init(name: "p", compliance: 1)
        mixed.document.score.plan?.steps = [.init(kind: .interval, planned: 90, done: 90)]
        mixed.document.score.plan?.steps[0].interval = 1
        let planned = SessionPlot(mixed, theme: .light).svg.split(separator: "\n").filter {
            $0.contains(">60 %</text>")
        }
        #expect(planned.count == 1 && planned.allSatisfy { $0.contains(PlotTheme.light.missed) })
    }

    @Test func anEffortByHeartRateIsMarkedAmongSpeeds() {
        var mixed = activity(seconds: 900, sprints: [(300, 330, 0.92), (600, 630, 0.85)])
        mixed.document.sprints[1].effortBasis = .heartRate
        let svg = SessionPlot(mixed, theme: .light).svg
        #expect(svg.contains(">92 %</text>") && svg.contains(">85 % HR</text>"))
    }

    @Test func namesAreEscaped() {
        let svg = SessionPlot(activity(seconds: 60, name: "<b> & \"c\"\u{1}"), theme: .dark).svg
        #expect(svg.contains("&lt;b&gt; &amp; &quot;c&quot; "))
        #expect(!svg.contains("<b>"))
    }

    @Test func withoutSpeedTheHeartRateShowsTheEfforts() {
        let svg = SessionPlot(
            activity(seconds: 600, sprints: [(300, 330, 0.92)], hasSpeed: false), theme: .light
        ).svg
        #expect(svg.contains(">92 %</text>"))
        // 80 % of 190.
        #expect(svg.contains(">80 % · 152 bpm</text>"))
        #expect(!svg.contains("speed, m/s"))
    }

    @Test func nothingMeasuredIsAPictureToo() {
        let svg = SessionPlot(activity(seconds: 0, hasSpeed: false, hasHeartRate: false), theme: .light).svg
        #expect(svg.contains("nothing was measured"))
        #expect(svg.hasSuffix("</svg>\n"))
    }

    /// A day of seconds draws no more than a screen has room for, and efforts that would run into each other are left out.
    @Test func aLongDayStaysSmall() {
        var sprints: [(start: Double, end: Double, effort: Double)] = []
        for index in 0..<600 {
            let start = 60 + 140 * Double(index)
            sprints.append((start, start + 30, 0.9))
        }
        let svg = SessionPlot(activity(seconds: 86_400, sprints: sprints), theme: .dark).svg
        #expect(svg.utf8.count < 400_000)
        #expect(!svg.contains("nan"))
        #expect(!svg.contains("inf"))
    }
}
