// SPDX-License-Identifier: GPL-3.0-or-later

/// What a device says on one radio of who it is, by which it can be known again on another.
package struct DeviceIdentity: Equatable, Sendable {
    /// The makers whose number on ANT+ and whose name on Bluetooth are both known here.
    ///
    /// Source of the numbers: the FIT profile's `manufacturer`, which ANT+ shares.
    package enum Maker: Equatable, Sendable, BitwiseCopyable {
        case garmin, suunto, wahoo, stryd, polar

        /// - Parameter number: of the ANT+ manufacturer.
        package init?(antNumber number: UInt16) {
            switch number {
            // Garmin, and Dynastream, which is Garmin's.
            case 1, 13, 15: self = .garmin
            case 23: self = .suunto
            case 32: self = .wahoo
            case 95: self = .stryd
            case 123: self = .polar
            default: return nil
            }
        }

        /// - Parameter text: a Manufacturer Name String, as `Polar Electro Oy`.
        package init?(name text: String) {
            let name = text.lowercased()
            let words: [(String, Maker)] = [
                ("garmin", .garmin), ("dynastream", .garmin), ("suunto", .suunto), ("wahoo", .wahoo), ("stryd", .stryd),
                ("polar", .polar),
            ]
            guard let found = words.first(where: { name.hasPrefix($0.0) }) else { return nil }
            self = found.1
        }
    }

    package var maker: Maker?
    /// What its serial number can mean: one that is written in digits only may be hexadecimal all the same.
    package var serialNumbers: [UInt32] = []
    /// As told; never empty.
    package var name: String?

    package init() {}

    /// Whether both are surely one device: they tell the same serial number, and not of two makers.
    ///
    /// A number of 16 bits or less proves nothing: makers also count from 1.
    package func isSurely(_ other: DeviceIdentity) -> Bool {
        if let maker, let otherMaker = other.maker, maker != otherMaker { return false }
        return serialNumbers.contains { $0 > 0xFFFF && $0 != .max && other.serialNumbers.contains($0) }
    }

    /// Whether the name carries a number that ANT calls the same device by, as that of the HRM-Dual does (`HRM-Dual:123456`).
    ///
    /// A hint: a name can be changed, and one in 65 536 strangers carries any such number.
    ///
    /// - Parameter number: of 20 bits, of which ANT itself shows 16 to those who ask for no more.
    package func nameCarries(antNumber number: UInt32) -> Bool {
        guard number > 0, let digits = name?.split(whereSeparator: { !("0"..."9").contains($0) }).last,
            (4...10).contains(digits.utf8.count), let carried = UInt32(digits)
        else { return false }
        return carried == number || number > 0xFFFF && carried == number & 0xFFFF
    }

    /// - Parameter text: a Serial Number String: decimal or hexadecimal, nothing else in it.
    package static func serialNumbers(_ text: String) -> [UInt32] {
        let digits = text.hasPrefix("0x") || text.hasPrefix("0X") ? text.dropFirst(2) : text[...]
        guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isHexDigit }) else { return [] }
        var numbers: [UInt32] = []
        if digits.count == text.count, let decimal = UInt32(digits) { numbers.append(decimal) }
        if digits.count == 8, let other = UInt32(digits, radix: 16), !numbers.contains(other) { numbers.append(other) }
        return numbers
    }
}
