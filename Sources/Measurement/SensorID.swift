// SPDX-License-Identifier: GPL-3.0-or-later

/// Who measured: one radio identity of one device.
///
/// A strap that sends on ANT+ and Bluetooth has two of these; fusion finds out that they are one.
@usableFromInline
package enum SensorID: Hashable, Sendable, BitwiseCopyable {
    /// An ANT+ device: its device type (120 heart rate, 124 footpod) and its 20-bit number. Number 0 is the wildcard: the
    /// recording never said which device it was.
    case ant(deviceType: UInt8, number: UInt32)
    /// A Bluetooth LE device address: the low 48 bits, most significant byte first as it is printed.
    case bluetooth(address: UInt64)
    /// A Bluetooth connection whose address the recording does not tell.
    case bluetoothConnection(adapter: UInt16, handle: UInt16)
    /// A column of a file that names no device.
    case file(SensorKind)
}

extension SensorID: CustomStringConvertible {
    /// The contract's spelling: `ant:120:16815`, `ble:C4:12:F5:00:A0:01`, `ble:0/64`, `file:heart_rate`.
    @usableFromInline package var description: String {
        switch self {
        case .ant(let deviceType, let number): return "ant:\(deviceType):\(number)"
        case .bluetooth(let address):
            let octets = (0..<6).reversed().map { index in
                let octet = UInt8(truncatingIfNeeded: address >> (8 * UInt64(index)))
                let digits = String(octet, radix: 16, uppercase: true)
                return digits.count < 2 ? "0" + digits : digits
            }
            return "ble:" + octets.joined(separator: ":")
        case .bluetoothConnection(let adapter, let handle): return "ble:\(adapter)/\(handle)"
        case .file(let kind): return "file:\(kind.name)"
        }
    }
}

extension SensorID {
    /// What can only be measured by a sensor of this identity; `nil` where the identity does not tell.
    package var kind: SensorKind? {
        switch self {
        case .ant(let deviceType, _): SensorKind(antDeviceType: deviceType)
        case .bluetooth, .bluetoothConnection: nil
        case .file(let kind): kind
        }
    }

    /// Reads the spelling that ``description`` writes.
    ///
    /// - Returns: `nil` for anything else.
    package init?(_ text: String) {
        // Swift's integers would take a sign, which is no part of any of these.
        guard !text.contains(where: { $0 == "+" || $0 == "-" }) else { return nil }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        switch parts.first {
        case "ant":
            guard parts.count == 3, let type = UInt8(parts[1]), let number = UInt32(parts[2]),
                number < 1 << 20
            else { return nil }
            self = .ant(deviceType: type, number: number)
        case "ble" where parts.count == 7:
            var address: UInt64 = 0
            for part in parts.dropFirst() {
                guard part.utf8.count == 2, let octet = UInt8(part, radix: 16) else { return nil }
                address = address << 8 | UInt64(octet)
            }
            self = .bluetooth(address: address)
        case "ble" where parts.count == 2:
            let numbers = parts[1].split(separator: "/", omittingEmptySubsequences: false)
            guard numbers.count == 2, let adapter = UInt16(numbers[0]),
                let handle = UInt16(numbers[1])
            else { return nil }
            self = .bluetoothConnection(adapter: adapter, handle: handle)
        case "file":
            guard parts.count == 2,
                let kind = SensorKind.allCases.first(where: { $0.name == parts[1] })
            else { return nil }
            self = .file(kind)
        default: return nil
        }
    }
}
