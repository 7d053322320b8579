// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement

/// What only a writer needs of the profile. Source: as ``FITProfile``.
extension FITProfile {
    /// `manufacturer`: for those whom Garmin has given no number.
    package static let developmentManufacturer: UInt16 = 255
    /// What this program calls itself; the manufacturer is shared by all who have no number.
    package static let productName = "sprintd"

    package enum WrittenMessage {
        package static let workout: UInt16 = 26
        package static let workoutStep: UInt16 = 27
        package static let fileCreator: UInt16 = 49
        package static let split: UInt16 = 312
        package static let splitSummary: UInt16 = 313
    }

    /// Fields that mean the same in several messages.
    package enum Common {
        package static let messageIndex: UInt8 = 254
        /// `lap` and `session`: uint32, `date_time`.
        package static let event: UInt8 = 0
        package static let eventType: UInt8 = 1
        package static let startTime: UInt8 = 2
        /// uint32, 1/1000 s.
        package static let totalElapsedTime: UInt8 = 7
        package static let totalTimerTime: UInt8 = 8
        /// uint32, 1/100 m.
        package static let totalDistance: UInt8 = 9
        /// uint32, strides for a run.
        package static let totalCycles: UInt8 = 10
    }

    package enum FileID {
        package static let type: UInt8 = 0
        package static let manufacturer: UInt8 = 1
        package static let product: UInt8 = 2
        /// uint32z.
        package static let serialNumber: UInt8 = 3
        package static let timeCreated: UInt8 = 4
        package static let productName: UInt8 = 8
        /// Value of `type`.
        package static let activity: UInt8 = 4
    }
    package enum FileCreator {
        package static let softwareVersion: UInt8 = 0
    }
    package enum DeviceInfoWritten {
        /// uint16, 1/100.
        package static let softwareVersion: UInt8 = 5
        /// uint16z.
        package static let antDeviceNumber: UInt8 = 21
        /// Values of `source_type`.
        package static let sourceANTPlus: UInt8 = 1
        package static let sourceBluetoothLowEnergy: UInt8 = 3
        package static let sourceLocal: UInt8 = 5
    }
    package enum SportWritten {
        package static let subSport: UInt8 = 1
    }

    /// Values of `sub_sport`.
    package enum SubSport: UInt8, Sendable, CaseIterable {
        case generic = 0
        case treadmill = 1
        case track = 4
    }

    package enum DeveloperDataID {
        package static let applicationID: UInt8 = 1
        package static let developerDataIndex: UInt8 = 3
        package static let applicationVersion: UInt8 = 4
    }

    package enum EventValue {
        package static let timer: UInt8 = 0
        package static let session: UInt8 = 8
        package static let lap: UInt8 = 9
        package static let activity: UInt8 = 26
    }
    package enum EventType {
        package static let start: UInt8 = 0
        package static let stop: UInt8 = 1
        package static let stopAll: UInt8 = 4
    }

    package enum Workout {
        package static let sport: UInt8 = 4
        package static let stepCount: UInt8 = 6
        package static let name: UInt8 = 8
    }
    package enum WorkoutStep {
        package static let name: UInt8 = 0
        package static let durationType: UInt8 = 1
        /// uint32; 1/1000 s where the type is `time`.
        package static let durationValue: UInt8 = 2
        package static let targetType: UInt8 = 3
        /// 0 for a target that the two below give.
        package static let targetValue: UInt8 = 4
        /// uint32; 1/1000 m/s where the target is `speed`, ``heartRateOffset`` + bpm where it is `heart_rate`.
        package static let customTargetLow: UInt8 = 5
        package static let customTargetHigh: UInt8 = 6
        package static let intensity: UInt8 = 7
        /// Values of `duration_type` and `target_type`.
        package static let durationTime: UInt8 = 0
        package static let targetSpeed: UInt8 = 0
        package static let targetHeartRate: UInt8 = 1
        package static let targetOpen: UInt8 = 2
        /// Of a `workout_hr`; values up to it are percents of the maximum.
        package static let heartRateOffset: UInt32 = 100
    }

    /// Values of `intensity`.
    package enum Intensity {
        package static let active: UInt8 = 0
        package static let rest: UInt8 = 1
        package static let warmup: UInt8 = 2
        package static let cooldown: UInt8 = 3
        package static let recovery: UInt8 = 4
        package static let interval: UInt8 = 5
    }

    package enum Lap {
        package static let averageSpeed: UInt8 = 13
        package static let maximumSpeed: UInt8 = 14
        package static let averageHeartRate: UInt8 = 15
        package static let maximumHeartRate: UInt8 = 16
        package static let averageCadence: UInt8 = 17
        package static let intensity: UInt8 = 23
        package static let trigger: UInt8 = 24
        package static let sport: UInt8 = 25
        package static let subSport: UInt8 = 39
        package static let workoutStepIndex: UInt8 = 71
        package static let averageFractionalCadence: UInt8 = 80
        package static let enhancedAverageSpeed: UInt8 = 110
        package static let enhancedMaximumSpeed: UInt8 = 111
        /// Values of `lap_trigger`.
        package static let triggerManual: UInt8 = 0
        package static let triggerSessionEnd: UInt8 = 7
    }

    package enum Session {
        package static let subSport: UInt8 = 6
        package static let averageSpeed: UInt8 = 14
        package static let maximumSpeed: UInt8 = 15
        package static let averageHeartRate: UInt8 = 16
        package static let maximumHeartRate: UInt8 = 17
        package static let averageCadence: UInt8 = 18
        package static let firstLapIndex: UInt8 = 25
        package static let lapCount: UInt8 = 26
        package static let trigger: UInt8 = 28
        package static let averageFractionalCadence: UInt8 = 92
        package static let enhancedAverageSpeed: UInt8 = 124
        package static let enhancedMaximumSpeed: UInt8 = 125
        /// Value of `session_trigger`.
        package static let triggerActivityEnd: UInt8 = 0
    }

    package enum Split {
        package static let type: UInt8 = 0
        package static let totalElapsedTime: UInt8 = 1
        package static let totalTimerTime: UInt8 = 2
        package static let totalDistance: UInt8 = 3
        package static let averageSpeed: UInt8 = 4
        package static let startTime: UInt8 = 9
        package static let averageHeartRate: UInt8 = 15
        package static let maximumHeartRate: UInt8 = 16
        package static let maximumSpeed: UInt8 = 25
        package static let endTime: UInt8 = 27
    }
    package enum SplitSummary {
        package static let type: UInt8 = 0
        package static let count: UInt8 = 3
        package static let totalTimerTime: UInt8 = 4
        package static let totalDistance: UInt8 = 5
        package static let averageSpeed: UInt8 = 6
        package static let maximumSpeed: UInt8 = 7
        package static let averageHeartRate: UInt8 = 10
        package static let maximumHeartRate: UInt8 = 11
    }
    /// Values of `split_type`.
    package enum SplitType {
        package static let active: UInt8 = 3
        package static let rest: UInt8 = 4
        package static let warmup: UInt8 = 5
        package static let cooldown: UInt8 = 6
        package static let recovery: UInt8 = 7
        package static let run: UInt8 = 12
    }

    package enum Activity {
        package static let totalTimerTime: UInt8 = 0
        package static let sessionCount: UInt8 = 1
        package static let type: UInt8 = 2
        package static let event: UInt8 = 3
        package static let eventType: UInt8 = 4
        /// `local_date_time`: what a clock on the wall showed, counted like `date_time`.
        package static let localTimestamp: UInt8 = 5
        /// Value of `type`.
        package static let manual: UInt8 = 0
    }

    // MARK: Units

    /// Below this a `date_time` counts seconds since the device was switched on. Source: FIT profile, type `date_time`.
    package static let leastDate: UInt32 = 0x1000_0000

    /// Seconds since 1970-01-01 00:00 UTC that are a date for the format, and that a ``Timestamp`` can hold when they are read again:
    /// from July 1998 to January 2043.
    package static let dates: ClosedRange<Int64> =
        epoch + Int64(leastDate)...Timestamp.limit / 1_000_000_000

    /// - Returns: a `date_time`; `nil` for what it cannot say: times before July 1998 or after 2126.
    package static func dateTime(unixSeconds: Int64) -> UInt32? {
        guard let seconds = UInt32(exactly: unixSeconds &- epoch), seconds >= leastDate, seconds < .max else {
            return nil
        }
        return seconds
    }

    /// - Returns: the value × `scale`, rounded to the nearest; `nil` for what is absent, negative or too large for the field.
    @inline(__always)
    package static func raw<Raw: FixedWidthInteger & UnsignedInteger>(
        _ value: Double?, scale: Double, as _: Raw.Type
    ) -> Raw? {
        guard let value else { return nil }
        let scaled = value * scale + 0.5
        // The largest pattern says "invalid". Not-a-number fails the comparison too.
        guard scaled >= 0.5, scaled < Double(Raw.max) else { return nil }
        return Raw(scaled)
    }

    /// - Parameter ticks: a beat interval in 1/1024 s.
    /// - Returns: milliseconds, rounded to the nearest: 63 999 at the most, so that none looks like "invalid".
    package static func milliseconds(rrTicks ticks: UInt16) -> UInt16 {
        UInt16((UInt32(ticks) &* 1000 &+ 512) / 1024)
    }

    /// The `device_type` of a sensor, whose meaning hangs on its source.
    package static func deviceType(of kind: SensorKind, isBluetooth: Bool) -> UInt8 {
        switch (kind, isBluetooth) {
        case (.heartRate, false): 120
        case (.footpod, false): 124
        case (.heartRate, true): 1
        case (.footpod, true): 6
        }
    }
}
