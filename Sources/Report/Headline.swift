// SPDX-License-Identifier: GPL-3.0-or-later
internal import Analysis
internal import Segmentation

/// The verdict, and one line about the session.
struct Headline {
    let document: AnalysisDocument
    let style: TextStyle
    let glyphs: Glyphs

    func lines() -> [StyledText] {
        let margin = StyledText(" ")
        return Flow.list(verdict(), separator: glyphs.separator, after: margin, style: style)
            + Flow.list(facts().map { ($0, .faint) }, separator: glyphs.separator, after: margin, style: style)
    }

    private func verdict() -> [(text: String, ink: Ink)] {
        var parts: [(text: String, ink: Ink)] = []
        if let name = document.athlete.name {
            let shown = DisplayWidth.printable(name, unicode: glyphs.unicode)
            if !shown.isEmpty { parts.append((shown, .heading)) }
        }
        let score = document.score
        if score.sprints > 0 {
            parts.append((Wording.count(score.sprints, "sprint"), .heading))
            let all = score.onTarget == score.sprints
            let ink: Ink = all ? .good : score.onTarget == 0 ? .bad : .caution
            let text =
                all && score.sprints > 1
                ? "all on target"
                : score.sprints == 1 ? (all ? "on target" : "below target") : "\(score.onTarget) on target"
            parts.append((text, ink))
        } else if score.intervals > 0, score.plan?.steps.contains(where: { $0.interval != nil }) ?? false {
            parts.append((Wording.count(score.intervals, "interval"), .heading))
            let all = score.intervalsOnTarget == score.intervals
            parts.append(
                (
                    all ? "on target" : "\(score.intervalsOnTarget) on target",
                    all ? .good : score.intervalsOnTarget == 0 ? .bad : .caution
                ))
        } else {
            parts.append((withoutSprints, .heading))
        }
        if let value = score.value, let points = Wording.points(value, decimals: 0) {
            parts.append(("score \(points)/100", value >= 80 ? .good : value >= 50 ? .caution : .bad))
        }
        return parts
    }

    private var withoutSprints: String {
        let intervals = document.phases.count { $0.kind == .interval }
        if intervals > 0 { return Wording.count(intervals, "interval") + ", no sprints" }
        if document.phases.contains(where: { $0.kind == .steady }) { return "Steady run, no sprints" }
        if !document.phases.isEmpty { return "No sprints" }
        return document.source.sensors.isEmpty
            ? "Nothing to analyse: no sensor in this recording"
            : "Nothing to analyse: no movement and no heart rate"
    }

    private func facts() -> [String] {
        var facts: [String] = []
        if document.source.duration > 0, let time = Wording.clock(document.source.duration) { facts.append(time) }
        let distances = document.phases.compactMap(\.distance).filter { $0.isFinite }
        if !distances.isEmpty, let distance = Wording.distance(distances.reduce(0, +)) { facts.append(distance) }
        let peaks = document.phases.compactMap(\.peakHeartRate) + document.sprints.compactMap(\.peakHeartRate)
        if let peak = peaks.max(),
            let text = Wording.number(peak, decimals: 0)
        {
            facts.append("peak \(text) bpm")
        }
        let tops = document.phases.compactMap(\.maxSpeed) + document.sprints.compactMap(\.maxSpeed)
        if let top = tops.max(), let text = Wording.number(top, decimals: 1) {
            facts.append("top \(text) m/s")
        }
        if let plan = document.score.plan {
            facts.append("plan " + DisplayWidth.printable(plan.name, unicode: glyphs.unicode))
        }
        if facts.isEmpty {
            facts.append(DisplayWidth.printable(document.source.kind, unicode: glyphs.unicode) + " recording")
        }
        return facts
    }
}
