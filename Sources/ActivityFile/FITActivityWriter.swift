// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import FIT
import Measurement
import Segmentation

/// An activity as a FIT file.
///
///     file_id · file_creator · developer_data_id · field_description… · device_info… · sport
///     workout · workout_step…                      where the session was held against a plan
///     event (timer start)
///     record · hrv …                               a lap behind the last second of each phase
///     event (timer stop) · split… · split_summary… · session · activity
///
/// All times are whole seconds, as the format has it: the recording's start is rounded down, and what lies within it is rounded to the nearest.
/// Elapsed times keep their milliseconds.
///
/// Source: FIT profile; its order of messages in an activity: FIT SDK documentation, "Activity File".
package struct FITActivityWriter {
    typealias Common = FITProfile.Common

    /// Bytes that gather before they are handed over.
    private static let batch = 64 << 10

    let activity: Activity
    /// FIT's count of seconds.
    let start: UInt32

    /// - Returns: `nil` for a start that FIT cannot express: before July 1998, as of a recording without a date.
    package init?(_ activity: Activity) {
        // The last second has to fit too.
        guard let start = FITProfile.dateTime(unixSeconds: activity.start),
            FITProfile.dateTime(unixSeconds: activity.start + Int64(activity.wholeDuration) + 1) != nil
        else { return nil }
        self.activity = activity
        self.start = start
    }

    /// The whole file.
    package var bytes: [UInt8] {
        var file: [UInt8] = []
        let header = write { bytes in
            file.reserveCapacity(file.count + bytes.count)
            for index in bytes.indices { file.append(bytes[index]) }
        }
        file.replaceSubrange(0..<header.count, with: header)
        return file
    }

    /// Writes the file piece by piece.
    ///
    /// - Returns: what its first bytes are to be replaced by.
    package func write<Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) -> [UInt8] {
        var encoder = FITEncoder()
        writeIdentity(&encoder)
        writeDevices(&encoder)
        encoder.message(
            FITProfile.Message.sport,
            [
                .init(FITProfile.SportField.sport, .enum(FITProfile.Sport.running)),
                .init(FITProfile.SportWritten.subSport, .enum(activity.surface.rawValue)),
            ])
        writeWorkout(&encoder)
        writeTimer(FITProfile.EventType.start, at: start, &encoder)
        try writeRecordsAndLaps(&encoder, body)
        writeTimer(FITProfile.EventType.stopAll, at: end, &encoder)
        writeSplits(&encoder)
        writeSession(&encoder)
        encoder.finish()
        try encoder.drain(body)
        return encoder.header
    }

    var end: UInt32 { start + UInt32(clamping: activity.wholeDuration) }

    /// - Parameter seconds: from the recording's start.
    func time(_ seconds: Double) -> UInt32 {
        start + UInt32(min(max(seconds, 0) + 0.5, Double(activity.wholeDuration)))
    }

    private func writeTimer(_ type: UInt8, at time: UInt32, _ encoder: inout FITEncoder) {
        encoder.message(
            FITProfile.Message.event,
            [
                .init(FITProfile.timestampField, .uint32(time)),
                .init(FITProfile.Event.event, .enum(FITProfile.EventValue.timer)),
                .init(FITProfile.Event.type, .enum(type)),
            ])
    }

    // MARK: Records

    private func writeRecordsAndLaps<Failure: Error>(
        _ encoder: inout FITEncoder, _ body: (Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        var records = FITRecordEncoder(effortField: FITActivityField.effort, phaseField: FITActivityField.phase)
        let phases = activity.document.phases
        let basis = activity.effortBasis
        var cursor = Activity.PhaseCursor(phases)
        var lap = 0
        var beats = activity.track.beats[...]
        func intervals(upTo second: Int) -> ArraySlice<UInt16> {
            var milliseconds: [UInt16] = []
            while let beat = beats.first, beat.second <= second {
                beats = beats.dropFirst()
                milliseconds.append(FITProfile.milliseconds(rrTicks: beat.ticks))
            }
            return milliseconds[...]
        }
        for point in activity.track.points {
            while lap < phases.count, time(phases[lap].end) < start + UInt32(clamping: point.second) {
                writeLap(lap, &encoder)
                lap += 1
            }
            var values = FITRecordEncoder.Values(timestamp: start + UInt32(clamping: point.second))
            values.heartRate = point.heartRate
            values.speed = point.speed
            values.cadence = point.cadence.map { $0 / 2 }
            values.distance = point.distance
            values.effort = basis?.effort(point)
            values.phase = cursor.phase(at: point.second)?.kind.code
            records.write(values, to: &encoder)
            records.write(intervals: intervals(upTo: point.second), to: &encoder)
            if encoder.pendingBytes >= Self.batch { try encoder.drain(body) }
        }
        records.write(intervals: intervals(upTo: .max), to: &encoder)
        while lap < phases.count {
            writeLap(lap, &encoder)
            lap += 1
        }
        // A recording too short for a phase has a lap all the same: the format asks for one.
        if phases.isEmpty { writeLap(nil, &encoder) }
    }
}
