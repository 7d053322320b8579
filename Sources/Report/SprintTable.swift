// SPDX-License-Identifier: GPL-3.0-or-later
internal import Analysis
internal import Scoring
internal import Segmentation

/// One row a sprint, or one an interval; on narrow screens two lines each.
struct SprintTable {
    let document: AnalysisDocument
    let title: String
    let bouts: [AnalysisDocument.Sprint]
    let style: TextStyle
    let glyphs: Glyphs

    /// From here on all columns stand beside each other.
    private static let wide = 76

    func lines() -> [StyledText] {
        guard !bouts.isEmpty else { return [] }
        var lines = [StyledText(" " + title, .heading)]
        lines += Flow.list(
            caption, separator: glyphs.separator, after: StyledText("   "), style: style)
        return lines + (style.width >= Self.wide ? wideRows() : narrowRows())
    }

    /// What the first one was asked for; the others' own stand beside them where they differ.
    private var target: Double { bouts.first?.target ?? document.score.target }

    // MARK: Caption

    private var usesSpeed: Bool { bouts.contains { $0.effortBasis == .speed } }
    private var usesHeartRate: Bool { bouts.contains { $0.effortBasis == .heartRate } }

    private var caption: [(text: String, ink: Ink)] {
        var parts: [String] = []
        if usesSpeed {
            parts.append("effort: mean speed" + against(document.athlete.maxSpeed, decimals: 2, unit: "m/s"))
        }
        if usesHeartRate {
            let marked = usesSpeed ? "effort marked hr: " : "effort: "
            parts.append(marked + "peak heart rate" + against(document.athlete.maxHeartRate, decimals: 0, unit: "bpm"))
        }
        if let percent = Wording.percent(target) {
            let differs = bouts.contains { ($0.target ?? target) != target }
            parts.append("target \(percent)\(differs ? " and others" : "")")
        }
        return parts.map { ($0, .faint) }
    }

    private func against(_ maximum: AnalysisDocument.Maximum?, decimals: Int, unit: String) -> String {
        guard let maximum, let value = Wording.number(maximum.value, decimals: decimals) else { return "" }
        return " against \(value) \(unit) (\(maximum.basis.rawValue) maximum)"
    }

    // MARK: Wide

    private struct Columns {
        var number = 3
        var start = 11
        var length = 18
        var effort = 25
        var bar = 27
        var barCells: Int
        var mark: Int { bar + barCells + 1 }
        var onTarget: Int { mark + 9 }
        let hasSpeed: Bool
        var mean: Int { onTarget + (hasSpeed ? 6 : 0) }
        var top: Int { mean + (hasSpeed ? 6 : 0) }
        var peak: Int { top + 5 }
        var recovery: Int { peak + 5 }

        /// Everything but the bar takes 70 columns, 12 of them the speeds.
        init(width: Int, hasSpeed: Bool) {
            self.hasSpeed = hasSpeed
            barCells = min(max(width - (hasSpeed ? 70 : 58), 4), 24)
        }
    }

    private func wideRows() -> [StyledText] {
        let hasSpeed = bouts.contains { $0.meanSpeed != nil || $0.maxSpeed != nil }
        let columns = Columns(width: style.width, hasSpeed: hasSpeed)
        var first = StyledText()
        first.add("#", endingAt: columns.number, .faint)
        first.add("start", endingAt: columns.start, .faint)
        first.add("length", endingAt: columns.length, .faint)
        first.add("effort", endingAt: columns.effort, .faint)
        first.add("on", endingAt: columns.onTarget - 4, .faint)
        if hasSpeed {
            first.add("mean", endingAt: columns.mean, .faint)
            first.add("top", endingAt: columns.top, .faint)
        }
        first.add("peak", endingAt: columns.peak, .faint)
        first.add("fall after", endingAt: columns.recovery + 8, .faint)
        var second = StyledText()
        second.pad(to: columns.bar)
        second.add(scale(columns.barCells), .faint)
        second.add("target", endingAt: columns.onTarget, .faint)
        if hasSpeed {
            second.add("m/s", endingAt: columns.mean, .faint)
            second.add("m/s", endingAt: columns.top, .faint)
        }
        second.add("bpm", endingAt: columns.peak, .faint)
        second.add("30", endingAt: columns.recovery, .faint)
        second.add("60", endingAt: columns.recovery + 4, .faint)
        second.add("90 s", endingAt: columns.recovery + 10, .faint)
        return [first, second] + bouts.map { wideRow($0, columns) }
    }

    /// The share that a bar's left edge stands for: bars from 0 on would hide the few percents that matter.
    private var lowest: Double { (0.55..<1).contains(target) ? 0.5 : 0 }

    private func position(_ share: Double) -> Double { (share - lowest) / (1 - lowest) }

    /// The percents at the bars' edges and at the target, as far as there is room.
    private func scale(_ cells: Int) -> String {
        var text = ""
        if target > 0, target < 1, let percent = Wording.percent(target) {
            let column = min(Int((position(target) * Double(cells)).rounded()), cells - 1)
            let label = percent.filter { $0.isNumber }
            let edge = "\(Int(lowest * 100))"
            if column >= edge.utf8.count + 1 + label.utf8.count { text += edge }
            text += String(repeating: " ", count: max(column - label.utf8.count - text.utf8.count, 0))
            if column >= label.utf8.count { text += label }
            text += glyphs.pointer
        }
        let free = cells - text.unicodeScalars.count
        return free >= 2 ? text + String(repeating: " ", count: free - 2) + "100" : text
    }

    private func wideRow(_ sprint: AnalysisDocument.Sprint, _ columns: Columns) -> StyledText {
        var line = StyledText()
        line.add("\(sprint.index)", endingAt: columns.number, .heading)
        line.add(Wording.clock(sprint.start) ?? "", endingAt: columns.start)
        line.add(Wording.length(sprint.end - sprint.start) ?? "", endingAt: columns.length)
        line.add(effortText(sprint), endingAt: columns.effort, ink(sprint))
        line.pad(to: columns.bar)
        addBar(sprint, cells: columns.barCells, to: &line)
        line.pad(to: columns.mark)
        line.add(mark(sprint), ink(sprint))
        line.add(Wording.length(sprint.timeOnTarget) ?? "", endingAt: columns.onTarget)
        line.add(Wording.number(sprint.meanSpeed, decimals: 2) ?? "", endingAt: columns.mean)
        line.add(Wording.number(sprint.maxSpeed, decimals: 2) ?? "", endingAt: columns.top)
        line.add(Wording.number(sprint.peakHeartRate, decimals: 0) ?? "", endingAt: columns.peak, .heart)
        for (index, fall) in [sprint.recovery30, sprint.recovery60, sprint.recovery90].enumerated() {
            line.add(fallText(fall), endingAt: columns.recovery + 4 * index)
        }
        return line
    }

    private func addBar(_ sprint: AnalysisDocument.Sprint, cells: Int, to line: inout StyledText) {
        // Rounding must not carry a bar over the target's mark, nor keep it short of it.
        let bar = glyphs.bar(
            position(sprint.effort ?? 0), cells: cells, rounding: sprint.onTarget ? .up : .down)
        line.add(bar.filled, ink(sprint))
        line.add(bar.rest, .faint)
    }

    // MARK: Narrow

    private func narrowRows() -> [StyledText] {
        bouts.flatMap { sprint -> [StyledText] in
            var line = StyledText()
            line.add("\(sprint.index)", endingAt: 3, .heading)
            line.add(Wording.clock(sprint.start) ?? "", endingAt: 11)
            line.add(Wording.length(sprint.end - sprint.start) ?? "", endingAt: 17)
            line.add(effortText(sprint), endingAt: 24, ink(sprint))
            let cells = style.width - 29
            line.add(" ")
            line.add(mark(sprint), ink(sprint))
            line.add(" ")
            addBar(sprint, cells: min(max(cells, 0), 30), to: &line)
            return [line] + Flow.lines(details(sprint), style: style, indent: 6, gap: 2)
        }
    }

    private func details(_ sprint: AnalysisDocument.Sprint) -> [StyledText] {
        var items: [StyledText] = []
        if let mean = Wording.number(sprint.meanSpeed, decimals: 2) {
            items.append(StyledText("mean \(mean) m/s", .faint))
        }
        if let top = Wording.number(sprint.maxSpeed, decimals: 2) {
            items.append(StyledText("top \(top) m/s", .faint))
        }
        if let time = Wording.length(sprint.timeOnTarget) {
            items.append(StyledText("on target \(time)", .faint))
        }
        if let peak = Wording.number(sprint.peakHeartRate, decimals: 0) {
            items.append(StyledText("peak \(peak) bpm", .faint))
        }
        let falls = [sprint.recovery30, sprint.recovery60, sprint.recovery90]
        if falls.contains(where: { $0 != nil }) {
            let texts = falls.map { $0 == nil ? glyphs.absent : fallText($0) }
            items.append(StyledText("fall " + texts.joined(separator: "/"), .faint))
        }
        return items
    }

    // MARK: Pieces

    private func ink(_ sprint: AnalysisDocument.Sprint) -> Ink {
        sprint.effort == nil ? .faint : sprint.onTarget ? .good : .bad
    }

    private func mark(_ sprint: AnalysisDocument.Sprint) -> String {
        sprint.effort == nil ? "  " : sprint.onTarget ? glyphs.reached : glyphs.missed
    }

    private func effortText(_ sprint: AnalysisDocument.Sprint) -> String {
        guard let percent = Wording.percent(sprint.effort) else { return glyphs.absent }
        return usesSpeed && sprint.effortBasis == .heartRate ? "hr " + percent : percent
    }

    /// A fall is written without a sign; a heart rate that rose has a plus.
    private func fallText(_ fall: Double?) -> String {
        guard let fall, let text = Wording.number(fall.magnitude, decimals: 0) else { return "" }
        return fall <= -0.5 ? "+" + text : text
    }
}
