// SPDX-License-Identifier: GPL-3.0-or-later
internal import Report
internal import Segmentation
internal import SocketProtocol

// One athlete's part of the screen, from the phase down to the lists.

extension LiveScreen {
    mutating func paintPanel(_ athlete: LiveAthlete, in area: Area) {
        guard area.width > 0, area.height > 0 else { return }
        if area.width < 60 || area.height < 15 { return paintSmallPanel(athlete, in: area) }
        let isTall = area.height >= 28
        var rest = area.below(area.height >= 17 ? 1 : 0)
        rest = rest.below(paintPhase(athlete, in: rest, isTall: isTall) + 1)
        rest = rest.below(paintPlan(athlete, in: rest) + 1)
        rest = rest.below(paintEffort(athlete, in: rest, height: isTall ? 2 : 1) + (area.height >= 18 ? 1 : 0))
        rest = rest.below(paintValues(athlete, in: rest, isTall: isTall) + 1)
        if area.height >= 33 {
            let rows = paintTimeline(athlete, in: rest)
            rest = rest.below(rows == 0 ? 0 : rows + 1)
        }
        paintLists(athlete, in: rest)
    }

    // MARK: Phase

    /// What is big on the left, and how it is coloured.
    private func title(_ athlete: LiveAthlete) -> (text: String, ink: Ink) {
        if let phase = athlete.phase { return (self.title(phase, athlete), .phase(phase.kind)) }
        switch state.connection {
        case .opening, .closed: return ("---", .faint)
        case .open: break
        }
        guard let session = athlete.session else { return ("READY", .faint) }
        return session.isRunning ? ("WAITING", .faint) : ("DONE", .good)
    }

    private func title(_ phase: LiveAthlete.Phase, _ athlete: LiveAthlete) -> String {
        let name = Wording.name(phase.kind).uppercased()
        return phase.kind.isWork ? "\(name) \(athlete.number(ofBoutAt: phase.start))" : name
    }

    /// The time that counts: what is left by the plan, else what has passed of the phase.
    private func countdown(_ athlete: LiveAthlete) -> (text: String, ink: Ink, label: String)? {
        guard let now = athlete.now else { return nil }
        if let step = now.step, let text = left(step) {
            return step.left >= 0 ? (text, .plain, "left") : ("+" + text, .caution, "over")
        }
        return passed(athlete).map { ($0, .plain, "so far") }
    }

    private func passed(_ athlete: LiveAthlete) -> String? {
        guard let now = athlete.now, let phase = athlete.phase else { return nil }
        return Wording.clock(max(now.time - phase.start, 0))
    }

    /// - Returns: rows used.
    private mutating func paintPhase(_ athlete: LiveAthlete, in area: Area, isTall: Bool) -> Int {
        let (text, ink) = title(athlete)
        let time = countdown(athlete)
        let word = BigText(text)
        let clock = time.map { BigText($0.text) }
        let unicode = style.unicode
        // The largest pair that leaves a gap between them.
        let pairs: [(BigText.Size, BigText.Size)] =
            isTall && unicode ? [(.double, .double), (.double, .single), (.single, .single)] : [(.single, .single)]
        let room = area.width - 4
        for (wordSize, clockSize) in pairs {
            let clockWidth = clock?.columns(clockSize) ?? 0
            guard word.columns(wordSize) + clockWidth + 4 <= room else { continue }
            let rows = BigText.rows(wordSize, unicode: unicode)
            guard rows <= area.height / 3 else { continue }
            for (row, line) in word.lines(wordSize, unicode: unicode).enumerated() {
                canvas.write(line, in: area, row: row, at: 2, ink)
            }
            if let clock, let time {
                let from = rows - BigText.rows(clockSize, unicode: unicode)
                for (row, line) in clock.lines(clockSize, unicode: unicode).enumerated() {
                    canvas.write(line, in: area, row: from + row, at: area.width - 2 - clockWidth, time.ink)
                }
            }
            return rows
        }
        canvas.write(text, in: area, row: 0, at: 2, ink)
        if let time { canvas.write("\(time.text) \(time.label)", in: area, row: 0, endingAt: area.width - 1, time.ink) }
        return 1
    }

    // MARK: Plan

    /// How far the step is, and what comes next.
    private mutating func paintPlan(_ athlete: LiveAthlete, in area: Area) -> Int {
        guard let now = athlete.now else {
            canvas.write(hint(athlete), in: area, row: 0, at: 2, .faint)
            return 1
        }
        var column = 2
        if let passed = passed(athlete) { column = canvas.write("\(passed) in", in: area, row: 0, at: column) }
        guard let step = now.step else {
            if athlete.phase == nil { canvas.write(hint(athlete), in: area, row: 0, at: 2, .faint) }
            return 1
        }
        if column > 2 { column = canvas.write(glyphs.separator, in: area, row: 0, at: column, .faint) }
        let isOver = step.left < 0
        let left = "\(left(step) ?? glyphs.absent) \(isOver ? "over" : "left")"
        column = canvas.write(left, in: area, row: 0, at: column, isOver ? .caution : .plain)
        column = canvas.write(glyphs.separator, in: area, row: 0, at: column, .faint)
        column = canvas.write(name(step), in: area, row: 0, at: column, .phase(step.kind))
        let next = self.next(now)
        let nextWidth = next.map { DisplayWidth.columns(of: $0) } ?? 0
        if let next { canvas.write(next, in: area, row: 0, endingAt: area.width - 2, .faint) }
        let cells = area.width - column - nextWidth - 7
        guard cells >= 6, step.planned > 0 else { return 1 }
        let bar = glyphs.bar((step.planned - step.left) / step.planned, cells: min(cells, 40))
        column = canvas.write(bar.filled, in: area, row: 0, at: column + 2, .phase(step.kind))
        canvas.write(bar.rest, in: area, row: 0, at: column, .faint)
        return 1
    }

    /// A second that has begun to run out is still there, and one over is over when it is full.
    private func left(_ step: NowMessage.Step) -> String? {
        Wording.clock(step.left >= 0 ? step.left.rounded(.up) : step.left.magnitude.rounded(.down))
    }

    /// `sprint 3 of 5`.
    private func name(_ step: NowMessage.Step) -> String {
        guard let repetition = step.repetition, step.repetitions > 1 else {
            return Wording.name(step.kind)
        }
        return "\(Wording.name(step.kind)) \(repetition) of \(step.repetitions)"
    }

    private func next(_ now: NowMessage) -> String? {
        guard let next = now.next else { return now.step == nil ? nil : "last step" }
        return "next \(Wording.name(next.kind)) \(Wording.length(next.planned) ?? "")"
    }

    private func hint(_ athlete: LiveAthlete) -> String {
        switch state.connection {
        case .opening, .closed: return ""
        case .open: break
        }
        guard let session = athlete.session, session.isRunning else {
            return "a session begins with the first heart rate or movement, or with the key s"
        }
        return "waiting for the sensors"
    }

    // MARK: Effort

    private func effortText(_ athlete: LiveAthlete) -> String {
        guard let effort = athlete.now?.effort, let percent = Wording.percent(effort) else { return glyphs.absent }
        return percent
    }

    private func mark(_ athlete: LiveAthlete) -> String {
        guard let now = athlete.now, let effort = now.effort, athlete.phase?.kind.isWork ?? false else { return "  " }
        return now.isOnTarget ?? (effort >= athlete.target) ? glyphs.reached : glyphs.missed
    }

    /// A bar from 0 to the maximum with the target in it, and a scale below.
    private mutating func paintEffort(_ athlete: LiveAthlete, in area: Area, height: Int) -> Int {
        canvas.write("effort", in: area, row: 0, at: 2, .faint)
        canvas.write(effortText(athlete), in: area, row: 0, endingAt: 14, ink(of: athlete))
        canvas.write(mark(athlete), in: area, row: 0, at: 15, ink(of: athlete))
        var bar = area
        bar.column += 18
        bar.width -= 20
        for row in 0..<height { paintBar(athlete, in: bar, row: row) }
        guard bar.width >= 30, area.height > height else { return height }
        let target = targetCell(athlete, bar.width)
        canvas.write("0", in: bar, row: height, .faint)
        if target.map({ $0 + 11 <= bar.width }) ?? true {
            canvas.write("100", in: bar, row: height, endingAt: bar.width, .faint)
        }
        if let target, let percent = Wording.percent(athlete.target) {
            let text = style.unicode ? "▴ \(percent)" : "^ \(percent)"
            if target + 8 <= bar.width {
                canvas.write(text, in: bar, row: height, at: target, .plain)
            } else {
                canvas.write("\(percent) \(style.unicode ? "▴" : "^")", in: bar, row: height, endingAt: target + 1)
            }
        }
        return height + 1
    }

    private func targetCell(_ athlete: LiveAthlete, _ cells: Int) -> Int? {
        guard athlete.target > 0, athlete.target < 1, cells > 0 else { return nil }
        return min(Int((athlete.target * Double(cells)).rounded()), cells - 1)
    }

    private mutating func paintBar(_ athlete: LiveAthlete, in area: Area, row: Int) {
        guard area.width > 0 else { return }
        let effort = athlete.now?.effort ?? 0
        let share = effort > 0 ? min(effort, 1) : 0
        let eighths = Int((share * Double(area.width) * 8).rounded())
        var text = String(repeating: style.unicode ? "█" : "#", count: eighths / 8)
        if style.unicode, eighths % 8 > 0 { text += ["▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8 - 1] }
        let column = canvas.write(text, in: area, row: row, ink(of: athlete))
        canvas.write(
            String(repeating: style.unicode ? "░" : ".", count: max(area.width - column, 0)), in: area, row: row,
            at: column, .faint)
        if let target = targetCell(athlete, area.width) {
            canvas.write(style.unicode ? "┃" : "|", in: area, row: row, at: target, .heading)
        }
    }

    // MARK: Values

    private func values(_ athlete: LiveAthlete) -> [(text: String, unit: String, ink: Ink)] {
        let now = athlete.now
        let absent = "-"
        return [
            (Wording.number(now?.heartRate, decimals: 0) ?? absent, "bpm", .heart),
            (Wording.number(now?.speed, decimals: 1) ?? absent, "m/s", .plain),
            (now?.speed.flatMap(Wording.pace) ?? absent, "min/km", .plain),
            (Wording.number(now?.cadence, decimals: 0) ?? absent, "steps/min", .plain),
        ]
    }

    private mutating func paintValues(_ athlete: LiveAthlete, in area: Area, isTall: Bool) -> Int {
        let values = values(athlete)
        let width = (area.width - 2) / values.count
        let rows = BigText.rows(.single, unicode: style.unicode)
        let big = values.map { BigText($0.text) }
        let fits = zip(values, big).allSatisfy { $1.columns(.single) + 2 + $0.unit.utf8.count <= width - 2 }
        if isTall, fits, area.height > rows + 6 {
            for (index, (value, big)) in zip(values, big).enumerated() {
                let column = 2 + index * width
                for (row, line) in big.lines(.single, unicode: style.unicode).enumerated() {
                    canvas.write(line, in: area, row: row, at: column, value.ink)
                }
                canvas.write(
                    value.unit, in: area, row: rows - 1, at: column + big.columns(.single) + 1, .faint)
            }
            return rows
        }
        for (index, value) in values.enumerated() {
            var part = area
            part.column += 2 + index * width
            part.width = width - 1
            var column = 0
            if index == 0, style.unicode { column = canvas.write("♥ ", in: part, row: 0, .heart) }
            column = canvas.write(value.text, in: part, row: 0, at: column, value.ink == .plain ? .heading : value.ink)
            canvas.write(" " + value.unit, in: part, row: 0, at: column, .faint)
        }
        return 1
    }

    // MARK: Small screens

    private mutating func paintSmallPanel(_ athlete: LiveAthlete, in area: Area) {
        let (text, ink) = title(athlete)
        var column = canvas.write(text, in: area, row: 0, at: 1, ink)
        if let passed = passed(athlete) { canvas.write(passed, in: area, row: 0, at: column + 2) }
        if let time = countdown(athlete), athlete.now?.step != nil {
            canvas.write("\(time.text) \(time.label)", in: area, row: 0, endingAt: area.width - 1, time.ink)
        }
        column = canvas.write(effortText(athlete), in: area, row: 1, at: 1, self.ink(of: athlete))
        column = canvas.write(" " + mark(athlete), in: area, row: 1, at: column, self.ink(of: athlete)) + 1
        var bar = area
        bar.column += column
        bar.width -= column + 1
        if area.height > 1 { paintBar(athlete, in: bar, row: 1) }
        column = 1
        for value in values(athlete).prefix(area.width < 44 ? 3 : 4) {
            column = canvas.write(value.text, in: area, row: 2, at: column, value.ink)
            column = canvas.write(" " + value.unit, in: area, row: 2, at: column, .faint) + 2
        }
        let now = athlete.now
        if let step = now?.step {
            column = canvas.write(name(step), in: area, row: 3, at: 1, .phase(step.kind))
            if let now, let next = next(now) {
                canvas.write(glyphs.separator + next, in: area, row: 3, at: column, .faint)
            }
        } else if now == nil {
            canvas.write(hint(athlete), in: area, row: 3, at: 1, .faint)
        }
        let lists = area.below(area.height >= 9 ? 5 : 4)
        guard lists.height > 0 else { return }
        var bouts = lists
        bouts.height -= 1
        paintBouts(athlete, in: bouts, withTitle: false)
        paintSensorSummary(athlete, in: lists, row: lists.height - 1)
    }
}
