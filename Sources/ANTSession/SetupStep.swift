// SPDX-License-Identifier: GPL-3.0-or-later
internal import ANT

/// One question or setting on the way from a stick's start to its receiving, in this order.
package enum SetupStep: Hashable, Sendable, BitwiseCopyable {
    case capabilities
    case version
    case serialNumber
    case networkKey
    case extendedData(ExtendedDataForm)
    case assign(Int)
    case channelID(Int)
    case period(Int)
    case frequency(Int)
    case searchTimeout(Int)
    case lowPrioritySearch(Int)
    case open(Int)
    case openScan

    /// The ways to have data carry more than itself, best first.
    package enum ExtendedDataForm: Hashable, Sendable, BitwiseCopyable {
        /// Channel id, signal strength and time of reception.
        case all
        case channelID
        /// The setting of sticks from before the library configuration.
        case legacy
    }

    /// What a refusal or a lasting silence means.
    var isOptional: Bool {
        switch self {
        case .version, .serialNumber, .extendedData, .searchTimeout, .lowPrioritySearch: true
        case .capabilities, .networkKey, .assign, .channelID, .period, .frequency, .open, .openScan: false
        }
    }

    /// How often it is sent when no answer comes. What only informs is not waited for long.
    var attempts: Int {
        switch self {
        case .version, .serialNumber: 1
        case .capabilities, .networkKey, .extendedData, .assign, .channelID, .period, .frequency, .searchTimeout,
            .lowPrioritySearch, .open, .openScan:
            StickSession.Pace.attempts
        }
    }

    /// Whether a refusal for the channel's state says no more than that the lost first try was carried out.
    var isDoneWhenStateIsWrong: Bool {
        switch self {
        case .assign, .open, .openScan: true
        case .capabilities, .version, .serialNumber, .networkKey, .extendedData, .channelID, .period, .frequency,
            .searchTimeout, .lowPrioritySearch:
            false
        }
    }

    /// The id of the message that the step sends, or asks for.
    var subject: ANTMessageID {
        switch self {
        case .capabilities: .capabilities
        case .version: .version
        case .serialNumber: .serialNumber
        case .networkKey: .networkKey
        case .extendedData(.all), .extendedData(.channelID): .libraryConfiguration
        case .extendedData(.legacy): .enableExtendedMessages
        case .assign: .assignChannel
        case .channelID: .channelID
        case .period: .channelPeriod
        case .frequency: .radioFrequency
        case .searchTimeout: .searchTimeout
        case .lowPrioritySearch: .lowPrioritySearchTimeout
        case .open: .openChannel
        case .openScan: .openScan
        }
    }

    /// The channel that the step is about; `nil` when it is about the whole stick.
    var channel: Int? {
        switch self {
        case .capabilities, .version, .serialNumber, .networkKey, .extendedData: nil
        case .assign(let number), .channelID(let number), .period(let number), .frequency(let number),
            .searchTimeout(let number), .lowPrioritySearch(let number), .open(let number):
            number
        case .openScan: 0
        }
    }

    var isRequest: Bool {
        switch self {
        case .capabilities, .version, .serialNumber: true
        case .networkKey, .extendedData, .assign, .channelID, .period, .frequency, .searchTimeout, .lowPrioritySearch,
            .open, .openScan:
            false
        }
    }
}
