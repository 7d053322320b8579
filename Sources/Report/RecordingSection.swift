// SPDX-License-Identifier: GPL-3.0-or-later
internal import Analysis
internal import Scoring
internal import Segmentation

/// The sensors, how good the recording is, and what a reader should know before trusting the figures.
struct RecordingSection {
    let document: AnalysisDocument
    let style: TextStyle
    let glyphs: Glyphs

    private static let mostGaps = 4

    func lines() -> [StyledText] {
        var lines: [StyledText] = []
        if !document.source.sensors.isEmpty {
            lines.append(StyledText(" Sensors", .heading))
            for sensor in document.source.sensors { lines += row(sensor) }
        }
        if !lines.isEmpty { lines.append(StyledText()) }
        lines += quality()
        let notes = notes()
        if !notes.isEmpty { lines.append(StyledText()) }
        for note in notes {
            lines += Flow.paragraph(note, ink: .caution, after: StyledText(" ! ", .caution), style: style)
        }
        return lines
    }

    private func row(_ sensor: AnalysisDocument.Sensor) -> [StyledText] {
        var first = StyledText("   ")
        let kind = sensor.kind == "heart_rate" ? "heart rate" : sensor.kind
        first.add(DisplayWidth.printable(kind, unicode: glyphs.unicode), sensor.used ? .plain : .faint)
        first.pad(to: 14)
        first.add(" ")
        var parts = [DisplayWidth.printable(sensor.id, unicode: glyphs.unicode)]
        if let name = sensor.name {
            let shown = DisplayWidth.printable(name, unicode: glyphs.unicode)
            if !shown.isEmpty { parts.append(shown) }
        }
        if let battery = sensor.battery { parts.append("battery \(battery) %") }
        if let convention = sensor.cadenceConvention {
            parts.append("cadence \(DisplayWidth.printable(convention, unicode: glyphs.unicode))")
        }
        if let other = sensor.sameAs {
            parts.append("same device as \(DisplayWidth.printable(other, unicode: glyphs.unicode))")
        }
        if !sensor.used { parts.append("not used") }
        return Flow.list(
            parts.map { ($0, sensor.used ? .plain : .faint) }, separator: glyphs.separator, after: first, style: style)
    }

    private func quality() -> [StyledText] {
        let quality = document.quality
        let unit = ["fit", "csv", "tcx"].contains(document.source.kind) ? "record" : "frame"
        var parts = [Wording.count(quality.frames, unit)]
        if quality.badFrames > 0 { parts.append("\(quality.badFrames) bad") }
        if quality.droppedFrames > 0 { parts.append("\(quality.droppedFrames) dropped") }
        if quality.badFrames == 0, quality.droppedFrames == 0, quality.frames > 0 { parts.append("none bad") }
        if quality.heartRateArtefacts > 0 {
            parts.append(Wording.count(quality.heartRateArtefacts, "heart-rate artefact"))
        }
        if quality.speedOutliers > 0 { parts.append(Wording.count(quality.speedOutliers, "speed outlier")) }
        if quality.lostMessages > 0 { parts.append(Wording.count(quality.lostMessages, "lost message")) }
        parts.append(quality.gaps.isEmpty ? "no gaps" : Wording.count(quality.gaps.count, "gap"))
        var lines = [StyledText(" Recording", .heading)]
        lines += Flow.list(
            parts.map { ($0, .plain) }, separator: glyphs.separator, after: StyledText("   "), style: style)
        // The longest say most; ties and what is shown stay in time order.
        let byLength = quality.gaps.enumerated().sorted { left, right in
            (right.element.length, left.offset) < (left.element.length, right.offset)
        }
        let longest = byLength.prefix(Self.mostGaps).sorted { $0.offset < $1.offset }.map(\.element)
        for gap in longest {
            guard let start = Wording.clock(gap.start), let end = Wording.clock(gap.end),
                let length = Wording.shortLength(gap.end - gap.start)
            else { continue }
            let sensor = DisplayWidth.printable(gap.sensor, unicode: glyphs.unicode)
            lines += Flow.paragraph(
                "gap \(start)\(glyphs.range)\(end) (\(length)) \(sensor)", ink: .faint, after: StyledText("   "),
                style: style)
        }
        if quality.gaps.count > Self.mostGaps {
            lines.append(StyledText("   and \(quality.gaps.count - Self.mostGaps) shorter gaps", .faint))
        }
        return lines
    }

    private func notes() -> [String] {
        var notes: [String] = []
        let scoredOnSpeed = document.sprints.contains { $0.effortBasis == .speed }
        let scoredOnHeartRate = document.sprints.contains { $0.effortBasis == .heartRate }
        if scoredOnSpeed, document.athlete.maxSpeed?.basis == .estimated {
            notes.append("estimated maximum speed: calibrate to make the effort exact")
        }
        if scoredOnHeartRate, document.athlete.maxHeartRate?.basis == .estimated {
            notes.append("estimated maximum heart rate: measure it to make the effort exact")
        }
        if scoredOnHeartRate, !scoredOnSpeed {
            notes.append("effort from heart rate alone: it lags a sprint, so trust it less than speed")
        }
        notes += document.quality.notes.map { DisplayWidth.printable($0, unicode: glyphs.unicode) }
        return notes
    }
}

extension AnalysisDocument.Gap {
    /// Seconds.
    fileprivate var length: Double { end - start }
}
