// SPDX-License-Identifier: GPL-3.0-or-later
internal import Analysis
internal import Report
internal import Segmentation
internal import SocketProtocol

// The lists below: the session so far, sprints, sensors.

extension LiveScreen {
    // MARK: The session so far

    /// A strip of all phases, and what its ends stand for.
    ///
    /// - Returns: rows used.
    mutating func paintTimeline(_ athlete: LiveAthlete, in area: Area) -> Int {
        let end = athlete.clock ?? 0
        guard end > 0, !athlete.phases.isEmpty, area.height >= 3, area.width >= 12 else { return 0 }
        let phases = athlete.phases
        let layout = TimelineLayout(
            phases.map { .init(start: $0.start, end: $0.end ?? end, isWork: $0.kind.isWork) }, duration: end,
            columns: area.width - 4)
        // More rows would take the lists' place: the last ones are the present.
        for (offset, cell) in layout.cells.suffix(layout.columns).enumerated() {
            guard let cell, phases.indices.contains(cell) else { continue }
            let kind = phases[cell].kind
            // Bouts stand out above all else.
            if kind.isWork { canvas.write(glyphs.cell(kind), in: area, row: 0, at: 2 + offset, .phase(kind)) }
            canvas.write(glyphs.cell(kind), in: area, row: 1, at: 2 + offset, .phase(kind))
        }
        let start = layout.rows > 1 ? layout.duration * Double(layout.rows - 1) / Double(layout.rows) : 0
        canvas.write(Wording.clock(start) ?? "", in: area, row: 2, at: 2, .faint)
        canvas.write(Wording.clock(end) ?? "", in: area, row: 2, endingAt: area.width - 2, .faint)
        return 3
    }

    // MARK: Where the lists stand

    mutating func paintLists(_ athlete: LiveAthlete, in area: Area) {
        guard area.height > 0 else { return }
        let sensors = listedSensors(athlete)
        let sensorRows = max(sensors.count + listedDevices.count, 1)
        let boutRows = max(athlete.bouts.count, 1) + 1
        // Beside each other where they do not fit one above the other.
        if area.width >= 110, boutRows + sensorRows + 2 > area.height {
            var left = area
            left.width = area.width * 11 / 20
            var right = area
            right.column += left.width + 1
            right.width -= left.width + 1
            paintBouts(athlete, in: left, withTitle: true)
            paintSensors(sensors, in: right)
            return
        }
        // Sprints come first, but a dead battery has to be seen too.
        let wanted = min(sensorRows, 3) + 2
        guard area.height >= 7 else {
            var bouts = area
            bouts.height -= 1
            paintBouts(athlete, in: bouts, withTitle: true)
            return paintSensorSummary(athlete, in: area, row: area.height - 1)
        }
        var top = area
        top.height = min(boutRows, area.height - wanted)
        paintBouts(athlete, in: top, withTitle: true)
        paintSensors(sensors, in: area.below(top.height + 1))
    }

    // MARK: Sprints

    /// The newest at the bottom; older ones go when there is no room.
    mutating func paintBouts(_ athlete: LiveAthlete, in area: Area, withTitle: Bool) {
        guard area.height > 0 else { return }
        // Number, start, length, effort and mark are always there; the rest as there is room.
        let isWide = area.width >= 56
        let bar = isWide ? min(max(area.width - 66, 0), 24) : 0
        let hasBar = bar >= 5
        let speedEnd = 30 + (hasBar ? bar + 1 : 0) + 6
        let first = withTitle ? 1 : 0
        let rows = area.height - first
        let bouts = athlete.bouts.enumerated().suffix(max(rows, 0))
        if withTitle {
            let more = athlete.omittedBouts + athlete.bouts.count - bouts.count
            canvas.write("Sprints", in: area, row: 0, at: 1, .heading)
            if more > 0 { canvas.write("\(more) earlier", in: area, row: 0, at: 10, .faint) }
            if isWide, !athlete.bouts.isEmpty {
                canvas.write("effort", in: area, row: 0, endingAt: 27, .faint)
                canvas.write("m/s", in: area, row: 0, endingAt: speedEnd, .faint)
                canvas.write("peak", in: area, row: 0, endingAt: speedEnd + 6, .faint)
                canvas.write("fall 30  60  90 s", in: area, row: 0, at: speedEnd + 7, .faint)
            }
            if athlete.bouts.isEmpty { canvas.write("none yet", in: area, row: 1, at: 3, .faint) }
        }
        for (offset, (index, bout)) in bouts.enumerated() {
            let row = first + offset
            let ink: Ink = bout.effort == nil ? .faint : bout.onTarget ? .good : .bad
            canvas.write("\(athlete.omittedBouts + index + 1)", in: area, row: row, endingAt: 4, .heading)
            canvas.write(Wording.clock(bout.start) ?? "", in: area, row: row, endingAt: 12)
            canvas.write(Wording.length(bout.end - bout.start) ?? "", in: area, row: row, endingAt: 19)
            canvas.write(Wording.percent(bout.effort) ?? glyphs.absent, in: area, row: row, endingAt: 26, ink)
            let mark = bout.effort == nil ? "" : bout.onTarget ? glyphs.reached : glyphs.missed
            canvas.write(mark, in: area, row: row, at: 27, ink)
            guard isWide else {
                let texts = falls(bout).map { $0 == nil ? glyphs.absent : fallText($0) }
                if falls(bout).contains(where: { $0 != nil }) {
                    canvas.write(texts.joined(separator: "/"), in: area, row: row, at: 30, .faint)
                }
                continue
            }
            if hasBar {
                let parts = glyphs.bar(bout.effort ?? 0, cells: bar, rounding: bout.onTarget ? .up : .down)
                let column = canvas.write(parts.filled, in: area, row: row, at: 30, ink)
                canvas.write(parts.rest, in: area, row: row, at: column, .faint)
            }
            canvas.write(Wording.number(bout.meanSpeed, decimals: 2) ?? "", in: area, row: row, endingAt: speedEnd)
            canvas.write(
                Wording.number(bout.peakHeartRate, decimals: 0) ?? "", in: area, row: row, endingAt: speedEnd + 6,
                .heart)
            for (index, fall) in falls(bout).enumerated() {
                canvas.write(fallText(fall), in: area, row: row, endingAt: speedEnd + 14 + 4 * index)
            }
        }
    }

    private func falls(_ bout: AnalysisDocument.Sprint) -> [Double?] {
        [bout.recovery30, bout.recovery60, bout.recovery90]
    }

    /// A fall is written without a sign; a heart rate that rose has a plus.
    private func fallText(_ fall: Double?) -> String {
        guard let fall, let text = Wording.number(fall.magnitude, decimals: 0) else { return "" }
        return fall <= -0.5 ? "+" + text : text
    }

    // MARK: Sensors

    /// The athlete's own, then those that are nobody's.
    private func listedSensors(_ athlete: LiveAthlete) -> [SensorStatus] {
        state.sensors.filter { $0.athlete == athlete.name } + state.sensors.filter { $0.athlete == nil }
    }

    /// A radio that works is not worth a line.
    private var listedDevices: [DeviceStatus] { state.devices.filter { $0.state == .absent || $0.state == .failed } }

    private mutating func paintSensors(_ sensors: [SensorStatus], in area: Area) {
        guard area.height > 1 else { return }
        var area = area
        // The eye has to find the way from the name to the state.
        area.width = min(area.width, 100)
        canvas.write("Sensors", in: area, row: 0, at: 1, .heading)
        if state.droppedFrames > 0 {
            canvas.write(
                "\(Wording.count(state.droppedFrames, "frame")) dropped", in: area, row: 0, at: 10, .caution)
        }
        var row = 1
        for device in listedDevices where row < area.height {
            let text = device.message.map { "\(device.name): \($0)" } ?? "\(device.name): \(device.state.rawValue)"
            canvas.write(printable(text), in: area, row: row, at: 3, device.state == .failed ? .bad : .caution)
            row += 1
        }
        if sensors.isEmpty, row < area.height {
            canvas.write("none heard", in: area, row: row, at: 3, .faint)
        }
        for (index, sensor) in sensors.enumerated() where row < area.height {
            if row == area.height - 1, index < sensors.count - 1 {
                canvas.write("and \(sensors.count - index) more", in: area, row: row, at: 3, .faint)
                return
            }
            paint(sensor, in: area, row: row)
            row += 1
        }
    }

    private mutating func paint(_ sensor: SensorStatus, in area: Area, row: Int) {
        let right = area.width - 2
        let (text, ink) = situation(sensor)
        canvas.write(text, in: area, row: row, endingAt: right, ink)
        var end = right - max(DisplayWidth.columns(of: text), 9) - 2
        if let (text, ink) = battery(sensor) { canvas.write(text, in: area, row: row, endingAt: end, ink) }
        end -= 9
        let hasNumber = area.width >= 66 || !style.unicode
        if let signal = sensor.signal {
            if hasNumber { canvas.write("\(signal) dBm", in: area, row: row, endingAt: end, .faint) }
            if style.unicode {
                canvas.write(
                    strength(signal), in: area, row: row, endingAt: end - (hasNumber ? 9 : 0),
                    signal < -85 ? .caution : .good)
            }
        }
        end -= (hasNumber ? 9 : 0) + (style.unicode ? 5 : 0)
        var left = area
        left.width = max(end, 16)
        let column = canvas.write(kindText(sensor), in: left, row: row, at: 3)
        let name = sensor.name.map { "\($0)  " } ?? ""
        canvas.write(printable("\(name)\(sensor.id)"), in: left, row: row, at: max(column + 2, 15), .faint)
    }

    /// In percent where the sensor says so, else in its own word.
    private func battery(_ sensor: SensorStatus) -> (String, Ink)? {
        if let percent = sensor.battery {
            return ("\(percent) %", percent <= 10 ? .bad : percent <= 20 ? .caution : .plain)
        }
        guard let word = sensor.batteryState else { return nil }
        return (printable(word), word == "critical" ? .bad : word == "low" ? .caution : .plain)
    }

    private func kindText(_ sensor: SensorStatus) -> String {
        printable(String((sensor.kind ?? "sensor").map { $0 == "_" ? " " : $0 }))
    }

    /// Four bars of rising height.
    private func strength(_ signal: Int) -> String {
        let count = signal >= -60 ? 4 : signal >= -72 ? 3 : signal >= -85 ? 2 : 1
        return ["▂", "▄", "▆", "█"].prefix(count).joined() + String(repeating: " ", count: 4 - count)
    }

    private func situation(_ sensor: SensorStatus) -> (String, Ink) {
        switch sensor.state {
        case .searching: return ("searching", .caution)
        case .lost: return ("lost", .bad)
        case .connected:
            if let silence = sensor.silence, silence >= 5, let text = Wording.length(silence) {
                return ("silent \(text)", .caution)
            }
            return ("connected", .good)
        }
    }

    mutating func paintSensorSummary(_ athlete: LiveAthlete, in area: Area, row: Int) {
        let sensors = listedSensors(athlete)
        var column = 1
        if let device = listedDevices.first {
            canvas.write(
                printable(device.message ?? "\(device.name) \(device.state.rawValue)"), in: area, row: row, at: column,
                .bad)
            return
        }
        guard !sensors.isEmpty else {
            canvas.write("no sensor heard", in: area, row: row, at: column, .faint)
            return
        }
        for sensor in sensors {
            let (text, ink) = situation(sensor)
            column = canvas.write(kindText(sensor) + " ", in: area, row: row, at: column)
            if let (battery, ink) = battery(sensor), sensor.state == .connected {
                column = canvas.write(battery, in: area, row: row, at: column, ink) + 2
            } else {
                column = canvas.write(text, in: area, row: row, at: column, ink) + 2
            }
        }
    }
}
