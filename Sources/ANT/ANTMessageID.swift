// SPDX-License-Identifier: GPL-3.0-or-later

/// What an ANT serial message is about. An identifier without a name here is kept as it came.
///
/// Source: the message identifiers that open ANT host libraries share (libant, python-ant, openant) and those
/// seen in real traffic of an ANTUSB2 stick.
@usableFromInline
package struct ANTMessageID: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
    @usableFromInline package var rawValue: UInt8

    @inlinable
    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    private init(_ rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let version = ANTMessageID(0x3E)
    /// The answer to a configuration message, or (about message 1) something that happened on a channel.
    package static let channelResponse = ANTMessageID(0x40)
    package static let unassignChannel = ANTMessageID(0x41)
    package static let assignChannel = ANTMessageID(0x42)
    package static let channelPeriod = ANTMessageID(0x43)
    package static let searchTimeout = ANTMessageID(0x44)
    package static let radioFrequency = ANTMessageID(0x45)
    package static let networkKey = ANTMessageID(0x46)
    package static let resetSystem = ANTMessageID(0x4A)
    package static let openChannel = ANTMessageID(0x4B)
    package static let closeChannel = ANTMessageID(0x4C)
    package static let request = ANTMessageID(0x4D)
    package static let broadcast = ANTMessageID(0x4E)
    package static let acknowledged = ANTMessageID(0x4F)
    package static let burst = ANTMessageID(0x50)
    package static let channelID = ANTMessageID(0x51)
    package static let channelStatus = ANTMessageID(0x52)
    package static let capabilities = ANTMessageID(0x54)
    package static let openScan = ANTMessageID(0x5B)
    package static let legacyExtendedBroadcast = ANTMessageID(0x5D)
    package static let legacyExtendedAcknowledged = ANTMessageID(0x5E)
    package static let legacyExtendedBurst = ANTMessageID(0x5F)
    package static let serialNumber = ANTMessageID(0x61)
    package static let lowPrioritySearchTimeout = ANTMessageID(0x63)
    package static let enableExtendedMessages = ANTMessageID(0x66)
    package static let libraryConfiguration = ANTMessageID(0x6E)
    package static let startup = ANTMessageID(0x6F)
}

extension ANTMessageID {
    /// In words; `nil` for an identifier that has no name here.
    package var name: String? {
        switch rawValue {
        case 0x3E: "version"
        case 0x40: "response"
        case 0x41: "unassign channel"
        case 0x42: "assign channel"
        case 0x43: "channel period"
        case 0x44: "search time-out"
        case 0x45: "RF frequency"
        case 0x46: "network key"
        case 0x47: "transmit power"
        case 0x48: "CW test"
        case 0x49: "search waveform"
        case 0x4A: "reset"
        case 0x4B: "open channel"
        case 0x4C: "close channel"
        case 0x4D: "request"
        case 0x4E: "broadcast"
        case 0x4F: "acknowledged"
        case 0x50: "burst"
        case 0x51: "channel id"
        case 0x52: "channel status"
        case 0x53: "CW init"
        case 0x54: "capabilities"
        case 0x59: "add to id list"
        case 0x5A: "configure id list"
        case 0x5B: "open scan mode"
        case 0x5D: "extended broadcast"
        case 0x5E: "extended acknowledged"
        case 0x5F: "extended burst"
        case 0x60: "channel transmit power"
        case 0x61: "serial number"
        case 0x63: "low-priority search time-out"
        case 0x65: "channel id from serial number"
        case 0x66: "enable extended messages"
        case 0x68: "enable LED"
        case 0x6D: "enable crystal"
        case 0x6E: "library configuration"
        case 0x6F: "start-up"
        case 0x70: "frequency agility"
        case 0x71: "proximity search"
        case 0x72: "advanced burst"
        case 0x74: "event buffer"
        case 0x75: "search priority"
        case 0x77: "high duty search"
        case 0x78: "configure advanced burst"
        case 0x79: "event filter"
        case 0x7A: "configure selective data"
        case 0x7B: "selective data mask"
        case 0xAE: "serial error"
        case 0xC5: "sleep"
        default: nil
        }
    }

    /// Whether `length` is a payload length, in bytes, that this message can have. Used to tell an ANT stream from
    /// other USB traffic, so an unknown message is never plausible.
    func isPlausible(length: UInt8) -> Bool {
        switch self {
        case .broadcast, .acknowledged, .burst: length >= 9 && length <= 21
        case .legacyExtendedBroadcast, .legacyExtendedAcknowledged, .legacyExtendedBurst: length == 13
        case .channelResponse, .channelPeriod: length == 3
        case .assignChannel: length == 3 || length == 4
        case .channelID: length == 5
        case .networkKey: length == 9 || length == 17
        case .capabilities: length >= 4 && length <= 8
        case .serialNumber: length == 4
        case .version: length >= 2 && length <= 32
        case .startup, .resetSystem: length == 1
        case .channelStatus, .searchTimeout, .radioFrequency, .lowPrioritySearchTimeout: length == 2
        // A request may name a page of the stick's memory behind the message it asks for.
        case .request: length >= 2 && length <= 5
        default: name != nil
        }
    }

    /// Whether the payload is 8 bytes of a sensor's data behind a channel number.
    @inlinable
    @inline(__always)
    package var carriesData: Bool {
        (rawValue >= 0x4E && rawValue <= 0x50) || carriesLegacyExtendedData
    }

    /// Whether the data follow an explicit channel id, as ANT sticks before flagged extended messages sent them.
    @inlinable
    @inline(__always)
    package var carriesLegacyExtendedData: Bool { rawValue >= 0x5D && rawValue <= 0x5F }

    /// Whether payload byte 0 is a channel number.
    @usableFromInline package var namesChannel: Bool {
        switch rawValue {
        case 0x40...0x45, 0x4B...0x53, 0x59...0x5B, 0x5D...0x60, 0x63, 0x65, 0x70...0x72, 0x75, 0x77: true
        default: false
        }
    }
}

extension ANTMessageID: CustomStringConvertible {
    @usableFromInline package var description: String { name ?? "message \(hexadecimal(rawValue))" }
}

/// `0x4E` and the like.
func hexadecimal(_ value: UInt8) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return digits.count < 2 ? "0x0" + digits : "0x" + digits
}
