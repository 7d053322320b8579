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
        return lines
    }

    private func entry(_ label: String, _ items: [String]) -> [StyledText] {
        var first = StyledText("   ")
        first.add(label, .faint)
        first.pad(to: 10)
        return Flow.list(items.map { ($0, .plain) }, separator: glyphs.separator, after: first, style: style)
    }

    /// `5:00 warm-up · 5 × (30 s sprint + 1:30 recovery) · 5:00 cool-down`
    private func asked(_ steps: [AnalysisDocument.PlanStep]) -> [String] {
        let texts = steps.map { "\(Wording.length($0.planned) ?? glyphs.absent) \(Wording.name($0.kind))" }
        var parts: [String] = []
        var index = 0
        while index < texts.count {
            let pairs = repetitions(texts, from: index, length: 2)
            let singles = repetitions(texts, from: index, length: 1)
            if singles > 1 {
                parts.append("\(singles) \(glyphs.times) \(texts[index])")
                index += singles
            } else if pairs > 1 {
                parts.append("\(pairs) \(glyphs.times) (\(texts[index]) + \(texts[index + 1]))")
                index += 2 * pairs
            } else {
                parts.append(texts[index])
                index += 1
            }
        }
        return parts
    }

    private func repetitions(_ texts: [String], from start: Int, length: Int) -> Int {
        guard start + length <= texts.count else { return 0 }
        let pattern = texts[start..<start + length]
        var count = 1
        var next = start + length
        while next + length <= texts.count, texts[next..<next + length].elementsEqual(pattern) {
            count += 1
            next += length
        }
        return count
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
