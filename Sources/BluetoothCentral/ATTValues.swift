// SPDX-License-Identifier: GPL-3.0-or-later
import BinaryCoding
import GATT

/// Values that a server sends unasked: notified, which nobody answers, or indicated, which it waits to have confirmed. It may send no other
/// indication until then, and ends the connection after 30 s.
///
/// Source: Core 5.4, Vol 3 Part F, 3.4.7.
enum ATTValues {
    static let confirmation: [UInt8] = [ATTOpcode.handleValueConfirmation.rawValue]

    /// - Parameters:
    ///   - pdu: a notification or an indication, opcode first.
    ///   - deliver: given each value with its handle.
    /// - Throws: when there is no handle, or a value is cut short; those before it have been delivered. Such an indication gets no
    ///   confirmation.
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
