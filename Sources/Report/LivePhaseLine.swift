// SPDX-License-Identifier: GPL-3.0-or-later
internal import Analysis
package import Scoring
package import Segmentation

/// A session as it goes by, one line for each thing that happens, and below them a line that says what is so now.
///
/// On a terminal the status line is overwritten in place: it ends without a line end, and the next text starts by
/// clearing it. Elsewhere (a file, a pipe) only events are written, a plain line each.
///
/// Speeds are m/s, heart rates bpm, times seconds from the session's first frame.
package struct LivePhaseLine: Sendable {
    package enum Event: Equatable, Sendable {
        /// A phase began at `start`, which was known at `decided`. `number` counts work bouts from 1.
        case began(PhaseKind, start: Double, decided: Double, number: Int?)
        /// The phase that began at `start` turned out to be another kind.
        case relabelled(from: PhaseKind, to: PhaseKind, start: Double, decided: Double, number: Int?)
        case scored(BoutResult, decided: Double)
        /// The session is over; `time` is its last frame's.
        case ended(time: Double)
    }

    package struct BoutResult: Equatable, Sendable {
        /// A sprint or an interval.
        package var kind: PhaseKind
        /// Among the session's bouts of either kind, from 1.
        package var number: Int
        package var start: Double
        package var end: Double
        /// A share of the maximum.
        package var effort: Double?
        package var basis: Evidence?
        package var onTarget: Bool
        package var meanSpeed: Double?
        package var peakHeartRate: Double?

        package init(
            kind: PhaseKind, number: Int, start: Double, end: Double, effort: Double?, basis: Evidence?,
            onTarget: Bool, meanSpeed: Double? = nil, peakHeartRate: Double? = nil
        ) {
            self.kind = kind
            self.number = number
            self.start = start
            self.end = end
            self.effort = effort
            self.basis = basis
            self.onTarget = onTarget
            self.meanSpeed = meanSpeed
            self.peakHeartRate = peakHeartRate
        }
    }

    package struct Status: Equatable, Sendable {
        package var time: Double
        /// `nil` before the first phase.
        package var phase: PhaseKind?
        /// When the phase began.
        package var since: Double?
        package var speed: Double?
        package var heartRate: Double?
        /// The speed or heart rate now, as a share of the athlete's maximum.
        package var effort: Double?
        /// The share that a sprint is asked for.
        package var target: Double
        /// Where in the plan the athlete is; `nil` without a plan.
        package var plan: PlanProgress.State?

        package init(
            time: Double, phase: PhaseKind? = nil, since: Double? = nil, speed: Double? = nil,
            heartRate: Double? = nil, effort: Double? = nil, target: Double = 0.8
        ) {
            self.time = time
            self.phase = phase
            self.since = since
            self.speed = speed
            self.heartRate = heartRate
            self.effort = effort
            self.target = target
        }
    }

    private let style: TextStyle
    private let glyphs: Glyphs
    private let interactive: Bool
    private var statusShown = false

    /// - Parameter interactive: whether the output is a terminal that understands carriage return and EL (ECMA-48,
    ///   8.3.41).
    package init(style: TextStyle, interactive: Bool) {
        self.style = style
        self.interactive = interactive
        glyphs = Glyphs(unicode: style.unicode)
    }

    /// The text to write for an event, line end included. It is never cut, for it stays; a terminal wraps it.
    package mutating func text(for event: Event) -> String {
        let uncut = TextStyle(width: .max, color: style.color, unicode: style.unicode)
        let line = clearing() + self.line(for: event).rendered(uncut) + "\n"
        statusShown = false
        return line
    }

    /// The text to write for the present state; empty where lines cannot be overwritten.
    package mutating func text(for status: Status) -> String {
        guard interactive else { return "" }
        // A line as wide as the terminal would wrap in some of them, and then not be overwritten.
        let narrower = TextStyle(width: style.width - 1, color: style.color, unicode: style.unicode)
        let text = clearing() + line(for: status).rendered(narrower)
        statusShown = true
        return text
    }

    /// What has to be written before anybody else may write.
    package mutating func finish() -> String {
        defer { statusShown = false }
        return clearing()
    }

    private func clearing() -> String {
        interactive && statusShown ? "\r\u{1B}[K" : ""
    }
}

// MARK: - Lines

extension LivePhaseLine {
    private static let textColumn = 10

    private func line(for event: Event) -> StyledText {
        switch event {
        case .began(let kind, let start, let decided, let number):
            var line = opening(start)
            line.add(title(kind, number), .phase(kind))
            addDelay(decided - start, to: &line)
            return line
        case .relabelled(let from, let to, let start, let decided, let number):
            var line = opening(start)
            line.add(title(to, number), .phase(to))
            line.add("  was taken for \(Wording.name(from))", .faint)
            addDelay(decided - start, to: &line)
            return line
        case .scored(let bout, _):
            return scored(bout)
        case .ended(let time):
            var line = opening(time)
            line.add("end of the recording", .heading)
            return line
        }
    }

    private func opening(_ time: Double) -> StyledText {
        var line = StyledText()
        line.add(Wording.clock(time) ?? "", endingAt: Self.textColumn - 2, .faint)
        line.pad(to: Self.textColumn)
        return line
    }

    private func title(_ kind: PhaseKind, _ number: Int?) -> String {
        let name = Wording.name(kind)
        guard kind.isWork else { return name }
        return number.map { "\(name.uppercased()) \($0)" } ?? name.uppercased()
    }

    private func addDelay(_ delay: Double, to line: inout StyledText) {
        guard delay > 0, let seconds = Wording.number(delay, decimals: 1) else { return }
        line.add("  seen after \(seconds) s", .faint)
    }

    private func scored(_ bout: BoutResult) -> StyledText {
        let ink: Ink = bout.effort == nil ? .faint : bout.onTarget ? .good : .bad
        var line = opening(bout.end)
        line.add(bout.effort == nil ? "  " : bout.onTarget ? glyphs.reached : glyphs.missed, ink)
        line.add(" \(Wording.name(bout.kind)) \(bout.number): ")
        if let percent = Wording.percent(bout.effort) {
            line.add(percent, ink)
            line.add(bout.basis == .heartRate ? " of maximum heart rate" : " of maximum speed")
        } else {
            line.add("effort unknown", ink)
        }
        var details: [String] = []
        if let length = Wording.length(bout.end - bout.start) { details.append(length) }
        if let speed = Wording.number(bout.meanSpeed, decimals: 2) { details.append("\(speed) m/s") }
        if let peak = Wording.number(bout.peakHeartRate, decimals: 0) { details.append("peak \(peak) bpm") }
        for detail in details { line.add(glyphs.separator + detail, .faint) }
        return line
    }

    /// `3/5, 12 s left` in a bout, `3/5 in 1:05` before one, `cool-down 4:10 left` after the last.
    private func planText(_ state: PlanProgress.State) -> String? {
        if state.isComplete { return "plan done" }
        guard let left = Wording.length(state.left.magnitude) else { return nil }
        let bout = state.bout.map { "\($0)/\(state.bouts)" }
        if state.step.kind.isWork {
            return bout.map { state.left >= 0 ? "\($0), \(left) left" : "\($0), \(left) over" }
        }
        guard let next = state.next, let bout, next.kind.isWork else {
            return state.left >= 0 ? "\(Wording.name(state.step.kind)) \(left) left" : nil
        }
        return state.left >= 0
            ? "\(Wording.name(next.kind)) \(bout) in \(left)" : "\(Wording.name(next.kind)) \(bout) due"
    }

    private func line(for status: Status) -> StyledText {
        var line = opening(status.time)
        guard let phase = status.phase else {
            line.add("waiting for movement", .faint)
            return line
        }
        line.add(title(phase, nil), .phase(phase))
        line.pad(to: Self.textColumn + 10)
        if let since = status.since { line.add(Wording.clock(status.time - since) ?? "", endingAt: 27) }
        if let speed = Wording.number(status.speed, decimals: 1) { line.add("\(speed) m/s", endingAt: 38) }
        if let rate = Wording.number(status.heartRate, decimals: 0) { line.add("\(rate) bpm", endingAt: 47, .heart) }
        let plan = status.plan.flatMap(planText)
        guard phase.isWork, let effort = status.effort, let percent = Wording.percent(effort) else {
            if let plan, line.columns + 2 + DisplayWidth.columns(of: plan) < style.width { line.add("  " + plan) }
            return line
        }
        // The bout's own target, where the plan has one.
        let target = status.plan?.target ?? status.target
        let ink: Ink = effort >= target ? .good : .bad
        line.add(percent, endingAt: 54, ink)
        line.add(" ")
        line.add(effort >= target ? glyphs.reached : glyphs.missed, ink)
        if let plan, line.columns + 2 + DisplayWidth.columns(of: plan) < style.width { line.add(plan + "  ") }
        let cells = min(style.width - 1 - line.columns, 20)
        guard cells >= 5 else { return line }
        let bar = glyphs.bar(effort, cells: cells)
        line.add(bar.filled, ink)
        line.add(bar.rest, .faint)
        return line
    }
}
