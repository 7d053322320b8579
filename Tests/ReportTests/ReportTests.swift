// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import Scoring
import Segmentation
import TestSupport
import Testing

@testable import Report

@Suite struct ReportTests {
    private func text(
        _ document: AnalysisDocument, width: Int = 80, color: TextStyle.Color = .none, unicode: Bool = true,
        week: TrainingWeek? = nil
    ) -> String {
        Report(document, style: TextStyle(width: width, color: color, unicode: unicode), week: week).text
    }

    private func lines(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// The text without SGR sequences, read by hand so that a wrong sequence is seen.
    private func stripped(_ line: String) -> String? {
        var result = String.UnicodeScalarView()
        var rest = line.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            guard scalar.value == 0x1B else {
                result.append(scalar)
                continue
            }
            guard rest.popFirst() == "[" else { return nil }
            while let next = rest.first, next.properties.numericType != nil || next == ";" { rest.removeFirst() }
            guard rest.popFirst() == "m" else { return nil }
        }
        return String(result)
    }

    static let documents: [AnalysisDocument] = [
        Samples.session(sprints: 5), Samples.session(sprints: 5, basis: .heartRate), Samples.session(sprints: 12),
        Samples.steady, Samples.empty, Samples.intervals,
    ]

    /// Every sign of a report takes one column, so the count of code points is the width.
    @Test(arguments: documents.indices) func noLineIsWiderThanItsWidth(_ index: Int) throws {
        let document = Self.documents[index]
        for width in Array(40...112) + [160, 200] {
            let isOdd = width % 2 == 1
            let shown = text(document, width: width, color: isOdd ? .none : .ansi256, unicode: width % 4 < 2)
            for line in lines(shown) {
                let plain = isOdd ? line : try #require(stripped(line))
                let isTooWide = plain.unicodeScalars.count > width
                let endsBlank = plain.utf8.last == UInt8(ascii: " ")
                if isTooWide || endsBlank { Issue.record("at \(width) columns: '\(plain)'") }
            }
        }
    }

    @Test(arguments: documents.indices) func colourChangesNothingButColourAndTheStrip(_ index: Int) throws {
        let document = Self.documents[index]
        let plain = text(document, unicode: false)
        let coloured = text(document, color: .ansi16, unicode: false)
        #expect(try lines(coloured).map { try #require(stripped($0)) } == lines(plain))
        #expect(!plain.unicodeScalars.contains { $0.value == 0x1B })
    }

    @Test(arguments: documents.indices) func withoutUnicodeEveryCharacterIsASCII(_ index: Int) {
        #expect(text(Self.documents[index], unicode: false).unicodeScalars.allSatisfy { $0.isASCII })
    }

    @Test func theFirstLineIsTheVerdict() {
        let session = Samples.session(sprints: 5)
        #expect(lines(text(session))[0] == " Ada · 5 sprints · 4 on target · score 87/100")
        #expect(lines(text(session, unicode: false))[0] == " Ada, 5 sprints, 4 on target, score 87/100")
        #expect(lines(text(Samples.steady))[0] == " Steady run, no sprints")
        #expect(lines(text(Samples.empty))[0] == " Nothing to analyse: no sensor in this recording")
    }

    /// As in pictures and lists; 100 is for who did all that was planned.
    @Test func aScoreIsRoundedDown() {
        var session = Samples.session(sprints: 5)
        session.score.value = 99.96
        session.score.components = [.init(name: "effort", points: 59.96, of: 60)]
        let rows = lines(text(session))
        #expect(rows[0].hasSuffix(" · score 99/100"))
        #expect(rows.contains(" Score 99.9 of 100"))
        #expect(rows.contains { $0.hasPrefix("   effort      59.9 of 60") })
        #expect(Wording.points(57.3, decimals: 1) == "57.3")
        #expect(Wording.points(.nan, decimals: 0) == nil)
    }

    @Test func aSprintIsARowOfItsFigures() throws {
        let rows = lines(text(Samples.session(sprints: 5)))
        let first = try #require(rows.first { $0.hasPrefix("  1 ") })
        #expect(
            first.split(separator: " ")
                == ["1", "5:00", "30", "s", "84", "%", "━━━━━━━───", "✓", "25", "s", "6.80", "7.80", "171", "12", "28"])
        // 79.96 % is not 80 %, and its bar does not reach the mark.
        let second = try #require(rows.first { $0.hasPrefix("  2 ") })
        #expect(second.split(separator: " ").dropFirst(3).prefix(5) == ["s", "79", "%", "━━━━━╸────", "✗"])
    }

    @Test func whatIsAbsentIsBlankAndNeverZero() throws {
        var document = Samples.session(sprints: 5, basis: .heartRate)
        document.sprints[0].effort = nil
        document.sprints[0].effortBasis = nil
        document.sprints[0].peakHeartRate = nil
        document.sprints[0].recovery30 = nil
        document.sprints[0].recovery60 = nil
        let row = try #require(lines(text(document)).first { $0.hasPrefix("  1 ") })
        #expect(row.split(separator: " ") == ["1", "5:00", "30", "s", "–", "──────────────────────", "25", "s"])
    }

    @Test(arguments: ["fit", "csv", "tcx"]) func aFileHasRecordsAndACaptureFrames(_ kind: String) {
        var document = Samples.steady
        document.source.kind = kind
        #expect(text(document).contains("   3421 records · none bad"))
        document.source.kind = "pcapng"
        #expect(text(document).contains("   3421 frames · none bad"))
    }

    @Test func provisionalMaximaAreSaid() {
        let warning = "estimated maximum speed: calibrate to make the effort exact"
        var document = Samples.session(sprints: 5)
        #expect(text(document).contains(warning))
        document.athlete.maxSpeed?.basis = .measured
        #expect(!text(document).contains(warning))
        #expect(text(Samples.session(sprints: 5, basis: .heartRate)).contains("effort from heart rate alone"))
    }

    @Test func thePlanIsCompressedToItsRepetitions() {
        let shown = text(Samples.session(sprints: 5))
        #expect(shown.contains("asked  5:00 warm-up · 5 × (30 s sprint + 1:30 recovery) · 5:00 cool-down"))
        #expect(shown.contains("sprints 30 30 – 30 30 s"))
    }

    @Test func intervalsOfAPlanAreATableWithTheirLoad() {
        let rows = lines(text(Samples.intervals))
        #expect(rows[0] == " Ada · 2 intervals · 1 on target · score 87/100")
        #expect(rows.contains(" Intervals"))
        #expect(rows.contains { $0.contains("target 90 % and others") })
        #expect(rows.contains("   kept   work to rest 1:2.9, asked 1:3.0 (87 %) · 1 left out"))
        #expect(rows.contains(" Load 52 (Edwards) · 34 (Banister)"))
        #expect(rows.contains("   at rest     RMSSD 42 ms · 60 bpm · 1:30 before the work"))
        // Nothing below half of the maximum: no row for it.
        #expect(!rows.contains { $0.contains("below 50 %") })
    }

    @Test func theWeekIsALineOfTheReport() {
        let week = TrainingWeek(endingWith: 20_458, sessions: (0..<4).map { .init(day: 20_458 - $0, sprints: 5) })
        let rows = lines(text(Samples.session(sprints: 5), width: 100, week: week))
        #expect(rows.contains(" Load"))
        #expect(
            rows.contains(
                "   week        4 sprint sessions in 7 days: too many, advised are 2 to 3 · 3 days of recovery"))
    }

    @Test func namesFromOutsideCannotSteerTheTerminal() {
        var document = Samples.session(sprints: 2)
        document.athlete.name = "A\u{1B}[2Jda\u{202E}\n\u{9B}31m"
        document.source.sensors[0].name = "\u{7}bell\r\u{0}"
        document.quality.notes = ["torn\u{1B}]0;title\u{7} end"]
        document.score.plan?.name = "p\u{8}"
        for unicode in [true, false] {
            let shown = text(document, unicode: unicode)
            #expect(
                shown.unicodeScalars.allSatisfy {
                    $0 == "\n" || ![.control, .format].contains($0.properties.generalCategory)
                })
        }
    }

    /// Whatever a document holds, a report comes out of it, within its width.
    @Test func noDocumentBreaksIt() throws {
        var random = SeededGenerator(seed: 11)
        let odd: [Double] = [
            .nan, .infinity, -.infinity, -1, 0, .leastNonzeroMagnitude, 1e-9, 0.79999, 1, 59.6, 1e6, 1e18, 1e300,
            1.7e308, -1e300,
        ]
        func number() -> Double {
            random.next() % 3 == 0
                ? odd[Int(random.next() % UInt64(odd.count))] : Double(random.next() % 100_000) / 50
        }
        func maybe() -> Double? { random.next() % 4 == 0 ? nil : number() }
        let letters: [Unicode.Scalar] = ["a", "漢", "\u{301}", "🏃", " ", "\u{1B}", "\u{200D}", "ß"]
        func name() -> String {
            var name = String.UnicodeScalarView()
            for _ in 0..<Int(random.next() % 60) { name.append(letters[Int(random.next() % UInt64(letters.count))]) }
            return String(name)
        }
        for _ in 0..<150 {
            var document = Samples.session(sprints: Int(random.next() % 4) + 1)
            document.athlete.name = name()
            document.source.duration = number()
            document.source.sensors[0].name = name()
            document.quality.notes = [name()]
            for index in document.phases.indices {
                document.phases[index].start = number()
                document.phases[index].end = number()
                document.phases[index].meanSpeed = maybe()
                document.phases[index].meanHeartRate = maybe()
                document.phases[index].distance = maybe()
                document.phases[index].kind = PhaseKind.allCases[Int(random.next() % 7)]
            }
            for index in document.sprints.indices {
                document.sprints[index].start = number()
                document.sprints[index].end = number()
                document.sprints[index].effort = maybe()
                document.sprints[index].timeOnTarget = number()
                document.sprints[index].recovery90 = maybe()
                document.sprints[index].index = Int(truncatingIfNeeded: random.next())
            }
            document.score.target = number()
            document.score.value = maybe()
            document.score.fade = maybe()
            document.score.components.append(.init(name: name(), points: number(), of: number()))
            document.quality.gaps = [.init(sensor: name(), start: number(), end: number())]
            document.intervals = document.sprints
            document.score.plan?.steps[1].interval = 1
            document.score.plan?.workRest = .init(planned: number(), done: number(), compliance: number())
            document.load = .init(
                zones: [number(), number(), number()], belowZones: number(), edwards: number(), banister: maybe())
            document.load?.rest = .init(
                rmssd: number(), meanInterval: number(), differences: 1, artefacts: 1, start: number(), end: number(),
                isBeforeWork: false)
            let width = 20 + Int(random.next() % 100)
            for line in lines(text(document, width: width, color: .ansi16)) {
                let shown = try #require(stripped(line))
                if DisplayWidth.columns(of: shown) > width { Issue.record("at \(width) columns: '\(shown)'") }
            }
        }
    }
}
