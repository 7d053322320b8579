// SPDX-License-Identifier: GPL-3.0-or-later
internal import Analysis
internal import Scoring
internal import Segmentation

/// How much the session asked of the heart, and how it fits into the week.
struct LoadSection {
    let document: AnalysisDocument
    let week: TrainingWeek?
    let style: TextStyle
    let glyphs: Glyphs

    func lines() -> [StyledText] {
        var lines: [StyledText] = []
        if let load = document.load {
            var title = StyledText(" Load", .heading)
            var impulses: [String] = []
            if let edwards = Wording.number(load.edwards, decimals: 0) { impulses.append("\(edwards) (Edwards)") }
            if let banister = load.banister, let text = Wording.number(banister, decimals: 0) {
                impulses.append("\(text) (Banister)")
            }
            title.add(" " + impulses.joined(separator: glyphs.separator))
            lines.append(title)
            lines += zones(load)
            if let rest = load.rest { lines += self.rest(rest) }
        }
        if let week {
            if lines.isEmpty { lines.append(StyledText(" Load", .heading)) }
            var first = StyledText("   ")
            first.add("week", .faint)
            first.pad(to: 15)
            let verdict = WeekText.verdict(week, glyphs)
            lines += Flow.list(
                verdict.prefix(2).map { ($0.text, $0.ink) }, separator: glyphs.separator, after: first, style: style)
        }
        return lines
    }

    /// A row for each zone with time in it.
    private func zones(_ load: AnalysisDocument.Load) -> [StyledText] {
        let all =
            [("below 50 %", load.belowZones)]
            + load.zones.enumerated().map { index, seconds in
                ("\(50 + 10 * index)\(glyphs.range)\(60 + 10 * index) %", seconds)
            }
        let longest = all.map(\.1).max() ?? 0
        guard longest > 0 else { return [] }
        let cells = min(max(style.width - 30, 8), 40)
        return all.enumerated().compactMap { index, zone in
            guard zone.1 >= 0.5, let time = Wording.clock(zone.1) else { return nil }
            var line = StyledText("   ")
            line.add(zone.0, .faint)
            line.add(time, endingAt: 21)
            line.pad(to: 23)
            let bar = glyphs.bar(zone.1 / longest, cells: cells)
            line.add(bar.filled, index >= 4 ? .heart : .plain)
            return line
        }
    }

    private func rest(_ rest: AnalysisDocument.Rest) -> [StyledText] {
        guard let rmssd = Wording.number(rest.rmssd, decimals: 0), rest.meanInterval > 0,
            let rate = Wording.number(60_000 / rest.meanInterval, decimals: 0),
            let length = Wording.length(rest.end - rest.start)
        else { return [] }
        var first = StyledText("   ")
        first.add("at rest", .faint)
        first.pad(to: 15)
        let parts = [
            "RMSSD \(rmssd) ms", "\(rate) bpm", "\(length) \(rest.isBeforeWork ? "before the work" : "after the work")",
        ]
        return Flow.list(parts.map { ($0, .plain) }, separator: glyphs.separator, after: first, style: style)
    }
}
