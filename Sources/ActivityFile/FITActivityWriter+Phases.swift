// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import FIT
import Segmentation

/// What sums phases up: laps among the records, splits behind them.
extension FITActivityWriter {
    /// - Parameter index: of the phase; `nil` for the whole of a recording without any.
    func writeLap(_ index: Int?, _ encoder: inout FITEncoder) {
        typealias Field = FITProfile.Lap
        let document = activity.document
        let phase = index.map { document.phases[$0] }
        let sums = ActivityTotals(phase.map { [$0] } ?? [])
        let from = phase.map { time($0.start) } ?? start
        let to = phase.map { time($0.end) } ?? end
        let sprint = phase.flatMap { phase in document.sprints.first { $0.start == phase.start } }
        let interval = phase.flatMap { phase in document.intervals.first { $0.start == phase.start } }
        let step = document.score.plan?.steps.firstIndex { step in
            (step.sprint != nil && step.sprint == sprint?.index)
                || (step.interval != nil && step.interval == interval?.index)
        }
        let isLast = index.map { $0 == document.phases.count - 1 } ?? true
        var fields: [FITFieldValue] = [
            .init(Common.messageIndex, .uint16(UInt16(clamping: index ?? 0))),
            .init(FITProfile.timestampField, .uint32(to)),
            .init(Common.event, .enum(FITProfile.EventValue.lap)),
            .init(Common.eventType, .enum(FITProfile.EventType.stop)),
        ]
        fields += totals(sums, from: from, elapsed: phase.map { $0.end - $0.start } ?? document.source.duration)
        fields += speed(sums.meanSpeed, Field.averageSpeed, Field.enhancedAverageSpeed)
        fields += speed(sums.maxSpeed, Field.maximumSpeed, Field.enhancedMaximumSpeed)
        fields += [rate(sums.meanHeartRate, Field.averageHeartRate), rate(sums.peakHeartRate, Field.maximumHeartRate)]
        fields += cadence(sums.cadence, Field.averageCadence, Field.averageFractionalCadence)
        fields += [
            .init(Field.intensity, .enum(phase?.kind.intensity ?? FITProfile.Intensity.active)),
            .init(Field.trigger, .enum(isLast ? Field.triggerSessionEnd : Field.triggerManual)),
            .init(Field.sport, .enum(FITProfile.Sport.running)),
            .init(Field.subSport, .enum(activity.surface.rawValue)),
            .init(Field.workoutStepIndex, .uint16(step.map { UInt16(clamping: $0) })),
        ]
        // What is absent is left out: see FITRecordEncoder.
        var own: [FITFieldValue] = []
        if let effort = FITProfile.raw((sprint ?? interval)?.effort, scale: 100, as: UInt8.self) {
            own.append(.init(FITActivityField.effort, .uint8(effort)))
        }
        if let phase {
            own.append(.init(FITActivityField.phase, .uint8(phase.kind.code)))
            own.append(
                .init(FITActivityField.phaseName, .text(phase.kind.rawValue, size: FITActivityField.phaseNameSize)))
        }
        for (field, bout) in [(FITActivityField.sprint, sprint), (FITActivityField.interval, interval)] {
            guard let index = bout.flatMap({ UInt8(exactly: $0.index) }), index < .max else { continue }
            own.append(.init(field, .uint8(index)))
        }
        encoder.message(FITProfile.Message.lap, fields, developerFields: own)
    }

    func writeSplits(_ encoder: inout FITEncoder) {
        typealias Field = FITProfile.Split
        let phases = activity.document.phases.prefix(Int(UInt16.max))
        for (index, phase) in phases.enumerated() {
            let sums = ActivityTotals([phase])
            let elapsed = FITProfile.raw(phase.end - phase.start, scale: 1000, as: UInt32.self)
            encoder.message(
                FITProfile.WrittenMessage.split,
                [
                    .init(Common.messageIndex, .uint16(UInt16(index))),
                    // When it was written: times ascend through the whole file.
                    .init(FITProfile.timestampField, .uint32(end)),
                    .init(Field.type, .enum(phase.kind.splitType)),
                    .init(Field.startTime, .uint32(time(phase.start))),
                    .init(Field.endTime, .uint32(time(phase.end))),
                    .init(Field.totalElapsedTime, .uint32(elapsed)), .init(Field.totalTimerTime, .uint32(elapsed)),
                    .init(Field.totalDistance, .uint32(FITProfile.raw(sums.distance, scale: 100, as: UInt32.self))),
                    .init(Field.averageSpeed, .uint32(FITProfile.raw(sums.meanSpeed, scale: 1000, as: UInt32.self))),
                    .init(Field.maximumSpeed, .uint32(FITProfile.raw(sums.maxSpeed, scale: 1000, as: UInt32.self))),
                    rate(sums.meanHeartRate, Field.averageHeartRate),
                    rate(sums.peakHeartRate, Field.maximumHeartRate),
                ])
        }
        typealias Summary = FITProfile.SplitSummary
        let types = Set(phases.map(\.kind.splitType)).sorted()
        for (index, type) in types.enumerated() {
            let some = phases.filter { $0.kind.splitType == type }
            let sums = ActivityTotals(some)
            encoder.message(
                FITProfile.WrittenMessage.splitSummary,
                [
                    .init(Common.messageIndex, .uint16(UInt16(index))),
                    .init(FITProfile.timestampField, .uint32(end)),
                    .init(Summary.type, .enum(type)),
                    .init(Summary.count, .uint16(UInt16(some.count))),
                    .init(
                        Summary.totalTimerTime, .uint32(FITProfile.raw(sums.duration, scale: 1000, as: UInt32.self))),
                    .init(Summary.totalDistance, .uint32(FITProfile.raw(sums.distance, scale: 100, as: UInt32.self))),
                    .init(Summary.averageSpeed, .uint32(FITProfile.raw(sums.meanSpeed, scale: 1000, as: UInt32.self))),
                    .init(Summary.maximumSpeed, .uint32(FITProfile.raw(sums.maxSpeed, scale: 1000, as: UInt32.self))),
                    rate(sums.meanHeartRate, Summary.averageHeartRate),
                    rate(sums.peakHeartRate, Summary.maximumHeartRate),
                ])
        }
    }
}

extension PhaseKind {
    var intensity: UInt8 {
        switch self {
        case .rest: FITProfile.Intensity.rest
        case .warmup: FITProfile.Intensity.warmup
        case .sprint, .interval: FITProfile.Intensity.interval
        case .recovery: FITProfile.Intensity.recovery
        case .steady: FITProfile.Intensity.active
        case .cooldown: FITProfile.Intensity.cooldown
        }
    }

    fileprivate var splitType: UInt8 {
        switch self {
        case .rest: FITProfile.SplitType.rest
        case .warmup: FITProfile.SplitType.warmup
        case .sprint, .interval: FITProfile.SplitType.active
        case .recovery: FITProfile.SplitType.recovery
        case .steady: FITProfile.SplitType.run
        case .cooldown: FITProfile.SplitType.cooldown
        }
    }
}
