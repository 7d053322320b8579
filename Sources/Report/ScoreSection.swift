// SPDX-License-Identifier: GPL-3.0-or-later
internal import Analysis

/// What the score is made of.
struct ScoreSection {
    let document: AnalysisDocument
    let style: TextStyle
    let glyphs: Glyphs

    func lines() -> [StyledText] {
        let score = document.score
        guard let value = score.value, let total = Wording.points(value, decimals: 1) else { return [] }
        var title = StyledText(" Score", .heading)
        title.add(" \(total) of 100")
        var lines = [title]
        // The tracks are as long as the points that they stand for.
        let most = score.components.map(\.of).filter { $0.isFinite }.max() ?? 0
        let room = Double(min(max(style.width - 30, 8), 40))
        for component in score.components {
            guard let points = Wording.points(component.points, decimals: 1),
                let of = Wording.number(component.of, decimals: 0)
            else { continue }
            var line = StyledText("   ")
            line.add(DisplayWidth.printable(component.name, unicode: glyphs.unicode))
            line.add(points, endingAt: 19)
            line.add(" of \(of)", .faint)
            line.pad(to: 28)
            let share = component.of > 0 ? component.points / component.of : 0
            let cells = most > 0 ? Int(min(max(component.of / most, 0), 1) * room) : 0
            let bar = glyphs.bar(share, cells: cells)
            line.add(bar.filled, share >= 0.8 ? .good : share >= 0.5 ? .caution : .bad)
            line.add(bar.rest, .faint)
            lines.append(line)
        }
        var remarks: [String] = []
        if let fade = score.fade, let percent = Wording.number(fade.magnitude * 100, decimals: 1) {
            remarks.append(
                fade >= 0 ? "fade \(percent) % from first to last" : "last sprint \(percent) % stronger than the first")
        }
        if let percent = Wording.percent(score.consistency) { remarks.append("consistency \(percent)") }
        if !remarks.isEmpty {
            lines += Flow.list(
                remarks.map { ($0, .faint) }, separator: glyphs.separator, after: StyledText("   "), style: style)
        }
        return lines
    }
}
