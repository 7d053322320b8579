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
    private typealias Common = FITProfile.Common

    /// Numbers of the developer fields.
    private enum DeveloperField {
        static let effort: UInt8 = 0
        static let phase: UInt8 = 1
        static let phaseName: UInt8 = 2
        static let sprint: UInt8 = 3
        static let score: UInt8 = 4
        static let target: UInt8 = 5
    }
    /// Of this program's developer fields, made at random once: readers tell developers apart by it.
    private static let applicationID: [UInt8] = [
        0x6E, 0x1B, 0x3A, 0x94, 0x27, 0xC5, 0x4F, 0x0D, 0x9B, 0x52, 0xE8, 0x70, 0x41, 0xAD, 0x36, 0xF2,
    ]
    private static let productName = "sprintd"
    /// Longer than the longest name of a phase by the zero byte at its end.
    private static let phaseNameSize: UInt8 = 9
    /// Bytes that gather before they are handed over.
    private static let batch = 64 << 10

    private let activity: Activity
    private let start: UInt32

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

    private var end: UInt32 { start + UInt32(clamping: activity.wholeDuration) }

    /// - Parameter seconds: from the recording's start.
    private func time(_ seconds: Double) -> UInt32 {
        start + UInt32(min(max(seconds, 0) + 0.5, Double(activity.wholeDuration)))
    }

    // MARK: Before the records

    private func writeIdentity(_ encoder: inout FITEncoder) {
        let versions = activity.version.split(separator: ".").prefix(2).map { UInt16($0) ?? 0 }
        let version = UInt16(clamping: Int(versions.first ?? 0) * 100 + Int(versions.dropFirst().first ?? 0))
        encoder.message(
            FITProfile.Message.fileID,
            [
                .init(FITProfile.FileID.type, .enum(FITProfile.FileID.activity)),
                .init(FITProfile.FileID.manufacturer, .uint16(FITProfile.developmentManufacturer)),
                .init(FITProfile.FileID.product, .uint16(0)),
                .init(FITProfile.FileID.timeCreated, .uint32(start)),
                .init(FITProfile.FileID.productName, .string(Self.productName)),
            ])
        encoder.message(
            FITProfile.WrittenMessage.fileCreator, [.init(FITProfile.FileCreator.softwareVersion, .uint16(version))])
        encoder.message(
            FITProfile.Message.developerDataID,
            [
                .init(FITProfile.DeveloperDataID.applicationID, .bytes(Self.applicationID)),
                .init(FITProfile.DeveloperDataID.developerDataIndex, .uint8(0)),
                .init(FITProfile.DeveloperDataID.applicationVersion, .uint32(UInt32(version))),
            ])
        let effort =
            switch activity.effortBasis {
            case .speed: "% max speed"
            case .heartRate: "% max HR"
            case nil: "%"
            }
        describe(DeveloperField.effort, .uint8, "effort", effort, &encoder)
        describe(DeveloperField.phase, .uint8, "phase", "code", &encoder)
        describe(DeveloperField.phaseName, .string, "phase_name", "", &encoder)
        describe(DeveloperField.sprint, .uint8, "sprint", "", &encoder)
        describe(DeveloperField.score, .float32, "score", "points", &encoder)
        describe(DeveloperField.target, .uint8, "target", "%", &encoder)
        writeDeviceInfo(
            index: 0, name: Self.productName, source: FITProfile.DeviceInfoWritten.sourceLocal,
            [
                .init(FITProfile.DeviceInfo.manufacturer, .uint16(FITProfile.developmentManufacturer)),
                .init(FITProfile.DeviceInfo.product, .uint16(0)),
                .init(FITProfile.DeviceInfoWritten.softwareVersion, .uint16(version)),
            ], &encoder)
    }

    private func describe(
        _ number: UInt8, _ type: FITBaseType, _ name: String, _ units: String, _ encoder: inout FITEncoder
    ) {
        typealias Field = FITProfile.FieldDescription
        encoder.message(
            FITProfile.Message.fieldDescription,
            [
                .init(Field.developerIndex, .uint8(0)), .init(Field.number, .uint8(number)),
                .init(Field.baseType, .uint8(type.typeByte)), .init(Field.name, .string(name)),
                .init(Field.units, .string(units)),
            ])
    }

    private func writeDeviceInfo(
        index: UInt8, name: String, source: UInt8?, _ more: [FITFieldValue], _ encoder: inout FITEncoder
    ) {
        encoder.message(
            FITProfile.Message.deviceInfo,
            [
                .init(FITProfile.timestampField, .uint32(start)),
                .init(FITProfile.DeviceInfo.deviceIndex, .uint8(index)),
                .init(FITProfile.DeviceInfo.sourceType, .enum(source)),
                .init(FITProfile.DeviceInfo.productName, .string(name)),
            ] + more)
    }

    private func writeDevices(_ encoder: inout FITEncoder) {
        var index: UInt8 = 1
        for sensor in activity.document.source.sensors where sensor.used && index < 64 {
            let kind = SensorKind.allCases.first { $0.name == sensor.kind } ?? .heartRate
            var more = [FITFieldValue(FITProfile.DeviceInfo.batteryLevel, .uint8(sensor.battery.flatMap(UInt8.init)))]
            var source: UInt8?
            switch SensorID(sensor.id) {
            case .ant(let type, let number):
                source = FITProfile.DeviceInfoWritten.sourceANTPlus
                more.append(.init(FITProfile.DeviceInfo.deviceType, .uint8(type)))
                more.append(
                    .init(
                        FITProfile.DeviceInfoWritten.antDeviceNumber, .uint16z(UInt16(truncatingIfNeeded: number))))
            case .bluetooth, .bluetoothConnection:
                source = FITProfile.DeviceInfoWritten.sourceBluetoothLowEnergy
                more.append(
                    .init(
                        FITProfile.DeviceInfo.deviceType,
                        .uint8(FITProfile.deviceType(of: kind, isBluetooth: true))))
            case .file, nil:
                more.append(
                    .init(
                        FITProfile.DeviceInfo.deviceType,
                        .uint8(FITProfile.deviceType(of: kind, isBluetooth: false))))
            }
            writeDeviceInfo(index: index, name: sensor.name ?? sensor.id, source: source, more, &encoder)
            index += 1
        }
    }

    private func writeWorkout(_ encoder: inout FITEncoder) {
        guard let plan = activity.document.score.plan else { return }
        encoder.message(
            FITProfile.WrittenMessage.workout,
            [
                .init(FITProfile.Workout.sport, .enum(FITProfile.Sport.running)),
                .init(FITProfile.Workout.stepCount, .uint16(UInt16(clamping: plan.steps.count))),
                .init(FITProfile.Workout.name, .string(plan.name)),
            ])
        for (index, step) in plan.steps.prefix(Int(UInt16.max)).enumerated() {
            let target =
                step.kind == .sprint
                ? activity.document.athlete.maxSpeed.map { activity.document.score.target * $0.value } : nil
            let low = FITProfile.raw(target, scale: 1000, as: UInt32.self)
            typealias Field = FITProfile.WorkoutStep
            encoder.message(
                FITProfile.WrittenMessage.workoutStep,
                [
                    .init(Common.messageIndex, .uint16(UInt16(index))),
                    .init(Field.name, .string(step.kind.rawValue)),
                    .init(Field.durationType, .enum(Field.durationTime)),
                    .init(
                        Field.durationValue, .uint32(FITProfile.raw(step.planned, scale: 1000, as: UInt32.self))),
                    .init(Field.targetType, .enum(low == nil ? Field.targetOpen : Field.targetSpeed)),
                    .init(Field.targetValue, .uint32(0)),
                    .init(Field.customTargetLow, .uint32(low)),
                    // A sprint may be as fast as it likes: the fastest human is slower than 13 m/s.
                    .init(Field.customTargetHigh, .uint32(low.map { max($0, 13_000) })),
                    .init(Field.intensity, .enum(step.kind.intensity)),
                ])
        }
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

    // MARK: Records and laps

    private func writeRecordsAndLaps<Failure: Error>(
        _ encoder: inout FITEncoder, _ body: (Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        var records = FITRecordEncoder(effortField: DeveloperField.effort, phaseField: DeveloperField.phase)
        let phases = activity.document.phases
        let basis = activity.effortBasis
        var cursor = Activity.PhaseCursor(phases)
        var lap = 0
        var beats = activity.track.beats[...]
        func intervals(upTo second: Int) -> ArraySlice<UInt16> {
            var milliseconds: [UInt16] = []
            while let beat = beats.first, beat.second <= second {
                beats = beats.dropFirst()
                if let value = FITProfile.milliseconds(rrTicks: beat.ticks) { milliseconds.append(value) }
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

    /// The bits that `lap` and `session` share.
    private func totals(_ totals: ActivityTotals, from: UInt32, elapsed: Double) -> [FITFieldValue] {
        [
            .init(Common.startTime, .uint32(from)),
            .init(Common.totalElapsedTime, .uint32(FITProfile.raw(elapsed, scale: 1000, as: UInt32.self))),
            .init(Common.totalTimerTime, .uint32(FITProfile.raw(elapsed, scale: 1000, as: UInt32.self))),
            .init(Common.totalDistance, .uint32(FITProfile.raw(totals.distance, scale: 100, as: UInt32.self))),
            .init(Common.totalCycles, .uint32(FITProfile.raw(totals.strides, scale: 1, as: UInt32.self))),
        ]
    }

    private func speed(_ value: Double?, _ field: UInt8, _ enhanced: UInt8) -> [FITFieldValue] {
        [
            .init(field, .uint16(FITProfile.raw(value, scale: 1000, as: UInt16.self))),
            .init(enhanced, .uint32(FITProfile.raw(value, scale: 1000, as: UInt32.self))),
        ]
    }

    private func rate(_ value: Double?, _ field: UInt8) -> FITFieldValue {
        .init(field, .uint8(FITProfile.raw(value, scale: 1, as: UInt8.self)))
    }

    private func cadence(_ steps: Double?, _ field: UInt8, _ fraction: UInt8) -> [FITFieldValue] {
        let strides = FITProfile.raw(steps.map { $0 / 2 }, scale: 128, as: UInt16.self).flatMap {
            $0 < 255 * 128 ? $0 : nil
        }
        return [
            .init(field, .uint8(strides.map { UInt8($0 >> 7) })),
            .init(fraction, .uint8(strides.map { UInt8($0 & 0x7F) })),
        ]
    }

    /// - Parameter index: of the phase; `nil` for the whole of a recording without any.
    private func writeLap(_ index: Int?, _ encoder: inout FITEncoder) {
        typealias Field = FITProfile.Lap
        let document = activity.document
        let phase = index.map { document.phases[$0] }
        let sums = ActivityTotals(phase.map { [$0] } ?? [])
        let from = phase.map { time($0.start) } ?? start
        let to = phase.map { time($0.end) } ?? end
        let sprint = phase.flatMap { phase in document.sprints.first { $0.start == phase.start } }
        let step = sprint.flatMap { sprint in
            document.score.plan?.steps.indices.filter { document.score.plan?.steps[$0].kind == .sprint }
                .dropFirst(sprint.index - 1).first
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
        if let effort = FITProfile.raw(sprint?.effort, scale: 100, as: UInt8.self) {
            own.append(.init(DeveloperField.effort, .uint8(effort)))
        }
        if let phase {
            own.append(.init(DeveloperField.phase, .uint8(phase.kind.code)))
            own.append(.init(DeveloperField.phaseName, .text(phase.kind.rawValue, size: Self.phaseNameSize)))
        }
        if let index = sprint.flatMap({ UInt8(exactly: $0.index) }), index < .max {
            own.append(.init(DeveloperField.sprint, .uint8(index)))
        }
        encoder.message(FITProfile.Message.lap, fields, developerFields: own)
    }

    // MARK: After the records

    private func writeSplits(_ encoder: inout FITEncoder) {
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

    private func writeSession(_ encoder: inout FITEncoder) {
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
        if let score = document.score.value { own.append(.init(DeveloperField.score, .float32(Float(score)))) }
        if let target = FITProfile.raw(document.score.target, scale: 100, as: UInt8.self) {
            own.append(.init(DeveloperField.target, .uint8(target)))
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
}

extension PhaseKind {
    fileprivate var intensity: UInt8 {
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
