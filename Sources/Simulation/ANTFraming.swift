// SPDX-License-Identifier: GPL-3.0-or-later

/// ANT serial messages as they cross the USB: sync 0xA4, length, id, payload, exclusive-or of all before.
///
/// Source: "ANT Message Protocol and Usage" (D00000652), sections 7 and 9; the two zero bytes after each message to
/// the stick are what vendor host code sends, as seen in real captures.
enum ANTFraming {
    static let broadcast: UInt8 = 0x4E
    static let channelResponse: UInt8 = 0x40

    /// Channel event codes, in a channel response with message id 1.
    static let receiveFailed: UInt8 = 2
    static let goToSearch: UInt8 = 8

    /// Closes a message that begins at `start` with its checksum.
    static func seal(_ bytes: inout [UInt8], from start: Int) {
        var checksum: UInt8 = 0
        for index in start..<bytes.count { checksum ^= bytes[index] }
        bytes.append(checksum)
    }

    static func message(_ id: UInt8, _ payload: [UInt8], toStick: Bool) -> [UInt8] {
        var bytes: [UInt8] = [0xA4, UInt8(truncatingIfNeeded: payload.count), id]
        bytes += payload
        seal(&bytes, from: 0)
        if toStick { bytes += [0, 0] }
        return bytes
    }
}
