// SPDX-License-Identifier: GPL-3.0-or-later
internal import Analysis
internal import Segmentation

/// What the plan asked for and what was done, each on one line where possible.
struct PlanSection {
    let document: AnalysisDocument
    let style: TextStyle
    let glyphs: Glyphs

    func lines() -> [StyledText] {
        guard let plan = document.score.plan else { return [] }
        var title = StyledText(" Plan", .heading)
        title.add(" " + DisplayWidth.printable(plan.name, unicode: glyphs.unicode))
        if let percent = Wording.percent(plan.compliance) {
            title.add("\(glyphs.separator)\(percent) as planned", .faint)
        }
        var lines = [title]
        guard !plan.steps.isEmpty else { return lines }
        lines += entry("asked", asked(plan.steps))
        lines += entry("done", done(plan.steps))
        lines += entry("kept", kept(plan))
        return lines
    }

    private func entry(_ label: String, _ items: [String]) -> [StyledText] {
        guard !items.isEmpty else { return [] }
        var first = StyledText("   ")
        first.add(label, .faint)
        first.pad(to: 10)
        return Flow.list(items.map { ($0, .plain) }, separator: glyphs.separator, after: first, style: style)
    }

    private func asked(_ steps: [AnalysisDocument.PlanStep]) -> [String] {
        PlanOutline(steps.map { ($0.kind, $0.planned) }, glyphs: glyphs).parts
    }

    /// `work to rest 1:2.9, asked 1:3.0 (97 %) · 1 left out · 2 more than asked`
    private func kept(_ plan: AnalysisDocument.PlanResult) -> [String] {
        var parts: [String] = []
        if let ratio = plan.workRest, ratio.done > 0, let asked = Wording.number(ratio.planned, decimals: 1),
            let done = Wording.number(ratio.done, decimals: 1), let percent = Wording.percent(ratio.compliance)
        {
            parts.append("work to rest 1:\(done), asked 1:\(asked) (\(percent))")
        }
        if plan.skipped > 0 { parts.append("\(plan.skipped) left out") }
        if plan.added > 0 { parts.append("\(plan.added) more than asked") }
        return parts
    }

    /// `5:02 warm-up · sprints 30 31 – 30 30 s · recoveries 1:30 1:28 … · 4:45 cool-down`
    private func done(_ steps: [AnalysisDocument.PlanStep]) -> [String] {
        var parts: [String] = []
        var kinds: [PhaseKind] = []
        for step in steps where !kinds.contains(step.kind) { kinds.append(step.kind) }
        for kind in kinds {
            let ofKind = steps.filter { $0.kind == kind }
            if ofKind.count == 1 {
                let time = ofKind[0].done.flatMap { Wording.length($0) }
                parts.append(time.map { "\($0) \(Wording.name(kind))" } ?? "no \(Wording.name(kind))")
            } else {
                parts.append(plural(kind) + " " + times(ofKind.map(\.done)))
            }
        }
        return parts
    }

    private func plural(_ kind: PhaseKind) -> String {
        kind == .recovery ? "recoveries" : Wording.name(kind) + "s"
    }

    /// All below a minute: bare seconds and one unit; else each as a clock time.
    private func times(_ values: [Double?]) -> String {
        let short = values.allSatisfy { ($0 ?? 0) < 59.5 }
        let texts = values.map { value -> String in
            guard let value else { return glyphs.absent }
            return (short ? Wording.number(value, decimals: 0) : Wording.clock(value)) ?? glyphs.absent
        }
        return texts.joined(separator: " ") + (short ? " s" : "")
    }
}
