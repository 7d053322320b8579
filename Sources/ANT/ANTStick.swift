// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement

/// One USB device of a recording: an ANT stick, or something else that has to prove to be one.
struct ANTStick: Sendable {
    /// Bits 0–4 of a burst's channel byte are all that ANT has for channel numbers.
    static let channelLimit = 32

    let id: UInt32
    var incoming = ANTFramer()
    var outgoing = ANTFramer()
    /// Not within the value: one channel's reading would copy all.
    var channels = [ANTChannel](repeating: ANTChannel(), count: channelLimit)
    var isProven = false
    /// The first plausible message, held back until a second proves the stick.
    var pending: (message: ANTMessage, fromStick: Bool, time: Timestamp)?
    var lastUse: UInt64 = 0
    var lastTime = Timestamp.zero

    init(id: UInt32) {
        self.id = id
    }

    /// Weighs a message of a device that is not proven. Two plausible messages with no other byte than padding between
    /// them, in either direction, make a stick.
    ///
    /// - Returns: the message held back before, once the stick is proven.
    mutating func weigh(
        _ message: ANTMessage, fromStick: Bool, at time: Timestamp
    ) -> (message: ANTMessage, fromStick: Bool, time: Timestamp)? {
        guard message.id.isPlausible(length: message.length) else {
            pending = nil
            return nil
        }
        guard let first = pending else {
            pending = (message, fromStick, time)
            return nil
        }
        pending = nil
        isProven = true
        return first
    }

    /// Learns from a message that is not data.
    mutating func learn(from message: ANTMessage, fromStick: Bool) {
        switch (message.id, fromStick) {
        case (.startup, true), (.resetSystem, false):
            for index in channels.indices { channels[index] = ANTChannel() }
            return
        default: break
        }
        guard let number = message.channel, number < Self.channelLimit else { return }
        let index = Int(number)
        switch (message.id, fromStick) {
        case (.channelID, _):
            guard let id = message.assignedChannelID else { return }
            channels[index].assigned = id
            channels[index].heard = nil
            if !fromStick { channels[index].isShared = false }
            channels[index].slot = nil
        case (.assignChannel, false), (.unassignChannel, false): channels[index] = ANTChannel()
        case (.channelPeriod, false): channels[index].period = message.uint16(1) ?? 0
        case (.radioFrequency, false): channels[index].radioFrequency = message.byte(1)
        case (.openScan, false): channels[index].isShared = true
        default: break
        }
    }
}
