// SPDX-License-Identifier: GPL-3.0-or-later

/// Whether transfers of an ANT stick hold whole messages, or parts of one that began or ends in another transfer.
///
/// Layout: sync 0xA4 or 0xA5, length, identifier, `length` bytes, checksum; zeros may stand between (protocol of ANT serial hosts).
struct MessageBoundary: Sendable {
    /// Bytes of a message that are still to come; `nil` when not even its length has.
    private var missing: Int? = 0

    /// - Returns: `true` when the transfer can be understood without any other.
    mutating func take(_ bytes: Span<UInt8>) -> Bool {
        let beganWhole = missing == 0
        var position = 0
        if let missing {
            position = missing
        } else if bytes.count > 0 {
            position = Int(bytes[0]) + 3
        }
        while position < bytes.count {
            switch bytes[position] {
            case 0: position += 1
            case 0xA4, 0xA5:
                guard position + 1 < bytes.count else {
                    missing = nil
                    return false
                }
                position += Int(bytes[position + 1]) + 4
            default:
                // Not in step: the framer will find its way, and the next transfer is judged by itself.
                missing = 0
                return false
            }
        }
        missing = position - bytes.count
        return beganWhole && missing == 0
    }
}
