// SPDX-License-Identifier: GPL-3.0-or-later

/// What the kernel's virtual host controller sends: USB/IP, all numbers big-endian, 48 bytes and, of an OUT transfer, its data.
///
/// Source: Linux, Documentation/usb/usbip_protocol.rst, USBIP_CMD_SUBMIT and USBIP_CMD_UNLINK.
enum USBIPMessage: Equatable {
    struct Submit: Equatable {
        var sequence: UInt32
        /// 0...15.
        var endpoint: UInt32
        var isInput: Bool
        /// Bytes that the host has or has room for.
        var length: Int
        /// Of a control transfer; eight bytes.
        var setup: [UInt8]
        /// Of an OUT transfer.
        var data: [UInt8]
    }

    case submit(Submit)
    /// `victim` is the sequence number of the transfer that is taken back.
    case unlink(sequence: UInt32, victim: UInt32)

    static let headerLength = 48

    /// Takes the first message off the bytes.
    ///
    /// - Returns: `nil` when more has to come first.
    static func take(from input: inout [UInt8]) -> USBIPMessage? {
        guard input.count >= headerLength else { return nil }
        let header = Array(input[..<headerLength])
        let word = { (index: Int) in
            header[4 * index..<4 * index + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        }
        // command, sequence, device, direction, endpoint; flags, length, start frame, packets, interval, setup[8]
        if word(0) == 2 {
            let message = USBIPMessage.unlink(sequence: word(1), victim: word(5))
            input.removeFirst(headerLength)
            return message
        }
        let isInput = word(3) == 1
        let length = Int(word(6))
        let end = headerLength + (isInput ? 0 : length)
        guard input.count >= end else { return nil }
        let message = USBIPMessage.submit(
            Submit(
                sequence: word(1), endpoint: word(4), isInput: isInput, length: length,
                setup: Array(input[40..<48]), data: Array(input[headerLength..<end])))
        input.removeFirst(end)
        return message
    }

    /// USBIP_RET_SUBMIT.
    ///
    /// - Parameters:
    ///   - status: 0 or a negative errno.
    ///   - count: bytes that were moved.
    ///   - data: of an IN transfer.
    static func finished(_ sequence: UInt32, status: Int32, count: Int, data: [UInt8] = []) -> [UInt8] {
        reply(3, sequence, [status, Int32(count)]) + data
    }

    /// USBIP_RET_UNLINK.
    ///
    /// - Parameter status: −ECONNRESET when the transfer was taken back, 0 when it had come to its end before.
    static func unlinked(_ sequence: UInt32, status: Int32) -> [UInt8] { reply(4, sequence, [status]) }

    private static func reply(_ command: UInt32, _ sequence: UInt32, _ values: [Int32]) -> [UInt8] {
        // Device, direction and endpoint are 0 in replies.
        let words = [command, sequence, 0, 0, 0] + values.map { UInt32(bitPattern: $0) }
        let bytes = words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * $0)) } }
        return bytes + [UInt8](repeating: 0, count: headerLength - bytes.count)
    }
}
