// SPDX-License-Identifier: GPL-3.0-or-later
package import ActivityFile
import Analysis
import FIT
import Measurement
import Report
import Segmentation

/// A session as a picture: speed and heart rate over time on the shades of its phases, the target as a line, and each sprint's effort.
package struct SessionPlot {
    /// Pixels: 16 to 9, which most places show whole.
    package static let width = 1200.0
    package static let height = 675.0

    private static let left = 64.0
    private static let right = width - 40
    private static let top = 124.0
    private static let bottom = height - 76
    private static let gap = 22.0

    let activity: Activity
    private let theme: PlotTheme
    /// Seconds over the whole width.
    let duration: Double

    package init(_ activity: Activity, theme: PlotTheme) {
        self.activity = activity
        self.theme = theme
        duration = max(Double(activity.wholeDuration), 1)
    }

    /// A panel of the picture: one quantity over time.
    private struct Panel {
        var top: Double
        var bottom: Double
        var low: Double
        var high: Double
        func y(_ value: Double) -> Double {
            bottom - (min(max(value, low), high) - low) / (high - low) * (bottom - top)
        }
    }

    package var svg: String {
        var canvas = SVGCanvas()
        canvas.rectangle(x: 0, y: 0, width: Self.width, height: Self.height, fill: theme.background)
        drawHeading(&canvas)
        let speeds = stretches(\.speed)
        let rates = stretches(\.heartRate)
        let middle = Self.top + (Self.bottom - Self.top - Self.gap) * 0.62
        switch (speeds.isEmpty, rates.isEmpty) {
        case (false, false):
            drawSpeed(speeds, from: Self.top, to: middle, &canvas)
            drawHeartRate(rates, from: middle + Self.gap, to: Self.bottom, showsEfforts: false, &canvas)
        case (false, true): drawSpeed(speeds, from: Self.top, to: Self.bottom, &canvas)
        case (true, false): drawHeartRate(rates, from: Self.top, to: Self.bottom, showsEfforts: true, &canvas)
        case (true, true):
            drawPanel(Panel(top: Self.top, bottom: Self.bottom, low: 0, high: 1), name: "nothing was measured", &canvas)
        }
        drawTime(&canvas)
        drawLegend(&canvas)
        let size = "width=\"\(Int(Self.width))\" height=\"\(Int(Self.height))\""
        return """
            <svg xmlns="http://www.w3.org/2000/svg" \(size) viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" \
            font-family="Inter, 'Helvetica Neue', Helvetica, Arial, 'DejaVu Sans', sans-serif">
            <title>\(SVGCanvas.escaped(heading))</title>
            <defs>\
            \(Self.gradient("speed", from: Self.top, to: rates.isEmpty ? Self.bottom : middle))\
            <stop offset="0" stop-color="\(theme.speed)" stop-opacity="0.55"/>\
            <stop offset="1" stop-color="\(theme.speed)" stop-opacity="0.04"/></linearGradient>\
            \(Self.gradient("heart", from: speeds.isEmpty ? Self.top : middle + Self.gap, to: Self.bottom))\
            <stop offset="0" stop-color="\(theme.heartRate)" stop-opacity="0.38"/>\
            <stop offset="1" stop-color="\(theme.heartRate)" stop-opacity="0.02"/></linearGradient></defs>

            """ + canvas.body + "</svg>\n"
    }

    /// Over a whole panel, so that all stretches of a curve that breaks off fade alike.
    private static func gradient(_ name: String, from top: Double, to bottom: Double) -> String {
        let (start, end) = (SVGCanvas.number(top), SVGCanvas.number(bottom))
        return
            "<linearGradient id=\"\(name)\" gradientUnits=\"userSpaceOnUse\" x1=\"0\" y1=\"\(start)\" x2=\"0\" y2=\"\(end)\">"
    }

    private func x(_ second: Double) -> Double {
        Self.left + min(max(second / duration, 0), 1) * (Self.right - Self.left)
    }

    // MARK: Words

    private var heading: String {
        let document = activity.document
        var parts: [String] = []
        if let name = document.athlete.name { parts.append(name) }
        let work = document.phases.filter(\.kind.isWork)
        if document.score.sprints > 0 {
            parts.append(Wording.count(document.score.sprints, "sprint"))
            let onTarget = document.score.onTarget
            switch onTarget {
            case 0: parts.append("none on target")
            case document.score.sprints: parts.append("all on target")
            default: parts.append("\(onTarget) on target")
            }
            let intervals = document.intervals.count
            if intervals > 0 { parts.append(Wording.count(intervals, "interval")) }
        } else if !work.isEmpty {
            parts.append(Wording.count(work.count, "interval"))
        } else {
            parts.append("no sprints")
        }
        return parts.joined(separator: " · ")
    }

    private var facts: String {
        let totals = ActivityTotals(activity.document.phases)
        var parts: [String] = []
        if FITProfile.dates.contains(activity.start) { parts.append(date) }
        parts.append(Wording.clock(activity.document.source.duration) ?? "–")
        if let distance = totals.distance, distance > 0 { parts.append(Self.decimal(distance / 1000, 2) + " km") }
        if let top = totals.maxSpeed { parts.append("top " + Self.decimal(top, 1) + " m/s") }
        if let peak = totals.peakHeartRate { parts.append("peak " + Self.decimal(peak, 0) + " bpm") }
        if let plan = activity.document.score.plan { parts.append("plan " + plan.name) }
        return parts.joined(separator: " · ")
    }

    private var date: String {
        let local = CalendarDate(unixSeconds: activity.start &+ activity.offsetFromUTC).basicISO8601
        let digits = Array(local)
        guard digits.count == 16 else { return local }
        func part(_ range: Range<Int>) -> String { String(digits[range]) }
        return "\(part(0..<4))-\(part(4..<6))-\(part(6..<8)) \(part(9..<11)):\(part(11..<13))"
    }

    private static func decimal(_ value: Double, _ decimals: Int) -> String {
        Wording.number(value, decimals: decimals) ?? "–"
    }

    /// Rounded down, so that no 79.9 % reads as 80 %.
    private static func percent(_ share: Double) -> Int { Int(min(max(share, 0), 9.99) * 100 + 1e-9) }

    private func drawHeading(_ canvas: inout SVGCanvas) {
        canvas.text(
            heading, at: .init(x: 40, y: 58), size: heading.count > 46 ? 24 : 30, fill: theme.ink, weight: 700)
        canvas.text(facts, at: .init(x: 40, y: 90), size: 17, fill: theme.faint)
        guard let score = activity.document.score.value else { return }
        let text = Self.decimal(min(max(score, 0), 100).rounded(.down), 0)
        canvas.text(text, at: .init(x: Self.width - 92, y: 78), size: 58, fill: theme.ink, anchor: .end, weight: 700)
        canvas.text("of 100", at: .init(x: Self.width - 86, y: 78), size: 15, fill: theme.faint)
        canvas.text("score", at: .init(x: Self.width - 86, y: 58), size: 15, fill: theme.faint)
    }

    // MARK: Panels

    /// - Parameter step: between the lines of the grid; `nil` for a panel without one.
    private func drawPanel(_ panel: Panel, name: String, step: Double? = nil, _ canvas: inout SVGCanvas) {
        canvas.rectangle(
            x: Self.left, y: panel.top, width: Self.right - Self.left, height: panel.bottom - panel.top,
            fill: theme.panel)
        for phase in activity.document.phases {
            let start = x(phase.start)
            canvas.rectangle(
                x: start, y: panel.top, width: x(phase.end) - start, height: panel.bottom - panel.top,
                fill: theme.phase(phase.kind), opacity: theme.shade(phase.kind))
        }
        if let step { drawGrid(panel, step: step, &canvas) }
        // After the grid, a line of which may lie behind it.
        canvas.text(
            name, at: .init(x: Self.left + 10, y: panel.top + 20), size: 14, fill: theme.faint, weight: 600,
            halo: theme.panel)
    }

    private func drawGrid(_ panel: Panel, step: Double, _ canvas: inout SVGCanvas) {
        var value = (panel.low / step).rounded(.up) * step
        while value <= panel.high + 1e-9 {
            let y = panel.y(value)
            canvas.line(from: .init(x: Self.left, y: y), to: .init(x: Self.right, y: y), stroke: theme.grid)
            canvas.text(
                Self.decimal(value, 0), at: .init(x: Self.left - 9, y: y + 5), size: 13, fill: theme.faint, anchor: .end
            )
            value += step
        }
    }

    private func drawTarget(_ value: Double, _ text: String, in panel: Panel, _ canvas: inout SVGCanvas) {
        guard value > panel.low, value < panel.high else { return }
        let y = panel.y(value)
        canvas.line(
            from: .init(x: Self.left, y: y), to: .init(x: Self.right, y: y), stroke: theme.target, width: 1.6,
            dash: "7 5")
        canvas.text(
            text, at: .init(x: Self.right - 8, y: y - 7), size: 13, fill: theme.target, anchor: .end, weight: 600,
            halo: theme.panel)
    }

    private func drawSpeed(
        _ stretches: [[(second: Double, value: Double)]], from top: Double, to bottom: Double,
        _ canvas: inout SVGCanvas
    ) {
        let document = activity.document
        let peak = stretches.joined().map(\.value).max() ?? 1
        let goal = document.athlete.maxSpeed.map { $0.value * document.score.target }
        // A file can say anything; a grid has to end.
        let highest = min(max(peak, document.sprints.isEmpty ? 0 : goal ?? 0, 1), 30)
        let step = highest > 9 ? 3.0 : highest > 4 ? 2.0 : 1.0
        // Room above the curve for what is written there.
        let panel = Panel(top: top, bottom: bottom, low: 0, high: highest * 1.3)
        drawPanel(panel, name: "speed, m/s", step: step, &canvas)
        for stretch in stretches {
            let points = stretch.map { SVGCanvas.Point(x: x($0.second), y: panel.y($0.value)) }
            canvas.area(points, downTo: panel.bottom, fill: "url(#speed)")
            canvas.curve(points, stroke: theme.speed, width: 1.8)
        }
        let showsTarget = document.sprints.contains { $0.effortBasis == .speed }
        if showsTarget, let goal {
            drawTarget(
                goal, "\(Self.percent(document.score.target)) % · \(Self.decimal(goal, 2)) m/s", in: panel, &canvas)
        }
        drawEfforts(in: panel, target: showsTarget ? goal : nil, basis: .speed, &canvas) { bout in
            ((bout.start + bout.end) / 2, bout.maxSpeed ?? bout.meanSpeed)
        }
    }

    private func drawHeartRate(
        _ stretches: [[(second: Double, value: Double)]], from top: Double, to bottom: Double, showsEfforts: Bool,
        _ canvas: inout SVGCanvas
    ) {
        let document = activity.document
        let values = stretches.joined().map(\.value)
        let goal = document.athlete.maxHeartRate.map { $0.value * document.score.target }
        let showsTarget = document.sprints.contains { $0.effortBasis == .heartRate }
        let highest = min(max(values.max() ?? 100, showsTarget ? goal ?? 0 : 0), 300)
        let lowest = (min(max(values.min() ?? 60, 0), 260) / 20).rounded(.down) * 20
        let span = max(highest - lowest, 40)
        let panel = Panel(top: top, bottom: bottom, low: lowest, high: lowest + span * (showsEfforts ? 1.3 : 1.22))
        drawPanel(panel, name: "heart rate, bpm", step: span > 100 && !showsEfforts ? 40 : 20, &canvas)
        for stretch in stretches {
            let points = stretch.map { SVGCanvas.Point(x: x($0.second), y: panel.y($0.value)) }
            canvas.area(points, downTo: panel.bottom, fill: "url(#heart)")
            canvas.curve(points, stroke: theme.heartRate, width: 2)
        }
        if showsTarget, let goal {
            drawTarget(
                goal, "\(Self.percent(document.score.target)) % · \(Self.decimal(goal, 0)) bpm", in: panel, &canvas)
        }
        if showsEfforts {
            drawEfforts(in: panel, target: showsTarget ? goal : nil, basis: .heartRate, &canvas) { bout in
                let peak = peak(of: bout)
                return (peak.map { Double($0.second) } ?? bout.end, peak?.heartRate)
            }
        } else {
            drawPeaks(in: panel, &canvas)
        }
    }

    /// Sprints and intervals, in time order.
    private var bouts: [AnalysisDocument.Sprint] {
        (activity.document.sprints + activity.document.intervals).sorted { $0.start < $1.start }
    }

    /// Of an effort. What nobody asked of an interval it cannot have missed.
    private func colour(of bout: AnalysisDocument.Sprint) -> String {
        let document = activity.document
        let isInterval = document.intervals.contains { $0.start == bout.start }
        if isInterval, document.score.plan?.steps.contains(where: { $0.interval == bout.index }) != true {
            return theme.ink
        }
        return bout.onTarget ? theme.reached : theme.missed
    }

    /// Pixels from one bout to the next, where they lie closest.
    private var spacing: Double {
        let middles = bouts.map { x(($0.start + $0.end) / 2) }
        return zip(middles.dropFirst(), middles).map { $0 - $1 }.min() ?? .infinity
    }

    /// - Parameters:
    ///   - basis: of the panel; an effort on another is marked.
    ///   - place: where a bout's effort is written: above this second and this value.
    private func drawEfforts(
        in panel: Panel, target: Double?, basis: Evidence, _ canvas: inout SVGCanvas,
        place: (AnalysisDocument.Sprint) -> (second: Double, level: Double?)
    ) {
        let spacing = spacing
        let size = spacing > 58 ? 17.0 : spacing > 40 ? 14 : 11
        var previous = -Double.infinity
        for bout in bouts {
            guard let effort = bout.effort else { continue }
            let isByHeartRate = basis == .speed && bout.effortBasis == .heartRate
            let unit = isByHeartRate ? (spacing > 90 ? " % HR" : " HR") : spacing > 46 ? " %" : ""
            let text = "\(Self.percent(effort))" + unit
            let width = Double(text.count) * size * 0.62
            let (second, level) = place(bout)
            let middle = x(second)
            // Where they would run into each other some are left out: the table of the report has them all.
            guard middle - previous > width else { continue }
            previous = middle
            var y = panel.y(level ?? panel.low) - 12
            // Not on the dashes of the target.
            if let target, (panel.y(target) - 4...panel.y(target) + size + 3).contains(y) { y = panel.y(target) - 8 }
            canvas.text(
                text, at: .init(x: min(max(middle, Self.left + width / 2 + 6), Self.right - width / 2 - 6), y: y),
                size: size,
                fill: colour(of: bout), anchor: .middle, weight: 700, halo: theme.panel)
        }
    }

    /// The peak of the heart rate comes up to half a minute after the sprint.
    private func peak(of bout: AnalysisDocument.Sprint) -> ActivityTrack.Point? {
        activity.track.points(from: bout.start, to: bout.end + 31).lazy.filter { $0.heartRate != nil }
            .max { ($0.heartRate ?? 0) < ($1.heartRate ?? 0) }
    }

    private func drawPeaks(in panel: Panel, _ canvas: inout SVGCanvas) {
        let spacing = spacing
        for bout in bouts {
            guard let peak = bout.peakHeartRate else { continue }
            guard let point = self.peak(of: bout), let rate = point.heartRate else { continue }
            let place = SVGCanvas.Point(x: x(Double(point.second)), y: panel.y(rate))
            canvas.circle(place, radius: 3.4, fill: theme.panel, stroke: theme.heartRate, width: 2)
            if spacing > 34 {
                canvas.text(
                    Self.decimal(peak, 0), at: .init(x: place.x, y: place.y - 9), size: 12, fill: theme.heartRate,
                    anchor: .middle, weight: 600, halo: theme.panel)
            }
        }
    }

    // MARK: Below

    private func drawTime(_ canvas: inout SVGCanvas) {
        let minutes = duration / 60
        let step =
            [0.25, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 360, 720, 1440].first { minutes / $0 <= 12 } ?? minutes / 12
        var tick = 0.0
        while tick <= minutes + 1e-9 {
            let place = x(tick * 60)
            canvas.line(
                from: .init(x: place, y: Self.bottom), to: .init(x: place, y: Self.bottom + 6), stroke: theme.faint)
            let text = step < 1 ? Wording.clock(tick * 60) ?? "–" : Self.decimal(tick, 0)
            canvas.text(
                text + (tick == 0 && step >= 1 ? " min" : ""), at: .init(x: place, y: Self.bottom + 22), size: 13,
                fill: theme.faint, anchor: tick == 0 ? .start : .middle)
            tick += step
        }
    }

    private func drawLegend(_ canvas: inout SVGCanvas) {
        let used = PhaseKind.allCases.filter { kind in activity.document.phases.contains { $0.kind == kind } }
        var place = Self.left
        let y = Self.height - 20
        for kind in used {
            canvas.rectangle(
                x: place, y: y - 11, width: 14, height: 14, fill: theme.phase(kind),
                opacity: min(theme.shade(kind) * 3, 1), radius: 3)
            let name = Wording.name(kind)
            canvas.text(name, at: .init(x: place + 20, y: y), size: 13, fill: theme.faint)
            place += 44 + Double(name.count) * 7.4
        }
        canvas.text("sprintd", at: .init(x: Self.right, y: y), size: 13, fill: theme.faint, anchor: .end, weight: 600)
    }
}
