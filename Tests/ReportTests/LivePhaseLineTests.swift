// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import Scoring
import Segmentation
import Testing

@testable import Report

@Suite struct LivePhaseLineTests {
    private let plain = TextStyle(width: 80, color: .none, unicode: true)

    private func event(_ event: LivePhaseLine.Event) -> String {
        var lines = LivePhaseLine(style: plain, interactive: false)
        return lines.text(for: event)
    }

    @Test func everyEventIsALine() {
        #expect(
            event(.began(.sprint, start: 751, decided: 752.9, number: 3)) == "   12:31  SPRINT 3  seen after 1.9 s\n")
        #expect(event(.began(.warmup, start: 0, decided: 0, number: nil)) == "    0:00  warm-up\n")
        #expect(
            event(.relabelled(from: .sprint, to: .interval, start: 400, decided: 460, number: 2))
                == "    6:40  INTERVAL 2  was taken for sprint  seen after 60.0 s\n")
        let sprint = LivePhaseLine.BoutResult(
            kind: .sprint, number: 1, start: 300, end: 330, effort: 0.842, basis: .speed, onTarget: true,
            meanSpeed: 6.82,
            peakHeartRate: 171)
        #expect(
            event(.scored(sprint, decided: 360))
                == "    5:30  ✓  sprint 1: 84 % of maximum speed · 30 s · 6.82 m/s · peak 171 bpm\n")
        #expect(event(.ended(time: 1200)) == "   20:00  end of the recording\n")
    }

    @Test func anUnknownEffortIsSaidAndNotZero() {
        let sprint = LivePhaseLine.BoutResult(
            kind: .interval, number: 2, start: 0, end: 30, effort: nil, basis: nil, onTarget: false)
        #expect(event(.scored(sprint, decided: 60)) == "    0:30     interval 2: effort unknown · 30 s\n")
    }

    @Test func theStatusIsOverwrittenInPlace() {
        var lines = LivePhaseLine(style: plain, interactive: true)
        let status = LivePhaseLine.Status(
            time: 312, phase: .sprint, since: 300, speed: 7.03, heartRate: 161, effort: 0.86)
        let shown = "    5:12  SPRINT       0:12    7.0 m/s  161 bpm   86 % ✓ ━━━━━━━━━━━━━━━━━───"
        #expect(lines.text(for: status) == shown)
        #expect(lines.text(for: status) == "\r\u{1B}[K" + shown)
        #expect(lines.text(for: .ended(time: 313)) == "\r\u{1B}[K    5:13  end of the recording\n")
        #expect(lines.finish() == "")
        #expect(lines.text(for: .init(time: 314)) == "    5:14  waiting for movement")
        #expect(lines.finish() == "\r\u{1B}[K")
    }

    @Test func theStatusSaysWhereInThePlanItIs() {
        func shown(_ kind: PhaseKind, _ time: Double, _ edges: [Double], effort: Double? = nil) -> String {
            var progress = PlanProgress(.sprint5x30x90)
            let kinds: [PhaseKind] = [.warmup, .sprint, .recovery]
            for (phase, time) in zip(kinds, edges) {
                progress.advance(to: time)
                progress.apply(
                    .began(
                        PhaseStart(
                            kind: phase, start: Timestamp(seconds: time), decided: Timestamp(seconds: time),
                            evidence: .speed, confidence: 1)))
            }
            progress.advance(to: time)
            var status = LivePhaseLine.Status(time: time, phase: kind, since: edges.last, effort: effort)
            status.plan = progress.state(at: time)
            var lines = LivePhaseLine(style: plain, interactive: true)
            return lines.text(for: status)
        }
        #expect(shown(.warmup, 280, [0]).hasSuffix("  sprint 1/5 in 20 s"))
        #expect(shown(.warmup, 310, [0]).hasSuffix("  sprint 1/5 due"))
        #expect(shown(.sprint, 318, [0, 300], effort: 0.86).contains("86 % ✓ 1/5, 12 s left  ━"))
        #expect(shown(.sprint, 334, [0, 300], effort: 0.7).contains("70 % ✗ 1/5, 4 s over  ━"))
        #expect(shown(.recovery, 345, [0, 300, 330]).hasSuffix("  sprint 2/5 in 1:15"))
    }

    @Test func anEventIsNeverCut() {
        let sprint = LivePhaseLine.BoutResult(
            kind: .sprint, number: 3, start: 550, end: 580, effort: 0.965, basis: .heartRate, onTarget: true,
            meanSpeed: 5.74,
            peakHeartRate: 174)
        var lines = LivePhaseLine(style: TextStyle(width: 40, color: .none, unicode: true), interactive: true)
        #expect(
            lines.text(for: .scored(sprint, decided: 583))
                == "    9:40  ✓  sprint 3: 96 % of maximum heart rate · 30 s · 5.74 m/s · peak 174 bpm\n")
    }

    @Test func withoutATerminalThereIsNoStatus() {
        var lines = LivePhaseLine(style: plain, interactive: false)
        #expect(lines.text(for: .init(time: 1, phase: .rest, since: 0)) == "")
        #expect(lines.finish() == "")
    }

    @Test func aStatusNeverReachesTheLastColumn() {
        for width in 21...120 {
            var lines = LivePhaseLine(
                style: TextStyle(width: width, color: .none, unicode: true), interactive: true)
            let text = lines.text(
                for: .init(time: 36_000, phase: .interval, since: 0, speed: .infinity, heartRate: 1e300, effort: 1e9))
            #expect(text.unicodeScalars.count < width)
        }
    }
}
