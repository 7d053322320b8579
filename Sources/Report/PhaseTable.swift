// SPDX-License-Identifier: GPL-3.0-or-later
internal import Analysis
internal import Segmentation

/// The phases one by one, for sessions that the table of sprints does not tell: steady runs and long intervals.
struct PhaseTable {
    let document: AnalysisDocument
    let style: TextStyle
    let glyphs: Glyphs

    /// A session of many hours has more phases than anybody reads.
    private static let most = 40

    func lines() -> [StyledText] {
        guard !document.phases.isEmpty,
            document.sprints.isEmpty || document.phases.contains(where: { $0.kind == .interval })
        else { return [] }
        var lines = [StyledText(" Phases", .heading)]
        let wide = style.width >= 66
        var head = StyledText()
        head.add("start", endingAt: 9, .faint)
        head.add("length", endingAt: 17, .faint)
        head.pad(to: 19)
        head.add("phase", .faint)
        if wide {
            head.add("m/s", endingAt: 37, .faint)
            head.add("pace /km", endingAt: 47, .faint)
            head.add("steps/min", endingAt: 58, .faint)
            head.add("bpm", endingAt: 64, .faint)
        } else {
            head.add("m/s", endingAt: 35, .faint)
            head.add("bpm", endingAt: 40, .faint)
        }
        lines.append(head)
        for phase in document.phases.prefix(Self.most) { lines.append(row(phase, wide: wide)) }
        if document.phases.count > Self.most {
            lines.append(StyledText("   and \(document.phases.count - Self.most) more phases", .faint))
        }
        return lines
    }

    private func row(_ phase: AnalysisDocument.Phase, wide: Bool) -> StyledText {
        var line = StyledText()
        line.add(Wording.clock(phase.start) ?? "", endingAt: 9)
        line.add(Wording.length(phase.end - phase.start) ?? "", endingAt: 17)
        line.pad(to: 19)
        line.add(Wording.name(phase.kind), .phase(phase.kind))
        let speed = Wording.number(phase.meanSpeed, decimals: 2) ?? ""
        let heartRate = Wording.number(phase.meanHeartRate, decimals: 0) ?? ""
        if wide {
            line.add(speed, endingAt: 37)
            line.add(phase.meanSpeed.flatMap(Wording.pace) ?? "", endingAt: 47)
            line.add(Wording.number(phase.cadence, decimals: 0) ?? "", endingAt: 58)
            line.add(heartRate, endingAt: 64, .heart)
        } else {
            line.add(speed, endingAt: 35)
            line.add(heartRate, endingAt: 40, .heart)
        }
        return line
    }
}
