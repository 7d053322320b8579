// SPDX-License-Identifier: GPL-3.0-or-later

/// One ANT serial message whose checksum held: an identifier and 1...41 payload bytes, stored inline.
///
/// The longest message of current sticks is an advanced burst of 24 data bytes with its extended data; 41 leaves room.
/// Payload bytes 1...8 of a data message are the sensor's page, so they lie in one word.
@usableFromInline
package struct ANTMessage: Hashable, Sendable, BitwiseCopyable {
    /// The longest payload read, in bytes. A longer one is taken for a false start.
    @inlinable package static var maximumLength: Int { 41 }

    @usableFromInline package let id: ANTMessageID
    /// Payload bytes: 1...41.
    @usableFromInline package let length: UInt8
    @usableFromInline let first: UInt8
    @usableFromInline let middle: UInt64
    @usableFromInline let tail0: UInt64
    @usableFromInline let tail1: UInt64
    @usableFromInline let tail2: UInt64
    @usableFromInline let tail3: UInt64

    /// - Parameter frame: sync, length, identifier, payload and checksum: exactly the bytes that the length announces,
    ///   with a length in 1...41 (the framer's business).
    /// - Returns: `nil` when the checksum, the XOR of all bytes before it, does not hold.
    @inlinable
    @inline(__always)
    init?(frame: Span<UInt8>) {
        // Nearly all are data messages, of 13 bytes or, with what sticks add, of up to 29: their bytes are loaded by the word.
        let count = frame.count
        guard count >= 13, count <= 29 else {
            self.init(anyFrame: frame)
            return
        }
        let head = Self.fourBytes(frame, 0)
        let middle = Self.eightBytes(frame, 4)
        var parity = middle ^ UInt64(head) ^ UInt64(frame[count &- 1])
        var tail: (UInt64, UInt64) = (0, 0)
        if count > 13 {
            // The word before the checksum, less what of it is already in the words before.
            let last = Self.eightBytes(frame, count &- 9)
            if count <= 21 {
                tail.0 = last &>> UInt64(truncatingIfNeeded: 8 &* (21 &- count))
            } else {
                tail = (Self.eightBytes(frame, 12), last &>> UInt64(truncatingIfNeeded: 8 &* (29 &- count)))
            }
            parity ^= tail.0 ^ tail.1
        }
        guard Self.parity(parity) == 0 else { return nil }
        self.init(head: head, length: UInt8(truncatingIfNeeded: count &- 4), middle: middle, tail: tail)
    }

    /// The broadcast that a transfer holds, if it holds nothing else.
    ///
    /// - Returns: `nil` for every other transfer, good or bad.
    @inline(__always)
    init?(onlyBroadcastIn transfer: Span<UInt8>) {
        let count = transfer.count
        guard count >= 13, count <= 29 else { return nil }
        let head = UInt32(ANTFramer.sync) | UInt32(count &- ANTFramer.overhead) &<< 8 | Self.broadcastHead
        guard Self.fourBytes(transfer, 0) & 0xFF_FFFF == head else { return nil }
        self.init(frame: transfer)
    }

    private static let broadcastHead = UInt32(ANTMessageID.broadcast.rawValue) &<< 16

    /// - Parameter head: the frame's first four bytes: sync, length, identifier and the payload's first.
    @inlinable
    @inline(__always)
    init(head: UInt32, length: UInt8, middle: UInt64, tail: (UInt64, UInt64)) {
        id = ANTMessageID(rawValue: UInt8(truncatingIfNeeded: head &>> 16))
        self.length = length
        first = UInt8(truncatingIfNeeded: head &>> 24)
        self.middle = middle
        tail0 = tail.0
        tail1 = tail.1
        tail2 = 0
        tail3 = 0
    }

    /// Little-endian. One check of bounds, then one load.
    @inlinable
    @inline(__always)
    static func fourBytes(_ bytes: Span<UInt8>, _ start: Int) -> UInt32 {
        let four = bytes.extracting(start..<start &+ 4)
        return UInt32(four[0]) | UInt32(four[1]) &<< 8 | UInt32(four[2]) &<< 16 | UInt32(four[3]) &<< 24
    }

    /// Little-endian. One check of bounds, then one load.
    @inlinable
    @inline(__always)
    static func eightBytes(_ bytes: Span<UInt8>, _ start: Int) -> UInt64 {
        let eight = bytes.extracting(start..<start &+ 8)
        let low = UInt64(eight[0]) | UInt64(eight[1]) &<< 8 | UInt64(eight[2]) &<< 16 | UInt64(eight[3]) &<< 24
        let high = UInt64(eight[4]) | UInt64(eight[5]) &<< 8 | UInt64(eight[6]) &<< 16 | UInt64(eight[7]) &<< 24
        return low | high &<< 32
    }

    @usableFromInline
    @inline(never)
    init?(anyFrame frame: Span<UInt8>) {
        guard frame.count >= 5 else { return nil }
        let checksum = frame[frame.count - 1]
        let head = frame[0] ^ frame[1] ^ frame[2] ^ checksum
        self.init(
            id: ANTMessageID(rawValue: frame[2]), payload: frame.extracting(3..<frame.count - 1))
        // Bytes behind the payload are 0 in the words, so that they change no parity.
        guard head ^ first == Self.parity(middle ^ tail0 ^ tail1 ^ tail2 ^ tail3) else { return nil }
    }

    /// - Returns: `nil` for a payload that is empty or longer than ``maximumLength``.
    package init?(id: ANTMessageID, payload: Span<UInt8>) {
        guard payload.count >= 1, payload.count <= Self.maximumLength else { return nil }
        self.id = id
        length = UInt8(truncatingIfNeeded: payload.count)
        first = payload[0]
        middle = Self.word(payload, 1)
        tail0 = Self.word(payload, 9)
        tail1 = Self.word(payload, 17)
        tail2 = Self.word(payload, 25)
        tail3 = Self.word(payload, 33)
    }

    /// Up to eight bytes from `start` on; 0 for those behind the end.
    @inline(__always)
    private static func word(_ bytes: Span<UInt8>, _ start: Int) -> UInt64 {
        guard start < bytes.count else { return 0 }
        return bytes.count &- start >= 8 ? eightBytes(bytes, start) : endWord(bytes, start)
    }

    private static func endWord(_ bytes: Span<UInt8>, _ start: Int) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        for index in start..<bytes.count {
            value |= UInt64(bytes[index]) &<< shift
            shift &+= 8
        }
        return value
    }

    /// The XOR of the eight bytes of a word.
    @inlinable
    @inline(__always)
    static func parity(_ word: UInt64) -> UInt8 {
        var folded = word ^ word &>> 32
        folded ^= folded &>> 16
        folded ^= folded &>> 8
        return UInt8(truncatingIfNeeded: folded)
    }
}

extension ANTMessage {
    /// Payload byte `index`; `nil` behind the end.
    @inline(__always)
    package func byte(_ index: Int) -> UInt8? {
        guard index >= 0, index < Int(length) else { return nil }
        if index == 0 { return first }
        let place = UInt64(truncatingIfNeeded: index &- 1)
        let word =
            switch place &>> 3 {
            case 0: middle
            case 1: tail0
            case 2: tail1
            case 3: tail2
            default: tail3
            }
        return UInt8(truncatingIfNeeded: word &>> ((place & 7) &* 8))
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
    @inlinable
    @inline(__always)
    package var channel: UInt8? {
        if id.rawValue == 0x4E { return first }
        return otherChannel
    }

    /// The channel of a message that is no broadcast.
    @usableFromInline
    var otherChannel: UInt8? {
        guard id.namesChannel else { return nil }
        return id == .burst || id == .legacyExtendedBurst || id.rawValue == 0x72 ? first & 0x1F : first
    }

    /// The sensor's 8 bytes; `nil` unless the message carries data and has all 8.
    @inlinable
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

    /// The channel id in the extended data; `nil` when there is none. As ``extendedData`` tells it, without the rest.
    @inline(__always)
    var extendedChannelID: ANTChannelID? {
        guard length > 9, id.carriesData else { return nil }
        let flags = tail0 & 0xFF
        guard flags & 0x80 != 0, !id.carriesLegacyExtendedData else { return ANTExtendedData(of: self)?.channelID }
        // All that the flags announce has to be there. The signal strength's own first byte is payload byte 14.
        var end: UInt8 = 14
        if flags & 0x40 != 0 { end = flags & 0x20 != 0 && tail0 &>> 40 & 0xFF == 0x10 ? 18 : 17 }
        if flags & 0x20 != 0 { end &+= 2 }
        guard length >= end else { return nil }
        return ANTChannelID(
            deviceNumber: UInt16(truncatingIfNeeded: tail0 &>> 8),
            deviceType: UInt8(truncatingIfNeeded: tail0 &>> 24),
            transmissionType: UInt8(truncatingIfNeeded: tail0 &>> 32))
    }

    /// All that the ``extendedChannelID`` of a broadcast depends on, its length and payload bytes 9 to 14, in one word that is never 0.
    @inline(__always)
    var senderSignature: UInt64 { tail0 &<< 16 | UInt64(length) }

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
