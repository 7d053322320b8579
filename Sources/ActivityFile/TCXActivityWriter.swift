// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import FIT
import Measurement
import Segmentation

/// An activity as Garmin's Training Center XML: a lap for each phase, a track point for each second.
///
/// The schema demands a lap's calories and distance; what was not measured is 0 there, and absent everywhere else. It knows two intensities:
/// `Active` for work, `Resting` for rest and recovery, and the phase's name stands in the lap's notes.
///
/// Source: Garmin TrainingCenterDatabase v2 and ActivityExtension v2 schemas.
package struct TCXActivityWriter {
    private let activity: Activity

    package init(_ activity: Activity) { self.activity = activity }

    package func write<Failure: Error>(_ body: (Span<UInt8>) throws(Failure) -> Void) throws(Failure) {
        var text = TextPieces()
        text += """
            <?xml version="1.0" encoding="UTF-8"?>
            <TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2" \
            xmlns:ns3="http://www.garmin.com/xmlschemas/ActivityExtension/v2" \
            xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
            <Activities>
            <Activity Sport="Running">
            <Id>\(date(0))</Id>

            """
        var points = activity.track.points[...]
        let phases = activity.document.phases
        for index in phases.indices {
            let isLast = index == phases.count - 1
            // As in a FIT file, a second at the edge of two phases belongs to the one before.
            let end = isLast ? .max : Int(min(max(phases[index].end, 0) + 0.5, 1e15))
            try write(phases[index], isLast: isLast, points: &points, until: end, &text, body)
        }
        if phases.isEmpty { try write(nil, isLast: true, points: &points, until: .max, &text, body) }
        text += "<Creator xsi:type=\"Device_t\"><Name>sprintd</Name><UnitId>0</UnitId><ProductID>0</ProductID>"
        let numbers = activity.version.split(separator: ".").map { UInt16($0) ?? 0 }
        text += "<Version><VersionMajor>\(numbers.first ?? 0)</VersionMajor>"
        text += "<VersionMinor>\(numbers.dropFirst().first ?? 0)</VersionMinor></Version></Creator>\n"
        text += "</Activity>\n</Activities>\n</TrainingCenterDatabase>\n"
        try text.drain(body)
    }

    /// - Parameter milliseconds: from the start.
    private func date(_ milliseconds: Int64) -> String {
        DateText.make(unixMilliseconds: activity.start &* 1000 &+ milliseconds)
    }

    private func write<Failure: Error>(
        _ phase: AnalysisDocument.Phase?, isLast: Bool, points: inout ArraySlice<ActivityTrack.Point>, until end: Int,
        _ text: inout TextPieces, _ body: (Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        let sums = ActivityTotals(phase.map { [$0] } ?? [])
        let start = phase.map(\.start) ?? 0
        let length = phase.map { $0.end - $0.start } ?? activity.document.source.duration
        func element(_ name: String, _ value: Double?, _ decimals: Int) {
            guard let value, value >= 0 else { return }
            text += "<\(name)>\(TextPieces.number(value, decimals: decimals))</\(name)>"
        }
        func rate(_ name: String, _ value: Double?) {
            guard let rate = Self.octet(value), rate > 0 else { return }
            text += "<\(name)><Value>\(rate)</Value></\(name)>"
        }
        text += "<Lap StartTime=\"\(date(Int64(min(max(start, 0), 1e12) * 1000 + 0.5)))\">\n"
        element("TotalTimeSeconds", length, 3)
        element("DistanceMeters", sums.distance ?? 0, 2)
        element("MaximumSpeed", sums.maxSpeed, 3)
        text += "<Calories>0</Calories>"
        rate("AverageHeartRateBpm", sums.meanHeartRate)
        rate("MaximumHeartRateBpm", sums.peakHeartRate)
        text += "<Intensity>\(phase.map { $0.kind == .rest || $0.kind == .recovery } ?? false ? "Resting" : "Active")"
        text += "</Intensity><TriggerMethod>Manual</TriggerMethod>\n"
        if let first = points.first, first.second <= end {
            text += "<Track>\n"
            while let point = points.first, point.second <= end {
                points = points.dropFirst()
                write(point, &text)
                try text.drainIfLarge(body)
            }
            text += "</Track>\n"
        }
        if let phase {
            text += "<Notes>"
            text.add(escaped: phase.kind.rawValue)
            text += "</Notes>"
        }
        let cadence = Self.octet(sums.cadence.map { $0 / 2 })
        if sums.meanSpeed != nil || cadence != nil {
            text += "<Extensions><ns3:LX>"
            element("ns3:AvgSpeed", sums.meanSpeed, 3)
            if let cadence { text += "<ns3:AvgRunCadence>\(cadence)</ns3:AvgRunCadence>" }
            text += "</ns3:LX></Extensions>"
        }
        text += "\n</Lap>\n"
    }

    private func write(_ point: ActivityTrack.Point, _ text: inout TextPieces) {
        text += "<Trackpoint><Time>\(date(Int64(point.second) &* 1000))</Time>"
        if let distance = point.distance {
            text += "<DistanceMeters>\(TextPieces.number(distance, decimals: 2))</DistanceMeters>"
        }
        if let rate = Self.octet(point.heartRate), rate > 0 {
            text += "<HeartRateBpm><Value>\(rate)</Value></HeartRateBpm>"
        }
        // One foot's, and whole: TCX has no fraction.
        let cadence = Self.octet(point.cadence.map { $0 / 2 })
        if point.speed != nil || cadence != nil {
            text += "<Extensions><ns3:TPX>"
            if let speed = point.speed { text += "<ns3:Speed>\(TextPieces.number(speed, decimals: 3))</ns3:Speed>" }
            if let cadence { text += "<ns3:RunCadence>\(cadence)</ns3:RunCadence>" }
            text += "</ns3:TPX></Extensions>"
        }
        text += "</Trackpoint>\n"
    }

    /// Rounded; `nil` beyond 254, which the schema has as the largest cadence, and as FIT does for a heart rate.
    private static func octet(_ value: Double?) -> UInt8? { FITProfile.raw(value, scale: 1, as: UInt8.self) }
}
