// SPDX-License-Identifier: GPL-3.0-or-later
package import BinaryCoding

/// One value of the RSC Measurement characteristic (0x2A53).
///
/// ```
/// flags | speed: uint16 1/256 m/s | cadence: uint8 /min | stride length: uint16 cm, if flag bit 0
///       | total distance: uint32 1/10 m, if bit 1
/// ```
/// Flag bit 2: running, not walking. Source: GATT Specification Supplement, "RSC Measurement".
package struct RunningSpeedAndCadenceMeasurement: Equatable, Sendable, BitwiseCopyable {
    /// In 1/256 m/s.
    package var speed: UInt16
    /// Per minute: steps on most devices, strides of one foot on some.
    package var cadence: UInt8
    /// In 1/100 m; `nil` when absent.
    package var strideLength: UInt16?
    /// In 1/10 m since the device's own zero; `nil` when absent.
    package var totalDistance: UInt32?
    /// Running rather than walking. A device without the feature sends `false`.
    package var isRunning: Bool
    /// Bytes after the last field that the flags announce.
    package var unreadBytes: Int

    package init(
        speed: UInt16, cadence: UInt8, strideLength: UInt16? = nil, totalDistance: UInt32? = nil,
        isRunning: Bool = false, unreadBytes: Int = 0
    ) {
        self.speed = speed
        self.cadence = cadence
        self.strideLength = strideLength
        self.totalDistance = totalDistance
        self.isRunning = isRunning
        self.unreadBytes = unreadBytes
    }

    /// - Parameter value: the characteristic's value, without the ATT header.
    /// - Throws: `.truncated` when a field that the flags announce is not there.
    package init(value: Span<UInt8>) throws(DecodeError) {
        var reader = ByteReader(value)
        let flags = try reader.uint8("flags")
        speed = try reader.uint16("speed")
        cadence = try reader.uint8("cadence")
        strideLength = flags & 0x01 == 0 ? nil : try reader.uint16("stride length")
        totalDistance = flags & 0x02 == 0 ? nil : try reader.uint32("total distance")
        isRunning = flags & 0x04 != 0
        unreadBytes = reader.remaining
    }
}

/// The RSC Feature characteristic (0x2A54): what the device's measurements can hold.
package struct RunningSpeedAndCadenceFeature: OptionSet, Hashable, Sendable, BitwiseCopyable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package static let strideLength = Self(rawValue: 1)
    package static let totalDistance = Self(rawValue: 2)
    package static let walkingOrRunning = Self(rawValue: 4)
    package static let calibration = Self(rawValue: 8)
    package static let multipleSensorLocations = Self(rawValue: 16)

    /// - Throws: `.truncated` below two bytes.
    package init(value: Span<UInt8>) throws(DecodeError) {
        var reader = ByteReader(value)
        rawValue = try reader.uint16("RSC features")
    }
}
