// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement

/// One USB device of a recording: an ANT stick, or something else that has to prove to be one.
struct ANTStick: Sendable {
    var incoming = ANTFramer()
    var outgoing = ANTFramer()
    var hearing: ANTHearing

    init(id: UInt32) {
        hearing = ANTHearing(id: id)
    }

    /// Who sent a broadcast that came alone, if that can be told at a glance: whom its channel heard before.
    ///
    /// - Parameters:
    ///   - message: a broadcast.
    ///   - id: the device that it came from.
    /// - Returns: the sensor's place in the table, and the message period that the host set, as in ``ANTChannel/pagePeriod``.
    @inline(__always)  // A call would be given a copy of the whole value.
    func sender(of message: ANTMessage, stick id: UInt32) -> (slot: Int, period: UInt16)? {
        guard hearing.id == id, hearing.isProven, !hearing.holdsMessage, !incoming.isCarrying,
            message.first < ANTHearing.channelLimit
        else { return nil }
        let channels = hearing.channels.span
        let number = Int(message.first)
        guard channels[number].signature == message.senderSignature, let slot = channels[number].slot else {
            return nil
        }
        return (slot, channels[number].pagePeriod)
    }
}

/// What is known of a stick, apart from its bytes under way: one message is read while another is weighed.
struct ANTHearing: Sendable {
    /// Bits 0–4 of a burst's channel byte are all that ANT has for channel numbers.
    static let channelLimit = 32

    let id: UInt32
    /// Not within the value: one channel's reading would copy all.
    var channels = [ANTChannel](repeating: ANTChannel(), count: channelLimit)
    var isProven = false
    /// The first plausible message, held back until a second proves the stick.
    private(set) var pending: (message: ANTMessage, fromStick: Bool, time: Timestamp)?
    var lastUse: UInt64 = 0
    var lastTime = Timestamp.zero

    init(id: UInt32) {
        self.id = id
    }

    /// Apart from the message itself, which would be copied to be looked at.
    private(set) var holdsMessage = false

    /// - Returns: the message that was held back, which now is no more.
    mutating func takePending() -> (message: ANTMessage, fromStick: Bool, time: Timestamp)? {
        let held = pending
        pending = nil
        holdsMessage = false
        return held
    }

    /// Weighs a message of a device that is not proven. Two plausible messages with no other byte than padding between
    /// them, in either direction, make a stick.
    ///
    /// - Returns: whether the stick is proven now, and the message held back before to be taken.
    mutating func weigh(_ message: ANTMessage, fromStick: Bool, at time: Timestamp) -> Bool {
        guard message.id.isPlausible(length: message.length) else {
            _ = takePending()
            return false
        }
        guard holdsMessage else {
            pending = (message, fromStick, time)
            holdsMessage = true
            return false
        }
        isProven = true
        return true
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
        channels[index].signature = 0
        switch (message.id, fromStick) {
        case (.channelID, _):
            guard let id = message.assignedChannelID else { return }
            channels[index].assigned = id
            channels[index].heard = nil
            if !fromStick { channels[index].isShared = false }
            channels[index].slot = nil
        case (.assignChannel, false), (.unassignChannel, false): channels[index] = ANTChannel()
        case (.channelPeriod, false): channels[index].period = message.uint16(1) ?? 0
        case (.openScan, false): channels[index].isShared = true
        default: break
        }
    }
}
