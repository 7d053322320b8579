// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import FIT

/// What sums the whole up, at the file's end, and the fields that laps have in common with it.
extension FITActivityWriter {
    func writeSession(_ encoder: inout FITEncoder) {
        typealias Field = FITProfile.Session
        let document = activity.document
        let sums = ActivityTotals(document.phases)
        let elapsed = document.source.duration
        var fields: [FITFieldValue] = [
            .init(Common.messageIndex, .uint16(0)), .init(FITProfile.timestampField, .uint32(end)),
            .init(Common.event, .enum(FITProfile.EventValue.session)),
            .init(Common.eventType, .enum(FITProfile.EventType.stop)),
            .init(FITProfile.SessionField.sport, .enum(FITProfile.Sport.running)),
            .init(Field.subSport, .enum(activity.surface.rawValue)),
        ]
        fields += totals(sums, from: start, elapsed: elapsed)
        fields += speed(sums.meanSpeed, Field.averageSpeed, Field.enhancedAverageSpeed)
        fields += speed(sums.maxSpeed, Field.maximumSpeed, Field.enhancedMaximumSpeed)
        fields += [rate(sums.meanHeartRate, Field.averageHeartRate), rate(sums.peakHeartRate, Field.maximumHeartRate)]
        fields += cadence(sums.cadence, Field.averageCadence, Field.averageFractionalCadence)
        fields += [
            .init(Field.firstLapIndex, .uint16(0)),
            .init(Field.lapCount, .uint16(UInt16(clamping: max(document.phases.count, 1)))),
            .init(Field.trigger, .enum(Field.triggerActivityEnd)),
        ]
        var own: [FITFieldValue] = []
        if let score = document.score.value { own.append(.init(FITActivityField.score, .float32(Float(score)))) }
        if let target = FITProfile.raw(document.score.target, scale: 100, as: UInt8.self) {
            own.append(.init(FITActivityField.target, .uint8(target)))
        }
        encoder.message(FITProfile.Message.session, fields, developerFields: own)
        typealias Whole = FITProfile.Activity
        let local = UInt32(exactly: Int64(end) + activity.offsetFromUTC)
        encoder.message(
            FITProfile.Message.activity,
            [
                .init(FITProfile.timestampField, .uint32(end)), .init(Whole.localTimestamp, .uint32(local)),
                .init(Whole.totalTimerTime, .uint32(FITProfile.raw(elapsed, scale: 1000, as: UInt32.self))),
                .init(Whole.sessionCount, .uint16(1)), .init(Whole.type, .enum(Whole.manual)),
                .init(Whole.event, .enum(FITProfile.EventValue.activity)),
                .init(Whole.eventType, .enum(FITProfile.EventType.stop)),
            ])
    }

    /// The bits that `lap` and `session` share.
    func totals(_ totals: ActivityTotals, from: UInt32, elapsed: Double) -> [FITFieldValue] {
        [
            .init(Common.startTime, .uint32(from)),
            .init(Common.totalElapsedTime, .uint32(FITProfile.raw(elapsed, scale: 1000, as: UInt32.self))),
            .init(Common.totalTimerTime, .uint32(FITProfile.raw(elapsed, scale: 1000, as: UInt32.self))),
            .init(Common.totalDistance, .uint32(FITProfile.raw(totals.distance, scale: 100, as: UInt32.self))),
            .init(Common.totalCycles, .uint32(FITProfile.raw(totals.strides, scale: 1, as: UInt32.self))),
        ]
    }

    func speed(_ value: Double?, _ field: UInt8, _ enhanced: UInt8) -> [FITFieldValue] {
        [
            .init(field, .uint16(FITProfile.raw(value, scale: 1000, as: UInt16.self))),
            .init(enhanced, .uint32(FITProfile.raw(value, scale: 1000, as: UInt32.self))),
        ]
    }

    func rate(_ value: Double?, _ field: UInt8) -> FITFieldValue {
        .init(field, .uint8(FITProfile.raw(value, scale: 1, as: UInt8.self)))
    }

    func cadence(_ steps: Double?, _ field: UInt8, _ fraction: UInt8) -> [FITFieldValue] {
        let strides = FITProfile.raw(steps.map { $0 / 2 }, scale: 128, as: UInt16.self).flatMap {
            $0 < 255 * 128 ? $0 : nil
        }
        return [
            .init(field, .uint8(strides.map { UInt8($0 >> 7) })),
            .init(fraction, .uint8(strides.map { UInt8($0 & 0x7F) })),
        ]
    }
}
