// SPDX-License-Identifier: GPL-3.0-or-later
internal import Analysis
internal import Segmentation

/// The session at a glance: towers as high as the mean speed (else heart rate) of each phase, a strip of the phases
/// below them, minutes, and a legend.
struct Timeline {
    let document: AnalysisDocument
    let style: TextStyle
    let glyphs: Glyphs

    private static let towerRows = 4
    private static let margin = 1

    func lines() -> [StyledText] {
        let stretches = document.phases.map {
            TimelineLayout.Stretch(start: $0.start, end: $0.end, isWork: $0.kind.isWork)
        }
        let layout = TimelineLayout(
            stretches, duration: document.source.duration, columns: style.width - 2 * Self.margin)
        guard !document.phases.isEmpty, layout.duration > 0 else { return [] }
        let heights = towers()
        var lines: [StyledText] = []
        for row in 0..<layout.rows {
            let range = row * layout.columns..<(row + 1) * layout.columns
            if heights != nil, let numbers = sprintNumbers(layout, range) { lines.append(numbers) }
            if let heights {
                for level in (0..<Self.towerRows).reversed() {
                    lines.append(towerRow(layout.cells[range], heights: heights, level: level))
                }
            }
            lines.append(strip(layout.cells[range]))
            lines.append(minutes(layout, row: row))
        }
        lines.append(contentsOf: legend(towers: heights == nil ? nil : towerCaption))
        return lines
    }

    // MARK: Towers

    /// Speed when any phase has one, else heart rate.
    private var showsSpeed: Bool { document.phases.contains { ($0.meanSpeed ?? 0) > 0 } }

    /// Each phase's height in eighths of a row, 0 where its value is absent; `nil` when all are.
    private func towers() -> [Int]? {
        // One or two towers compare nothing.
        guard document.phases.count > 2 else { return nil }
        let values = document.phases.map { showsSpeed ? $0.meanSpeed : $0.meanHeartRate }
        let known = values.compactMap { $0 }.filter { $0.isFinite && $0 > 0 }
        guard let highest = known.max() else { return nil }
        // Heart rate never nears zero: measured from there all towers look alike.
        let floor = showsSpeed ? 0 : (known.min() ?? 0) * 0.85
        let full = Double(8 * Self.towerRows)
        return values.map { value in
            guard let value, value.isFinite, value > 0, highest > floor else { return 0 }
            return max(Int(((value - floor) / (highest - floor) * full).rounded()), 1)
        }
    }

    private var towerCaption: String? {
        let values = document.phases.compactMap { showsSpeed ? $0.meanSpeed : $0.meanHeartRate }
        guard let highest = values.filter({ $0.isFinite }).max() else { return nil }
        return showsSpeed
            ? Wording.number(highest, decimals: 1).map { "height: mean speed, up to \($0) m/s" }
            : Wording.number(highest, decimals: 0).map { "height: mean heart rate, up to \($0) bpm" }
    }

    private func towerRow(_ cells: ArraySlice<Int?>, heights: [Int], level: Int) -> StyledText {
        var line = StyledText(String(repeating: " ", count: Self.margin))
        for cell in cells {
            guard let phase = cell else {
                line.add(" ")
                continue
            }
            let eighths = heights[phase] - 8 * level
            line.add(glyphs.column(eighths: eighths), .phase(document.phases[phase].kind))
        }
        return line
    }

    /// The number of each sprint over its cells, where there is room for it.
    private func sprintNumbers(_ layout: TimelineLayout, _ range: Range<Int>) -> StyledText? {
        var line = StyledText(String(repeating: " ", count: Self.margin))
        var wrote = false
        for sprint in document.sprints {
            guard
                let phase = document.phases.firstIndex(where: {
                    $0.kind.isWork && $0.start <= sprint.start && sprint.start < $0.end
                }),
                let first = layout.cells[range].firstIndex(of: phase),
                let last = layout.cells[range].lastIndex(of: phase)
            else { continue }
            let text = "\(sprint.index)"
            let middle = (first + last) / 2 - range.lowerBound - (text.utf8.count - 1) / 2
            let column = Self.margin + max(middle, 0)
            guard column >= line.columns + (wrote ? 1 : 0) else { continue }
            line.pad(to: column)
            line.add(text, sprint.onTarget ? .good : .bad)
            wrote = true
        }
        return wrote ? line : nil
    }

    // MARK: Strip and minutes

    private func strip(_ cells: ArraySlice<Int?>) -> StyledText {
        var line = StyledText(String(repeating: " ", count: Self.margin))
        for cell in cells {
            guard let phase = cell else {
                line.add(" ")
                continue
            }
            let kind = document.phases[phase].kind
            // In colour the strip is one solid ribbon; without, the pattern is all there is.
            line.add(style.color == .none || !style.unicode ? glyphs.cell(kind) : "▀", .phase(kind))
        }
        return line
    }

    /// Seconds between two marks.
    private static let steps: [Double] = [
        5, 10, 15, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 14400, 28800, 86400, 604_800,
    ]

    private func minutes(_ layout: TimelineLayout, row: Int) -> StyledText {
        let secondsPerCell = layout.duration / Double(layout.rows * layout.columns)
        let step = Self.steps.first { $0 / secondsPerCell >= 8 } ?? layout.duration
        let start = secondsPerCell * Double(row * layout.columns)
        let end = start + secondsPerCell * Double(layout.columns)
        var line = StyledText()
        var mark = (start / step).rounded(.up) * step
        var marks = 0
        while mark < end, marks < layout.columns {
            let column = Self.margin + Int(((mark - start) / secondsPerCell).rounded())
            if let label = label(mark, step: step), column >= line.columns,
                column + 1 + label.utf8.count <= style.width
            {
                line.pad(to: column)
                line.add(glyphs.tick + label, .faint)
            }
            mark += step
            marks += 1
        }
        return line
    }

    private func label(_ seconds: Double, step: Double) -> String? {
        if step < 60 { return Wording.clock(seconds) }
        return Wording.number(seconds / 60, decimals: 0).map { $0 + (seconds == 0 ? " min" : "") }
    }

    // MARK: Legend

    private func legend(towers: String?) -> [StyledText] {
        var items: [StyledText] = []
        for kind in PhaseKind.allCases {
            let ofKind = document.phases.filter { $0.kind == kind }
            guard !ofKind.isEmpty else { continue }
            let total = ofKind.reduce(0) { $0 + ($1.end - $1.start) }
            let sign = style.color == .none || !style.unicode ? glyphs.cell(kind) : "■"
            var item = StyledText(sign, .phase(kind))
            item.add(" \(Wording.name(kind))")
            if let time = Wording.clock(total) { item.add(" \(time)", .faint) }
            items.append(item)
        }
        if let towers { items.append(StyledText(towers, .faint)) }
        return Flow.lines(items, style: style, indent: Self.margin, gap: 2)
    }
}
