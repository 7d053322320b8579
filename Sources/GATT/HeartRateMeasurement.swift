// SPDX-License-Identifier: GPL-3.0-or-later
package import BinaryCoding

/// One value of the Heart Rate Measurement characteristic (0x2A37).
///
/// ```
/// flags | rate: uint8, or uint16 if flag bit 0 | energy: uint16 kJ, if bit 3 | RR: uint16 1/1024 s ..., if bit 4
/// ```
/// Source: GATT Specification Supplement, "Heart Rate Measurement".
package struct HeartRateMeasurement: Equatable, Sendable {
    /// Beats per minute, as sent and not range-checked; a strap off the skin may send 0.
    package var beatsPerMinute: UInt16
    /// Whether the strap feels skin; `nil` when it does not say (flag bit 2 clear).
    package var skinContact: Bool?
    /// Energy since the last reset, in kilojoules; `nil` when absent.
    package var energyExpended: UInt16?
    /// Oldest first, in 1/1024 s. Zeros are kept: what they mean is for the reader of the stream to say.
    package var rrIntervals: RRIntervals
    /// Bytes after the last field that the flags announce: the odd tail of an RR list, or a newer format's fields.
    package var unreadBytes: Int

    package init(
        beatsPerMinute: UInt16, skinContact: Bool? = nil, energyExpended: UInt16? = nil,
        rrIntervals: RRIntervals = [], unreadBytes: Int = 0
    ) {
        self.beatsPerMinute = beatsPerMinute
        self.skinContact = skinContact
        self.energyExpended = energyExpended
        self.rrIntervals = rrIntervals
        self.unreadBytes = unreadBytes
    }

    /// - Parameter value: the characteristic's value, without the ATT header.
    /// - Throws: `.truncated` when a field that the flags announce is not there.
    package init(value: Span<UInt8>) throws(DecodeError) {
        var reader = ByteReader(value)
        let flags = try reader.uint8("flags")
        beatsPerMinute =
            flags & 0x01 == 0 ? UInt16(try reader.uint8("heart rate")) : try reader.uint16("heart rate")
        skinContact = flags & 0x04 == 0 ? nil : flags & 0x02 != 0
        energyExpended = flags & 0x08 == 0 ? nil : try reader.uint16("energy expended")
        rrIntervals = []
        if flags & 0x10 != 0 {
            while reader.remaining >= 2 { rrIntervals.append(try reader.uint16("RR interval")) }
        }
        unreadBytes = reader.remaining
    }
}

/// Beat intervals in 1/1024 s.
///
/// The nine that a default MTU of 23 can carry lie in the value itself, so that a notification costs no allocation;
/// what a larger MTU brings beyond them goes to the heap.
package struct RRIntervals: Sendable {
    private var inline = InlineArray<9, UInt16>(repeating: 0)
    private var overflow: [UInt16] = []
    package private(set) var count = 0

    package init() {}

    package mutating func append(_ interval: UInt16) {
        if count < inline.count { inline[count] = interval } else { overflow.append(interval) }
        count += 1
    }
}

extension RRIntervals: RandomAccessCollection {
    package var startIndex: Int { 0 }
    package var endIndex: Int { count }
    package subscript(position: Int) -> UInt16 {
        precondition(position >= 0 && position < count, "RR interval \(position) of \(count)")
        return position < inline.count ? inline[position] : overflow[position - inline.count]
    }
}

extension RRIntervals: Equatable, ExpressibleByArrayLiteral {
    package init(arrayLiteral elements: UInt16...) {
        self.init()
        for element in elements { append(element) }
    }

    package static func == (left: RRIntervals, right: RRIntervals) -> Bool {
        left.elementsEqual(right)
    }
}
