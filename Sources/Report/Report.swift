// SPDX-License-Identifier: GPL-3.0-or-later
package import Analysis
package import Scoring
internal import Segmentation

/// A session as an athlete reads it: what came of it first, then the time-line, the sprints, what the score is made of,
/// the plan, the sensors and how good the recording is.
///
/// Pure: the same document and style give the same text. No line is wider than the style's width. What is absent is
/// blank or a dash, never a zero. Names from outside cannot steer the terminal.
package struct Report: Sendable {
    private let document: AnalysisDocument
    private let week: TrainingWeek?
    private let style: TextStyle
    private let glyphs: Glyphs

    /// Lines stay readable: a wider terminal is not filled.
    private static let widest = 110

    /// - Parameter week: the athlete's seven days that end with the session's; `nil` where other sessions are not known.
    package init(_ document: AnalysisDocument, style: TextStyle, week: TrainingWeek? = nil) {
        self.document = document
        self.week = week
        self.style = TextStyle(
            width: min(style.width, Self.widest), color: style.color, unicode: style.unicode)
        glyphs = Glyphs(unicode: style.unicode)
    }

    /// An interval has an effort to be told only where a plan asks for one: at its own pace it is told among the phases.
    private func asked(_ intervals: [AnalysisDocument.Sprint]) -> [AnalysisDocument.Sprint] {
        document.score.plan?.steps.contains { $0.interval != nil } ?? false ? intervals : []
    }

    /// With a line end after the last line.
    package var text: String {
        let sections = [
            Headline(document: document, style: style, glyphs: glyphs).lines(),
            Timeline(document: document, style: style, glyphs: glyphs).lines(),
            SprintTable(
                document: document, title: "Sprints", bouts: document.sprints, style: style, glyphs: glyphs
            ).lines(),
            SprintTable(
                document: document, title: "Intervals", bouts: asked(document.intervals), style: style, glyphs: glyphs
            ).lines(),
            PhaseTable(document: document, style: style, glyphs: glyphs).lines(),
            ScoreSection(document: document, style: style, glyphs: glyphs).lines(),
            PlanSection(document: document, style: style, glyphs: glyphs).lines(),
            LoadSection(document: document, week: week, style: style, glyphs: glyphs).lines(),
            RecordingSection(document: document, style: style, glyphs: glyphs).lines(),
        ]
        var text = ""
        for section in sections where !section.isEmpty {
            if !text.isEmpty { text += "\n" }
            for line in section { text += line.rendered(style) + "\n" }
        }
        return text
    }
}
