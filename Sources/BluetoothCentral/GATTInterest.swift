// SPDX-License-Identifier: GPL-3.0-or-later
import GATT

/// Which attributes of a peer matter here, and what for. Everything else is passed over in discovery.
enum GATTInterest {
    /// In which order services are looked through: what measures comes first, so that values flow while the rest is still asked for.
    ///
    /// - Returns: `nil` for a service of no interest.
    static func rank(ofService uuid: GATTUUID) -> Int? {
        switch uuid.short {
        case 0x180D: 0
        case 0x1814: 1
        // Generic Attribute (Service Changed), Battery, Device Information, Generic Access (the name).
        case 0x1801: 2
        case 0x180F: 3
        case 0x180A: 4
        case 0x1800: 5
        default: nil
        }
    }

    /// Whether the service is what a sensor is connected for.
    static func measures(service uuid: GATTUUID) -> Bool {
        uuid == .heartRateService || uuid == .runningSpeedAndCadenceService
    }

    enum Use: Equatable, Sendable {
        /// Notified; without it the connection is of no use.
        case measurement
        /// Read once, and notified if the peer can.
        case state
        /// Read once.
        case text
        case number
        /// Indicated when the peer's attributes have moved.
        case serviceChanged

        var isRead: Bool {
            switch self {
            case .state, .text, .number: true
            case .measurement, .serviceChanged: false
            }
        }

        var isSubscribed: Bool {
            switch self {
            case .measurement, .state, .serviceChanged: true
            case .text, .number: false
            }
        }
    }

    static func use(ofCharacteristic uuid: GATTUUID) -> Use? {
        switch uuid.short {
        case 0x2A37, 0x2A53: .measurement
        case 0x2A19: .state
        case 0x2A38, 0x2A54: .number
        case 0x2A00, 0x2A24, 0x2A25, 0x2A26, 0x2A27, 0x2A28, 0x2A29: .text
        case 0x2A05: .serviceChanged
        default: nil
        }
    }
}
