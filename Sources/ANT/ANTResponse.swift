// SPDX-License-Identifier: GPL-3.0-or-later

/// The answer to a configuration message, or an event on a channel.
package struct ANTResponse: Hashable, Sendable, BitwiseCopyable {
    package var channel: UInt8
    /// The message answered; 1 stands for an event.
    package var subject: ANTMessageID
    package var code: Code

    package init(channel: UInt8, subject: ANTMessageID, code: Code) {
        self.channel = channel
        self.subject = subject
        self.code = code
    }

    package var isEvent: Bool { subject.rawValue == 1 }

    /// What was answered, or what happened. A code without a name here is kept as it came.
    ///
    /// Source: the response and event codes that open ANT host libraries share.
    package struct Code: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
        package var rawValue: UInt8

        package init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        package static let noError = Code(rawValue: 0)
        package static let searchTimeout = Code(rawValue: 1)
        /// A message expected in its time slot did not come.
        package static let receiveFailed = Code(rawValue: 2)
        package static let channelClosed = Code(rawValue: 7)
        /// So many messages in a row did not come (about 2 s) that the channel searches again.
        package static let goToSearch = Code(rawValue: 8)
        package static let wrongState = Code(rawValue: 0x15)
        package static let serialQueueOverflow = Code(rawValue: 0x34)
        package static let receiveQueueOverflow = Code(rawValue: 0x35)
    }
}

extension ANTResponse.Code: CustomStringConvertible {
    package var description: String {
        switch rawValue {
        case 0x00: "no error"
        case 0x01: "search time-out"
        case 0x02: "receive failed"
        case 0x03: "sent"
        case 0x04: "transfer receive failed"
        case 0x05: "transfer complete"
        case 0x06: "transfer failed"
        case 0x07: "channel closed"
        case 0x08: "go to search"
        case 0x09: "channel collision"
        case 0x0A: "transfer started"
        case 0x15: "channel in wrong state"
        case 0x16: "channel not opened"
        case 0x18: "channel id not set"
        case 0x19: "close all channels first"
        case 0x1F: "transfer in progress"
        case 0x20: "transfer sequence error"
        case 0x21: "transfer in error"
        case 0x27: "message too long"
        case 0x28: "invalid message"
        case 0x29: "invalid network number"
        case 0x30: "invalid list id"
        case 0x31: "invalid scan channel"
        case 0x33: "invalid parameter"
        case 0x34: "serial queue overflow"
        case 0x35: "receive queue overflow"
        default: "code \(hexadecimal(rawValue))"
        }
    }
}
