// SPDX-License-Identifier: GPL-3.0-or-later

/// What a stick adds to received data when its host asked for it.
///
/// Behind the 8 data bytes comes a flag byte, then, for each flag set and in this order: 0x80 channel id (4 bytes),
/// 0x40 signal strength, 0x20 time of reception (2 bytes).
///
/// Sources: open ANT host libraries for the flags and their order. The length of the signal strength depends on its
/// first byte: type 0x20 (dBm) has two bytes more; type 0x10 has three, by two real messages of two sensors whose
/// lengths (20 bytes, all three flags) fit nothing else.
package struct ANTExtendedData: Hashable, Sendable, BitwiseCopyable {
    package var channelID: ANTChannelID?
    /// In dBm; `nil` when absent or in the other unit.
    package var signalStrength: Int8?
    /// Reception time in 1/32768 s of the stick's own clock; wraps every 2 s.
    package var receptionTime: UInt16?

    /// - Returns: `nil` when the message has no such data, or not whole: then nothing of it is believed.
    init?(of message: ANTMessage) {
        if message.id.carriesLegacyExtendedData {
            guard message.length >= 13, let number = message.uint16(1), let type = message.byte(3),
                let transmission = message.byte(4)
            else { return nil }
            channelID = ANTChannelID(deviceNumber: number, deviceType: type, transmissionType: transmission)
            return
        }
        guard let flags = message.byte(9) else { return nil }
        var offset = 10
        if flags & 0x80 != 0 {
            guard let number = message.uint16(offset), let type = message.byte(offset + 2),
                let transmission = message.byte(offset + 3)
            else { return nil }
            channelID = ANTChannelID(deviceNumber: number, deviceType: type, transmissionType: transmission)
            offset += 4
        }
        if flags & 0x40 != 0 {
            guard let type = message.byte(offset), let value = message.byte(offset + 1),
                message.byte(offset + 2) != nil
            else { return nil }
            if type == 0x20 { signalStrength = Int8(truncatingIfNeeded: value) }
            offset += type == 0x10 ? 4 : 3
        }
        if flags & 0x20 != 0 {
            guard let time = message.uint16(offset) else { return nil }
            receptionTime = time
        }
    }
}
