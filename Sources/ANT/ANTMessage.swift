// SPDX-License-Identifier: GPL-3.0-or-later

/// One ANT serial message whose checksum held: an identifier and 1...41 payload bytes, stored inline.
///
/// The longest message of current sticks is an advanced burst of 24 data bytes with its extended data; 41 leaves room.
/// Payload bytes 1...8 of a data message are the sensor's page, so they lie in one word.
package struct ANTMessage: Hashable, Sendable, BitwiseCopyable {
    /// The longest payload read, in bytes. A longer one is taken for a false start.
    package static let maximumLength = 41

    package let id: ANTMessageID
    /// Payload bytes: 1...41.
    package let length: UInt8
    private let first: UInt8
    private let middle: UInt64
    private let tail0: UInt64
    private let tail1: UInt64
    private let tail2: UInt64
    private let tail3: UInt64

    /// - Parameter frame: sync, length, identifier, payload and checksum: exactly the bytes that the length announces,
    ///   with a length in 1...41 (the framer's business).
    /// - Returns: `nil` when the checksum, the XOR of all bytes before it, does not hold.
    @inline(__always)
    init?(frame: Span<UInt8>) {
        if frame.count == 13 {
            var word: UInt64 = 0
            word = UInt64(frame[4]) | UInt64(frame[5]) &<< 8 | UInt64(frame[6]) &<< 16 | UInt64(frame[7]) &<< 24
            word |= UInt64(frame[8]) &<< 32 | UInt64(frame[9]) &<< 40 | UInt64(frame[10]) &<< 48
            word |= UInt64(frame[11]) &<< 56
            let head = frame[0] ^ frame[1] ^ frame[2] ^ frame[3] ^ frame[12]
            guard head == Self.parity(word) else { return nil }
            self.init(standard: ANTMessageID(rawValue: frame[2]), first: frame[3], middle: word)
        } else {
            self.init(anyFrame: frame)
        }
    }

    /// A message of 9 payload bytes.
    @inline(__always)
    private init(standard id: ANTMessageID, first: UInt8, middle: UInt64) {
        self.id = id
        length = 9
        self.first = first
        self.middle = middle
        tail0 = 0
        tail1 = 0
        tail2 = 0
        tail3 = 0
    }

    @inline(never)
    private init?(anyFrame frame: Span<UInt8>) {
        var parity: UInt8 = 0
        for index in frame.indices { parity ^= frame[index] }
        guard parity == 0, frame.count >= 5 else { return nil }
        self.init(
            id: ANTMessageID(rawValue: frame[2]), payload: frame.extracting(3..<frame.count - 1))
    }

    /// - Returns: `nil` for a payload that is empty or longer than ``maximumLength``.
    package init?(id: ANTMessageID, payload: Span<UInt8>) {
        guard payload.count >= 1, payload.count <= Self.maximumLength else { return nil }
        func word(_ start: Int) -> UInt64 {
            var value: UInt64 = 0
            var shift: UInt64 = 0
            var index = start
            while index < payload.count, shift < 64 {
                value |= UInt64(payload[index]) &<< shift
                shift &+= 8
                index &+= 1
            }
            return value
        }
        self.id = id
        length = UInt8(truncatingIfNeeded: payload.count)
        first = payload[0]
        middle = word(1)
        tail0 = word(9)
        tail1 = word(17)
        tail2 = word(25)
        tail3 = word(33)
    }

    /// The XOR of the eight bytes of a word.
    @inline(__always)
    private static func parity(_ word: UInt64) -> UInt8 {
        var folded = word ^ word &>> 32
        folded ^= folded &>> 16
        folded ^= folded &>> 8
        return UInt8(truncatingIfNeeded: folded)
    }
}

extension ANTMessage {
    /// Payload byte `index`; `nil` behind the end.
    package func byte(_ index: Int) -> UInt8? {
        guard index >= 0, index < Int(length) else { return nil }
        if index == 0 { return first }
        let word =
            switch (index - 1) / 8 {
            case 0: middle
            case 1: tail0
            case 2: tail1
            case 3: tail2
            default: tail3
            }
        return UInt8(truncatingIfNeeded: word &>> (UInt64((index - 1) % 8) &* 8))
    }

    /// Payload bytes `index` and `index + 1`, little-endian; `nil` behind the end.
    package func uint16(_ index: Int) -> UInt16? {
        guard let low = byte(index), let high = byte(index + 1) else { return nil }
        return UInt16(low) | UInt16(high) << 8
    }

    /// Payload bytes `index` to `index + 3`, little-endian; `nil` behind the end.
    package func uint32(_ index: Int) -> UInt32? {
        guard let low = uint16(index), let high = uint16(index + 2) else { return nil }
        return UInt32(low) | UInt32(high) << 16
    }

    /// The channel that the message is about; `nil` when it is about the whole stick.
    ///
    /// In a burst the upper three bits of the byte number the packet.
    @inline(__always)
    package var channel: UInt8? {
        if id == .broadcast { return first }
        guard id.namesChannel else { return nil }
        return id == .burst || id == .legacyExtendedBurst || id.rawValue == 0x72 ? first & 0x1F : first
    }

    /// The sensor's 8 bytes; `nil` unless the message carries data and has all 8.
    @inline(__always)
    package var page: ANTPage? {
        if id.rawValue >= 0x4E && id.rawValue <= 0x50 {
            return length >= 9 ? ANTPage(bits: middle) : nil
        }
        guard id.carriesLegacyExtendedData, length >= 13 else { return nil }
        // Payload: channel, device number (2), device type, transmission type, then the data.
        return ANTPage(bits: middle &>> 32 | tail0 &<< 32)
    }

    /// What rides behind (or, in the legacy form, before) the 8 data bytes; `nil` when nothing does.
    @inline(__always)
    package var extendedData: ANTExtendedData? {
        guard length > 9, id.carriesData else { return nil }
        return ANTExtendedData(of: self)
    }

    /// What a response or an event is about and says; `nil` for other messages.
    package var response: ANTResponse? {
        guard id == .channelResponse, let subject = byte(1), let code = byte(2) else { return nil }
        return ANTResponse(
            channel: first, subject: ANTMessageID(rawValue: subject), code: ANTResponse.Code(rawValue: code))
    }

    /// The id that the message sets, or reports for, its channel; `nil` for other messages.
    package var assignedChannelID: ANTChannelID? {
        guard id == .channelID, let number = uint16(1), let type = byte(3), let transmission = byte(4)
        else { return nil }
        return ANTChannelID(deviceNumber: number, deviceType: type, transmissionType: transmission)
    }
}
