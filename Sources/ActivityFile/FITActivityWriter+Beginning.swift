// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import FIT
import Measurement
import Segmentation

/// What stands before the records: who wrote the file, what was worn, what was planned.
extension FITActivityWriter {
    func writeIdentity(_ encoder: inout FITEncoder) {
        let versions = activity.version.split(separator: ".").prefix(2).map { UInt16($0) ?? 0 }
        let version = UInt16(clamping: Int(versions.first ?? 0) * 100 + Int(versions.dropFirst().first ?? 0))
        encoder.message(
            FITProfile.Message.fileID,
            [
                .init(FITProfile.FileID.type, .enum(FITProfile.FileID.activity)),
                .init(FITProfile.FileID.manufacturer, .uint16(FITProfile.developmentManufacturer)),
                .init(FITProfile.FileID.product, .uint16(0)),
                .init(FITProfile.FileID.serialNumber, .uint32z(activity.serialNumber)),
                .init(FITProfile.FileID.timeCreated, .uint32(start)),
                .init(FITProfile.FileID.productName, .string(FITProfile.productName)),
            ])
        encoder.message(
            FITProfile.WrittenMessage.fileCreator, [.init(FITProfile.FileCreator.softwareVersion, .uint16(version))])
        encoder.message(
            FITProfile.Message.developerDataID,
            [
                .init(FITProfile.DeveloperDataID.applicationID, .bytes(FITActivityField.applicationID)),
                .init(FITProfile.DeveloperDataID.developerDataIndex, .uint8(0)),
                .init(FITProfile.DeveloperDataID.applicationVersion, .uint32(UInt32(version))),
            ])
        let effort =
            switch activity.effortBasis {
            case .speed: "% max speed"
            case .heartRate: "% max HR"
            case nil: "%"
            }
        FITActivityField.describe(effortUnit: effort, to: &encoder)
        writeDeviceInfo(
            index: 0, name: FITProfile.productName, source: FITProfile.DeviceInfoWritten.sourceLocal,
            [
                .init(FITProfile.DeviceInfo.manufacturer, .uint16(FITProfile.developmentManufacturer)),
                .init(FITProfile.DeviceInfo.product, .uint16(0)),
                .init(FITProfile.DeviceInfoWritten.softwareVersion, .uint16(version)),
            ], &encoder)
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

    func writeDevices(_ encoder: inout FITEncoder) {
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

    func writeWorkout(_ encoder: inout FITEncoder) {
        guard let plan = activity.document.score.plan else { return }
        encoder.message(
            FITProfile.WrittenMessage.workout,
            [
                .init(FITProfile.Workout.sport, .enum(FITProfile.Sport.running)),
                .init(FITProfile.Workout.stepCount, .uint16(UInt16(clamping: plan.steps.count))),
                .init(FITProfile.Workout.name, .string(plan.name)),
            ])
        for (index, step) in plan.steps.prefix(Int(UInt16.max)).enumerated() {
            let target = target(of: step)
            typealias Field = FITProfile.WorkoutStep
            encoder.message(
                FITProfile.WrittenMessage.workoutStep,
                [
                    .init(Common.messageIndex, .uint16(UInt16(index))),
                    .init(Field.name, .string(step.kind.rawValue)),
                    .init(Field.durationType, .enum(Field.durationTime)),
                    .init(
                        Field.durationValue, .uint32(FITProfile.raw(step.planned, scale: 1000, as: UInt32.self))),
                    .init(Field.targetType, .enum(target.type)),
                    .init(Field.targetValue, .uint32(0)),
                    .init(Field.customTargetLow, .uint32(target.low)),
                    .init(Field.customTargetHigh, .uint32(target.high)),
                    .init(Field.intensity, .enum(step.kind.intensity)),
                ])
        }
    }

    /// A sprint whose plan leaves it open is asked for a speed, as most of them are judged by it.
    private func target(of step: AnalysisDocument.PlanStep) -> (type: UInt8, low: UInt32?, high: UInt32?) {
        typealias Field = FITProfile.WorkoutStep
        let share = step.target ?? activity.document.score.target
        switch step.targetBasis ?? (step.kind == .sprint ? .speed : nil) {
        case .speed:
            let speed = activity.document.athlete.maxSpeed.map { share * $0.value }
            guard let low = FITProfile.raw(speed, scale: 1000, as: UInt32.self) else { break }
            // A sprint may be as fast as it likes: the fastest human is slower than 13 m/s.
            return (Field.targetSpeed, low, max(low, 13_000))
        case .heartRate:
            func raw(_ rate: Double?) -> UInt32? {
                FITProfile.raw(rate, scale: 1, as: UInt8.self).map { UInt32($0) + Field.heartRateOffset }
            }
            let maximum = activity.document.athlete.maxHeartRate?.value
            guard let low = raw(maximum.map { share * $0 }), let high = raw(maximum) else { break }
            return (Field.targetHeartRate, low, high)
        case .cadence, nil: break
        }
        return (Field.targetOpen, nil, nil)
    }
}
