// SPDX-License-Identifier: GPL-3.0-or-later

/// The makes of ANT+ stick that there are, by USB identity.
///
/// Source: the ids that public ANT host programs and udev rules carry.
package enum StickModel: UInt16, Sendable, CaseIterable {
    /// A serial bridge: the kernel owns it, and it speaks otherwise.
    case antUSB1 = 0x1004
    case antUSB2 = 0x1008
    case antUSBm = 0x1009

    /// Dynastream, now Garmin.
    package static let vendor: UInt16 = 0x0FCF

    package var name: String {
        switch self {
        case .antUSB1: "ANTUSB1"
        case .antUSB2: "ANTUSB2"
        case .antUSBm: "ANTUSB-m"
        }
    }

    /// Whether this program can use it.
    package var isSupported: Bool { self != .antUSB1 }
}
