// SPDX-License-Identifier: GPL-3.0-or-later

/// How a sensor is chosen.
package enum SensorBinding: Hashable, Sendable {
    /// The low 48 bits, most significant byte first.
    case address(UInt64)
    /// The advertised name; capitals do not matter.
    case name(String)

    func matches(address: UInt64, name: String?) -> Bool {
        switch self {
        case .address(let wanted): address == wanted
        case .name(let wanted): name.map { $0.lowercased() == wanted.lowercased() } ?? false
        }
    }
}

extension SensorBinding: CustomStringConvertible {
    package var description: String {
        switch self {
        case .address(let address): Self.text(address)
        case .name(let name): "\"\(name)\""
        }
    }

    /// `C4:12:F5:00:A0:01`.
    package static func text(_ address: UInt64) -> String {
        (0..<6).reversed().map { index in
            let octet = UInt8(truncatingIfNeeded: address >> (8 * UInt64(index)))
            return (octet < 16 ? "0" : "") + String(octet, radix: 16, uppercase: true)
        }.joined(separator: ":")
    }
}
