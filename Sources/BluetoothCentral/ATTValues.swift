// SPDX-License-Identifier: GPL-3.0-or-later
import BinaryCoding
import GATT

/// Values that a server sends unasked and unanswered.
///
/// Source: Core 5.4, Vol 3 Part F, 3.4.7.1 and 3.4.7.4.
enum ATTNotifications {
    /// - Parameters:
    ///   - pdu: a notification, opcode first.
    ///   - deliver: given each value with its handle.
    /// - Throws: when a value is cut short; those before it have been delivered.
    static func read(
        _ pdu: Span<UInt8>, _ opcode: ATTOpcode, deliver: (UInt16, Span<UInt8>) -> Void
    ) throws(DecodeError) {
        var reader = ByteReader(pdu)
        try reader.skip(1, "opcode")
        guard opcode == .multipleHandleValueNotification else {
            let handle = try reader.uint16("handle")
            deliver(handle, try reader.bytes(reader.remaining, "value"))
            return
        }
        while reader.remaining > 0 {
            let handle = try reader.uint16("handle")
            let length = Int(try reader.uint16("value length"))
            deliver(handle, try reader.bytes(length, "value"))
        }
    }
}

/// Values that a server sends unasked and waits to have confirmed; it may send no other until then, and ends the connection after 30 s.
///
/// Source: Core 5.4, Vol 3 Part F, 3.4.7.2 and 3.4.7.3.
struct ATTIndications: Sendable {
    private(set) var confirmed: UInt64 = 0

    static let confirmation: [UInt8] = [ATTOpcode.handleValueConfirmation.rawValue]

    /// Delivers the value, then the confirmation is due.
    ///
    /// - Throws: when there is no handle: such a PDU gets no confirmation.
    mutating func receive(_ pdu: Span<UInt8>, deliver: (UInt16, Span<UInt8>) -> Void) throws(DecodeError) {
        var reader = ByteReader(pdu)
        try reader.skip(1, "opcode")
        let handle = try reader.uint16("handle")
        deliver(handle, try reader.bytes(reader.remaining, "value"))
        confirmed &+= 1
    }
}
