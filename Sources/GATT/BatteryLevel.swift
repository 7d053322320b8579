// SPDX-License-Identifier: GPL-3.0-or-later
package import BinaryCoding

/// The Battery Level characteristic (0x2A19).
package struct BatteryLevel: Equatable, Sendable, BitwiseCopyable {
    /// 0...100.
    package var percent: UInt8

    package init(percent: UInt8) {
        self.percent = percent
    }

    /// - Throws: `.truncated` when empty, `.invalid` above 100: the Battery Service reserves those.
    package init(value: Span<UInt8>) throws(DecodeError) {
        var reader = ByteReader(value)
        percent = try reader.uint8("battery level")
        guard percent <= 100 else { throw .invalid(field: "battery level", offset: 0) }
    }
}

/// The Body Sensor Location characteristic (0x2A38).
///
/// Source: GATT Specification Supplement, "Body Sensor Location".
package enum BodySensorLocation: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    case other = 0
    case chest = 1
    case wrist = 2
    case finger = 3
    case hand = 4
    case earLobe = 5
    case foot = 6

    /// - Throws: `.truncated` when empty, `.invalid` for a reserved number.
    package init(value: Span<UInt8>) throws(DecodeError) {
        var reader = ByteReader(value)
        guard let location = Self(rawValue: try reader.uint8("body sensor location")) else {
            throw .invalid(field: "body sensor location", offset: 0)
        }
        self = location
    }

    package var name: String {
        switch self {
        case .other: "other"
        case .chest: "chest"
        case .wrist: "wrist"
        case .finger: "finger"
        case .hand: "hand"
        case .earLobe: "ear lobe"
        case .foot: "foot"
        }
    }
}
