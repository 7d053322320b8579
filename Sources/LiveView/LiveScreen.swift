// SPDX-License-Identifier: GPL-3.0-or-later
package import Report
internal import Segmentation
internal import SocketProtocol

// The foreign texts that a screen shows (names, messages) go through `printable` where they are written, never before: a name is compared as
// it came.

/// The full-screen view: a state in, lines out.
///
/// It fills any screen. Below about 60 × 19 it leaves out what can be spared; above about 110 × 32 it writes larger and puts lists side by side.
package struct LiveScreen {
    /// Beside each other athletes need this many columns each.
    private static let besideWidth = 70
    /// Seconds that an answer and a notice stay.
    private static let answerTime = 5.0
    private static let remarkTime = 30.0

    let state: LiveState
    let controls: LiveControls
    let style: TextStyle
    let glyphs: Glyphs
    let time: Double
    var canvas: Canvas

    /// - Parameters:
    ///   - style: its width does not count.
    ///   - time: seconds, on the clock that the state was folded with.
    /// - Returns: `rows` lines of at most `columns` columns each, without line ends.
    package static func lines(
        _ state: LiveState, _ controls: LiveControls, columns: Int, rows: Int, style: TextStyle, time: Double
    ) -> [String] {
        var screen = LiveScreen(
            state: state, controls: controls, style: style, glyphs: Glyphs(unicode: style.unicode), time: time,
            canvas: Canvas(columns: columns, rows: rows))
        screen.paint()
        return screen.canvas.lines(style.color)
    }

    func printable(_ text: String) -> String { style.printable(text) }

    // MARK: Frame

    private mutating func paint() {
        let whole = Area(row: 0, column: 0, width: canvas.columns, height: canvas.rows)
        guard whole.width > 0, whole.height > 0 else { return }
        let hasRoom = whole.height >= 18
        // A status is only known with a connection; without one ever, there is nothing but the reason to show.
        guard let place = controls.place(in: state), !state.athletes.isEmpty else {
            paintHeader(nil, in: whole)
            paintFooter(in: whole)
            paintEmpty(in: Area(row: 1, column: 0, width: whole.width, height: whole.height - 2))
            return
        }
        paintHeader(state.athletes[place], in: whole)
        var body = whole.below(1)
        body.height -= paintFooter(in: whole)
        if hasRoom {
            paintRule(in: body)
            body = body.below(1)
        }
        if controls.showsHelp { return paintHelp(in: body) }
        let count = state.athletes.count
        if (2...3).contains(count), body.width / count >= Self.besideWidth {
            paintBeside(in: body, selected: place)
        } else {
            if count > 1 {
                paintTabs(in: body, selected: place)
                body = body.below(1)
            }
            paintPanel(state.athletes[place], in: body)
        }
    }

    private mutating func paintRule(in area: Area) {
        canvas.write(
            String(repeating: style.unicode ? "─" : "-", count: area.width), in: area, row: 0, .faint)
    }

    private mutating func paintHeader(_ athlete: LiveAthlete?, in area: Area) {
        let (text, ink) = situation(athlete)
        let right = DisplayWidth.columns(of: text)
        var left = area
        left.width = max(area.width - right - 3, min(area.width, 8))
        canvas.write(text, in: area, row: 0, endingAt: area.width - 1, ink)
        var column = canvas.write(
            printable(athlete?.displayName ?? state.program ?? "sprintd"), in: left, row: 0, at: 1, .heading)
        if let plan = athlete?.session?.plan {
            column = canvas.write(glyphs.separator, in: left, row: 0, at: column, .faint)
            canvas.write(printable(plan), in: left, row: 0, at: column, .faint)
        }
    }

    /// The connection and the session, for the header's right.
    private func situation(_ athlete: LiveAthlete?) -> (String, Ink) {
        let full = style.unicode ? "● " : "* "
        let hollow = style.unicode ? "○ " : "  "
        switch state.connection {
        case .opening: return (hollow + "connecting", .faint)
        case .closed: return (hollow + "not connected", .bad)
        case .open: break
        }
        guard let athlete, let session = athlete.session else { return (hollow + "no session", .faint) }
        let clock = Wording.clock(athlete.clock ?? 0) ?? ""
        guard session.isRunning else { return (hollow + "session over  \(clock)", .faint) }
        if let silence = silence(athlete), let text = Wording.length(silence) {
            return (hollow + "no data for \(text)  \(clock)", .caution)
        }
        return (full + "session  \(clock)", .good)
    }

    /// How long nothing has come of a running session, where that is worth a word.
    private func silence(_ athlete: LiveAthlete) -> Double? {
        guard athlete.session?.isRunning ?? false, athlete.now != nil else { return nil }
        let silence = time - athlete.nowTime
        return silence >= 3 ? silence : nil
    }

    /// - Returns: how many rows it took, at the bottom.
    @discardableResult
    private mutating func paintFooter(in area: Area) -> Int {
        guard area.height >= 3 else { return 0 }
        let last = area.height - 1
        var rows = 1
        if let alarm {
            // On a small screen it is worth more than the keys.
            let row = area.height >= 14 ? last - 1 : last
            canvas.write(alarm.text, in: area, row: row, at: 1, alarm.ink)
            if row == last, controls.question == nil { return rows }
            rows = last - row + 1
        }
        if let question = controls.question {
            canvas.write(
                String(repeating: " ", count: area.width), in: area, row: last)
            canvas.write(text(of: question), in: area, row: last, at: 1, .caution)
            return rows
        }
        if let answer = controls.answer, time - answer.time < Self.answerTime {
            canvas.write(printable(answer.text), in: area, row: last, at: 1, answer.isGood ? .good : .bad)
            return rows
        }
        if let notice = state.notice, time - notice.time < Self.remarkTime {
            canvas.write(printable(notice.text), in: area, row: last, at: 1, .caution)
            return rows
        }
        var column = 1
        for (key, meaning) in keys {
            let width = key.utf8.count + 1 + meaning.utf8.count
            guard column + width < area.width else { break }
            column = canvas.write(key, in: area, row: last, at: column, .heading)
            column = canvas.write(" " + meaning, in: area, row: last, at: column, .faint) + 3
        }
        return rows
    }

    private var keys: [(String, String)] {
        var keys = [("q", "quit")]
        if let place = controls.place(in: state), state.connection == .open {
            keys.append(("s", state.athletes[place].session?.isRunning ?? false ? "stop session" : "start session"))
        }
        if state.athletes.count > 1 { keys.append(("tab", "next athlete")) }
        return keys + [("?", controls.showsHelp ? "back" : "help")]
    }

    private func text(of question: SocketCommand) -> String {
        switch question {
        case .startSession(let athlete): "Start a session\(owner(athlete))?  y/n"
        case .stopSession(let athlete): "Stop the session\(owner(athlete))?  y/n"
        case .watch, .unwatch, .status, .sensors, .reload, .bind, .unbind: "\(question.name)?  y/n"
        }
    }

    private func owner(_ athlete: String?) -> String { athlete.map { " of \(printable($0))" } ?? "" }

    /// What must not be overlooked.
    private var alarm: (text: String, ink: Ink)? {
        if case .closed(let reason, let since) = state.connection {
            let seconds = Wording.length(max(time - since, 0)) ?? ""
            return ("\(printable(reason))  (trying again, \(seconds))", .bad)
        }
        let trouble = state.trouble.flatMap { time - $0.time < 2 * Self.remarkTime ? printable($0.text) : nil }
        switch state.storage {
        case .disk: return trouble.map { ($0, .bad) }
        case .memory: return (trouble ?? "The disk takes nothing: the session is kept in memory for now.", .caution)
        case .failed: return (trouble ?? "The session cannot be stored.", .bad)
        }
    }

    // MARK: Without an athlete

    private mutating func paintEmpty(in area: Area) {
        if controls.showsHelp { return paintHelp(in: area) }
        let text =
            switch state.connection {
            case .opening: "connecting to sprintd"
            case .closed: "waiting for sprintd"
            case .open: "connected; no athlete yet"
            }
        canvas.write(
            text, in: area, row: area.height / 2, at: max((area.width - text.utf8.count) / 2, 0), .faint)
    }

    private mutating func paintHelp(in area: Area) {
        let lines = [
            ("q, Ctrl-C", "quit; the daemon goes on"), ("s", "start or stop the athlete's session, after a question"),
            ("tab, 1 to 9", "another athlete"), ("Ctrl-L", "paint everything again"), ("?", "back"), ("", ""),
            ("effort", "speed, else heart rate, as a share of the athlete's maximum"),
            ("fall", "how far the heart rate fell 30, 60 and 90 s after a sprint"),
        ]
        for (row, (key, meaning)) in lines.enumerated() {
            canvas.write(key, in: area, row: row + 1, at: 2, .heading)
            canvas.write(meaning, in: area, row: row + 1, at: 15)
        }
    }

    // MARK: Several athletes

    private mutating func paintTabs(in area: Area, selected: Int) {
        var column = 1
        // So far to the right that the selected one can be seen.
        let names = state.athletes.map { DisplayWidth.prefix(of: printable($0.displayName), columns: 16) }
        var first = 0
        while first < selected {
            let needed = (first...selected).reduce(1) { $0 + tabWidth(names[$1], state.athletes[$1]) }
            if needed <= area.width { break }
            first += 1
        }
        for index in first..<state.athletes.count {
            let athlete = state.athletes[index]
            let isSelected = index == selected
            column = canvas.write(
                isSelected ? "[\(index + 1) \(names[index])]" : " \(index + 1) \(names[index]) ", in: area, row: 0,
                at: column, isSelected ? .heading : .plain)
            if let phase = athlete.phase {
                column = canvas.write(" \(Wording.name(phase.kind))", in: area, row: 0, at: column, .phase(phase.kind))
                if phase.kind.isWork, let percent = Wording.percent(athlete.now?.effort) {
                    column = canvas.write(" \(percent)", in: area, row: 0, at: column, ink(of: athlete))
                }
            }
            column += 2
            guard column < area.width else { return }
        }
    }

    private func tabWidth(_ name: String, _ athlete: LiveAthlete) -> Int {
        DisplayWidth.columns(of: name) + 6 + (athlete.phase == nil ? 0 : 18)
    }

    private mutating func paintBeside(in area: Area, selected: Int) {
        let count = state.athletes.count
        let width = area.width / count
        for (index, athlete) in state.athletes.enumerated() {
            let part = Area(
                row: area.row, column: area.column + index * width, width: width - 2, height: area.height)
            canvas.write(
                index == selected
                    ? "[\(index + 1) \(printable(athlete.displayName))]"
                    : " \(index + 1) \(printable(athlete.displayName))",
                in: part, row: 0, at: 1, index == selected ? .heading : .plain)
            paintPanel(athlete, in: part.below(1))
        }
    }

    // MARK: Pieces that several parts use

    /// Good or bad in a work bout; elsewhere nobody is asked for anything.
    func ink(of athlete: LiveAthlete) -> Ink {
        guard let now = athlete.now, let effort = now.effort else { return .faint }
        guard let phase = athlete.phase else { return .plain }
        guard phase.kind.isWork else { return .phase(phase.kind) }
        return now.isOnTarget ?? (effort >= athlete.target) ? .good : .bad
    }
}
