// SPDX-License-Identifier: GPL-3.0-or-later

/// A Bluetooth sensor that is chosen by the name that it tells, whatever its address is: some sensors change theirs.
///
/// It is no ``SensorID``: who it is turns out when a sensor tells the name, and two sensors may tell the same.
package struct SensorName: Hashable, Sendable {
    /// Never empty.
    package let name: String

    private static let prefix = "ble:name:"

    /// Reads `ble:name:Polar H10 12345678`. What follows the second colon is the name, with all that is in it.
    ///
    /// - Returns: `nil` for anything else.
    package init?(_ text: String) {
        guard text.hasPrefix(Self.prefix), text.utf8.count > Self.prefix.utf8.count else { return nil }
        name = String(text.dropFirst(Self.prefix.count))
    }

    /// Capitals do not matter.
    package func matches(_ told: String) -> Bool { told.lowercased() == name.lowercased() }
}

extension SensorName: CustomStringConvertible {
    package var description: String { Self.prefix + name }
}
