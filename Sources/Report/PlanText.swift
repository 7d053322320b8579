// SPDX-License-Identifier: GPL-3.0-or-later
package import Scoring
internal import Segmentation

/// A plan as an athlete reads it.
package struct PlanText: Sendable {
    private let plan: Plan
    private let style: TextStyle
    private let glyphs: Glyphs

    package init(_ plan: Plan, style: TextStyle) {
        self.plan = plan
        self.style = TextStyle(width: min(style.width, 110), color: style.color, unicode: style.unicode)
        glyphs = Glyphs(unicode: style.unicode)
    }

    /// What it asks for, on one line where there is room, line end included.
    package var line: String {
        var first = StyledText(DisplayWidth.printable(plan.name, unicode: glyphs.unicode), .heading)
        first.pad(to: 16)
        return text(Flow.list(outline.map { ($0, .plain) }, separator: glyphs.separator, after: first, style: style))
    }

    /// All of it, with line ends.
    package var whole: String {
        var lines = [StyledText(DisplayWidth.printable(plan.name, unicode: glyphs.unicode), .heading)]
        if let source = plan.source {
            lines += Flow.paragraph(
                DisplayWidth.printable(source, unicode: glyphs.unicode), ink: .faint, after: StyledText("  "),
                style: style)
        }
        lines += Flow.list(
            outline.map { ($0, .plain) }, separator: glyphs.separator, after: StyledText("  "), style: style)
        var totals = [Wording.clock(plan.duration) ?? "", Wording.count(plan.work.count, "bout")]
        if let work = Wording.clock(plan.work.reduce(0) { $0 + $1.seconds }) { totals.append("\(work) of work") }
        totals += targets
        lines += Flow.list(
            totals.map { ($0, .faint) }, separator: glyphs.separator, after: StyledText("  "), style: style)
        return text(lines)
    }

    /// Each different target once, in the plan's order.
    private var targets: [String] {
        var texts: [String] = []
        for step in plan.work {
            guard let percent = Wording.percent(plan.target(of: step, athlete: nil)) else { continue }
            let of =
                switch step.basis {
                case .speed: " of maximum speed"
                case .heartRate: " of maximum heart rate"
                case nil: " of maximum"
                }
            let text = "target \(percent)\(of)"
            if !texts.contains(text) { texts.append(text) }
        }
        return texts
    }

    private var outline: [String] {
        PlanOutline(plan.steps.map { ($0.kind, $0.seconds) }, glyphs: glyphs).parts
    }

    private func text(_ lines: [StyledText]) -> String {
        lines.map { $0.rendered(style) + "\n" }.joined()
    }
}
