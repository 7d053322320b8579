// SPDX-License-Identifier: GPL-3.0-or-later
package import BinaryCoding
package import Capture

/// Input that is not what it claims to be. It is dropped and counted; decoding goes on.
package enum GATTFault: Error, Equatable, Sendable {
    /// An HCI packet whose fields are not all there.
    case hci(HCIPacketType, DecodeError)
    /// The length in a packet's header is not the number of bytes after it.
    case lengthMismatch(HCIPacketType, declared: Int, present: Int)
    /// A packet boundary flag that LE does not use.
    case reservedBoundary(UInt8)
    /// A continuation whose beginning was never seen, or was refused.
    case continuationWithoutStart
    /// A new PDU began while an earlier one lacked `missing` bytes.
    case unfinished(missing: Int)
    /// More bytes came than the L2CAP header announced.
    case overlong(declared: Int, present: Int)
    /// An L2CAP length beyond any that ATT uses.
    case tooLong(declared: Int)
    /// An ATT PDU that cannot be read; `nil` when it has not even an opcode.
    case attribute(opcode: UInt8?, DecodeError)
    /// A characteristic's value that its format does not allow.
    case value(GATTUUID, handle: UInt16, DecodeError)
}

extension GATTFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .hci(let type, let error): "HCI \(type) packet: \(error)"
        case .lengthMismatch(let type, let declared, let present):
            "HCI \(type) packet announces \(declared) bytes and has \(present)"
        case .reservedBoundary(let flag): "ACL packet with reserved boundary flag \(flag)"
        case .continuationWithoutStart: "ACL continuation without a start"
        case .unfinished(let missing): "L2CAP PDU lacks its last \(missing) bytes"
        case .overlong(let declared, let present): "L2CAP PDU announces \(declared) bytes and has \(present)"
        case .tooLong(let declared): "ATT PDU of \(declared) bytes"
        case .attribute(nil, let error): "ATT PDU: \(error)"
        case .attribute(let opcode?, let error):
            "ATT \(ATTOpcode(rawValue: opcode)?.name ?? "opcode \(opcode)"): \(error)"
        case .value(let uuid, let handle, let error): "\(uuid.name ?? uuid.description) at handle \(handle): \(error)"
        }
    }
}

/// What a decoder has met since it was made. All counts wrap rather than trap.
package struct GATTCounters: Equatable, Sendable, BitwiseCopyable {
    package var packets: UInt64 = 0
    package var attributePDUs: UInt64 = 0
    /// Values that notifications and indications brought.
    package var notifications: UInt64 = 0
    /// Of those, the ones whose characteristic is not known (yet).
    package var unidentifiedNotifications: UInt64 = 0
    package var samples: UInt64 = 0
    /// Everything that was reported as `.bad`.
    package var bad: UInt64 = 0
    /// L2CAP PDUs of other channels (security, signalling, classic Bluetooth).
    package var otherChannels: UInt64 = 0
    /// Responses to requests that the recording does not have.
    package var unmatchedResponses: UInt64 = 0
    package var unknownOpcodes: UInt64 = 0
    /// RR intervals of zero, which are none.
    package var zeroIntervals: UInt64 = 0
    /// Measurements with bytes beyond what their flags announce.
    package var trailingBytes: UInt64 = 0
    /// Total distances that moved as no runner can.
    package var distanceJumps: UInt64 = 0
    /// Advertising data whose structures do not add up.
    package var badAdvertisements: UInt64 = 0
    /// Connections, devices, attributes or candidates dropped because a table was full.
    package var overLimit: UInt64 = 0

    package init() {}
}
