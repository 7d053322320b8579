// SPDX-License-Identifier: GPL-3.0-or-later
package import ANT

/// Why a stick that is there cannot be used. Each is tried again, ever more rarely.
package enum StickProblem: Error, Hashable, Sendable, BitwiseCopyable {
    case noAnswerToReset
    case noAnswer(to: ANTMessageID)
    case refused(ANTMessageID, ANTResponse.Code)
    /// It has no channel or no network to give.
    case noChannels
    /// It starts anew whenever it is set up.
    case keepsRestarting
}

extension StickProblem: CustomStringConvertible {
    /// What is wrong, and what to do.
    package var description: String {
        switch self {
        case .noAnswerToReset: "does not answer a reset: unplug it and plug it in again"
        case .noAnswer(let id): "does not answer '\(id)': unplug it and plug it in again"
        case .refused(let id, let code): "refuses '\(id)': \(code); unplug it and plug it in again"
        case .noChannels: "offers no channel for ANT+: it is no ANT+ stick, or it is broken"
        case .keepsRestarting: "keeps restarting: try another USB port, without a hub"
        }
    }
}

/// Something about a stick that a person should know, though it works.
package enum StickRemark: Hashable, Sendable, BitwiseCopyable {
    /// It cannot scan, so it listens to so many sensors only.
    case noScanMode(channels: UInt8)
    /// More sensors than channels: it scans instead.
    case scansInstead
    /// More sensors than channels, and no scan mode: so many are not listened to.
    case sensorsLeftOut(UInt8)
    /// Data does not tell whose it is beyond its channel, nor how strong it came.
    case noExtendedData
    case noLowPrioritySearch
    /// It started anew by itself.
    case restarted
    /// It forgot its settings, as after the machine slept.
    case forgotSettings
    /// It said nothing, not even when asked.
    case fellSilent
    /// It could not hand over all it heard.
    case overflowed
    /// It did not understand a message.
    case serialError
}

extension StickRemark: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noScanMode(let channels): "cannot scan: it listens to \(channels) sensors at most"
        case .scansInstead: "has fewer channels than there are sensors: it scans instead"
        case .sensorsLeftOut(let count): "has fewer channels than there are sensors: \(count) are not listened to"
        case .noExtendedData: "does not tell which sensor sent a message, nor how strong it came"
        case .noLowPrioritySearch: "cannot search beside receiving: a lost sensor is looked for from time to time"
        case .restarted: "restarted by itself and is set up again"
        case .forgotSettings: "forgot its settings, as after a sleep, and is set up again"
        case .fellSilent: "fell silent and is set up again"
        case .overflowed: "heard more than it could hand over: messages were lost"
        case .serialError: "did not understand a message"
        }
    }
}

/// What follows from an event.
package enum StickAction: Equatable, Sendable, BitwiseCopyable {
    /// Write this message.
    case send(ANTMessage)
    /// Write so many zero bytes first: they end a message of which the stick may have got a part only.
    case flush(Int)
    /// A sensor's data. Number 0 in the id: nobody told which sensor it is.
    case heard(ANTMessage, ANTChannelID)
    /// It is set up and receives.
    case ready
    /// Told once until it is ready.
    case unusable(StickProblem)
    case remark(StickRemark)
}
