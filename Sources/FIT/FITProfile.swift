// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement

/// The numbers of the FIT profile that this program knows, and its units: the one place that holds either.
///
/// Source: the public FIT profile (messages and types), as carried by Garmin's own `garmin-fit-sdk` 21.218.
package enum FITProfile {
    /// Field 253 of every message: `date_time`, seconds.
    package static let timestampField: UInt8 = 253

    /// Global message numbers.
    package enum Message {
        package static let fileID: UInt16 = 0
        package static let sport: UInt16 = 12
        package static let session: UInt16 = 18
        package static let lap: UInt16 = 19
        package static let record: UInt16 = 20
        package static let event: UInt16 = 21
        package static let deviceInfo: UInt16 = 23
        package static let activity: UInt16 = 34
        package static let hrv: UInt16 = 78
        package static let fieldDescription: UInt16 = 206
        package static let developerDataID: UInt16 = 207
    }

    package enum SportField {
        package static let sport: UInt8 = 0
    }
    package enum SessionField {
        package static let sport: UInt8 = 5
    }
    package enum Record {
        /// uint8, beats/min.
        package static let heartRate: UInt8 = 3
        /// uint8, per minute; running: one foot.
        package static let cadence: UInt8 = 4
        /// uint32, 1/100 m since the activity's start.
        package static let distance: UInt8 = 5
        /// uint16, 1/1000 m/s.
        package static let speed: UInt8 = 6
        /// byte[3]: low 12 bits speed in 1/100 m/s, high 12 bits distance in 1/16 m, wrapping at 256 m.
        package static let compressedSpeedDistance: UInt8 = 8
        /// uint16, 1/256 per minute.
        package static let cadence256: UInt8 = 52
        /// uint8, 1/128 per minute, added to `cadence`.
        package static let fractionalCadence: UInt8 = 53
        /// uint32, 1/1000 m/s.
        package static let enhancedSpeed: UInt8 = 73
    }
    package enum Event {
        package static let event: UInt8 = 0
        package static let type: UInt8 = 1
        /// Values of `event`.
        package static let timer: UInt8 = 0
    }
    package enum DeviceInfo {
        package static let deviceIndex: UInt8 = 0
        package static let deviceType: UInt8 = 1
        package static let manufacturer: UInt8 = 2
        package static let serialNumber: UInt8 = 3
        package static let product: UInt8 = 4
        package static let sourceType: UInt8 = 25
        package static let productName: UInt8 = 27
        /// uint8, percent.
        package static let batteryLevel: UInt8 = 32
    }
    package enum HRV {
        /// uint16 array, 1/1000 s.
        package static let time: UInt8 = 0
    }
    package enum FieldDescription {
        package static let developerIndex: UInt8 = 0
        package static let number: UInt8 = 1
        package static let baseType: UInt8 = 2
        package static let name: UInt8 = 3
        package static let units: UInt8 = 8
        package static let nativeMessage: UInt8 = 14
        package static let nativeField: UInt8 = 15
    }

    /// Values of `sport`.
    package enum Sport {
        package static let running: UInt8 = 1
    }

    /// What a `device_info` message's device measures.
    ///
    /// - Parameters:
    ///   - type: `device_type`, whose meaning hangs on `source`.
    ///   - source: `source_type`: 0 ANT, 1 ANT+, 2 and 3 Bluetooth, 5 built in. Older files leave it out and mean ANT+.
    package static func sensorKind(deviceType type: UInt8, source: UInt8?) -> SensorKind? {
        switch (source, type) {
        case (nil, 120), (0, 120), (1, 120), (2, 1), (3, 1), (5, 10): .heartRate
        case (nil, 124), (0, 124), (1, 124), (2, 6), (3, 6): .footpod
        case (_, _): nil
        }
    }

    // MARK: Units

    /// Seconds from the Unix epoch to the FIT epoch, 1989-12-31 00:00 UTC.
    package static let epoch: Int64 = 631_065_600

    /// - Parameter seconds: a `date_time`.
    /// - Returns: the Unix time; `nil` beyond what a `Timestamp` holds (the year 2043).
    package static func timestamp(_ seconds: UInt32) -> Timestamp? {
        Timestamp(exactly: (Int64(seconds) &+ epoch) &* 1_000_000_000)
    }

    /// - Parameter milliseconds: a beat interval of `hrv`.
    /// - Returns: 1/1024 s, rounded to the nearest; `nil` for 64 s and more, which that unit's 16 bits cannot hold.
    package static func rrTicks(milliseconds: UInt16) -> UInt16? {
        UInt16(exactly: (UInt32(milliseconds) &* 1024 &+ 500) / 1000)
    }

    package static func metresPerSecond(thousandths: Double) -> Double { thousandths / 1000 }
    package static func metres(hundredths: Double) -> Double { hundredths / 100 }
    /// - Parameter bits: of `compressed_speed_distance`, first byte lowest.
    package static func metresPerSecond(compressed bits: UInt32) -> Double {
        Double(bits & 0xFFF) / 100
    }
    package static func metres(sixteenths: UInt64) -> Double { Double(sixteenths) / 16 }
}
