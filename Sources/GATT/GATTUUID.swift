// SPDX-License-Identifier: GPL-3.0-or-later

/// What an attribute is. 16- and 32-bit UUIDs are kept in the 128-bit form that they abbreviate, so equal means equal.
package struct GATTUUID: Hashable, Sendable, BitwiseCopyable {
    /// The first eight bytes as printed.
    package var high: UInt64
    /// The last eight bytes as printed.
    package var low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The Bluetooth base UUID 00000000-0000-1000-8000-00805F9B34FB; source: Core 5.4, Vol 3 Part B, 2.5.1.
    private static let baseHigh: UInt64 = 0x0000_1000
    private static let baseLow: UInt64 = 0x8000_0080_5F9B_34FB

    package init(_ short: UInt16) {
        self.init(high: UInt64(short) << 32 | Self.baseHigh, low: Self.baseLow)
    }

    /// - Parameter littleEndian: 2, 4 or 16 bytes, as ATT and advertising data carry them.
    /// - Returns: `nil` for any other length.
    package init?(littleEndian bytes: Span<UInt8>) {
        switch bytes.count {
        case 2: self.init(UInt16(bytes[0]) | UInt16(bytes[1]) << 8)
        case 4:
            var value: UInt64 = 0
            for index in 0..<4 { value |= UInt64(bytes[index]) << (8 * UInt64(index)) }
            self.init(high: value << 32 | Self.baseHigh, low: Self.baseLow)
        case 16:
            var low: UInt64 = 0
            var high: UInt64 = 0
            for index in 0..<8 {
                low |= UInt64(bytes[index]) << (8 * UInt64(index))
                high |= UInt64(bytes[8 + index]) << (8 * UInt64(index))
            }
            self.init(high: high, low: low)
        default: return nil
        }
    }

    /// The 16-bit number; `nil` for a UUID that is not one of Bluetooth's own.
    package var short: UInt16? {
        guard low == Self.baseLow, high & 0xFFFF_0000_FFFF_FFFF == Self.baseHigh else { return nil }
        return UInt16(truncatingIfNeeded: high >> 32)
    }
}

extension GATTUUID {
    package static let primaryService = GATTUUID(0x2800)
    package static let characteristicDeclaration = GATTUUID(0x2803)
    package static let clientConfiguration = GATTUUID(0x2902)
    package static let heartRateService = GATTUUID(0x180D)
    package static let runningSpeedAndCadenceService = GATTUUID(0x1814)
    package static let heartRateMeasurement = GATTUUID(0x2A37)
    package static let runningSpeedAndCadenceMeasurement = GATTUUID(0x2A53)
    package static let batteryLevel = GATTUUID(0x2A19)
}

extension GATTUUID: CustomStringConvertible {
    /// `0x2A37`, or the 36 characters of a UUID that has no 16-bit form.
    package var description: String {
        if let short { return "0x" + hexadecimal(UInt64(short), digits: 4) }
        let first = [hexadecimal(high >> 32, digits: 8), hexadecimal(high >> 16 & 0xFFFF, digits: 4)]
        let second = [hexadecimal(high & 0xFFFF, digits: 4), hexadecimal(low >> 48, digits: 4)]
        return (first + second + [hexadecimal(low & 0xFFFF_FFFF_FFFF, digits: 12)]).joined(separator: "-")
    }

    /// The assigned name, for the attributes that a heart-rate strap or a footpod has; `nil` for others.
    ///
    /// Source: Bluetooth SIG, Assigned Numbers, section 3.
    package var name: String? {
        switch short {
        case 0x1800: "Generic Access"
        case 0x1801: "Generic Attribute"
        case 0x180A: "Device Information"
        case 0x180D: "Heart Rate"
        case 0x180F: "Battery"
        case 0x1814: "Running Speed and Cadence"
        case 0x1816: "Cycling Speed and Cadence"
        case 0x1818: "Cycling Power"
        case 0x1826: "Fitness Machine"
        case 0x2800: "Primary Service"
        case 0x2801: "Secondary Service"
        case 0x2802: "Include"
        case 0x2803: "Characteristic"
        case 0x2900: "Characteristic Extended Properties"
        case 0x2901: "Characteristic User Description"
        case 0x2902: "Client Characteristic Configuration"
        case 0x2904: "Characteristic Presentation Format"
        case 0x2A00: "Device Name"
        case 0x2A01: "Appearance"
        case 0x2A04: "Peripheral Preferred Connection Parameters"
        case 0x2A05: "Service Changed"
        case 0x2A19: "Battery Level"
        case 0x2A23: "System ID"
        case 0x2A24: "Model Number String"
        case 0x2A25: "Serial Number String"
        case 0x2A26: "Firmware Revision String"
        case 0x2A27: "Hardware Revision String"
        case 0x2A28: "Software Revision String"
        case 0x2A29: "Manufacturer Name String"
        case 0x2A37: "Heart Rate Measurement"
        case 0x2A38: "Body Sensor Location"
        case 0x2A39: "Heart Rate Control Point"
        case 0x2A53: "RSC Measurement"
        case 0x2A54: "RSC Feature"
        case 0x2A55: "SC Control Point"
        case 0x2A5D: "Sensor Location"
        default: nil
        }
    }
}

/// Upper-case, filled with zeros on the left.
func hexadecimal(_ value: UInt64, digits: Int) -> String {
    let text = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}
