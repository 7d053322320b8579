// SPDX-License-Identifier: GPL-3.0-or-later

/// Finds messages in one direction of a stick's byte stream, however transfers cut it.
///
/// A frame is `A4 length identifier payload[length] xor`; the XOR covers every byte before it. Zero bytes between
/// frames are padding (hosts pad what they send with two). After a frame that does not hold, only its sync byte is
/// dropped and the search goes on behind it, so that a real frame swallowed by a false start is still found.
///
/// Source: public ANT host programs, and a usbmon recording of an ANTUSB2 stick.
@usableFromInline
package struct ANTFramer: Sendable {
    @inlinable package static var sync: UInt8 { 0xA4 }
    /// Sync, length, identifier and checksum, in bytes.
    @inlinable static var overhead: Int { 4 }
    private static let longestFrame = ANTMessage.maximumLength + overhead

    @usableFromInline
    package struct Counters: Equatable, Sendable, BitwiseCopyable {
        /// Frames whose checksum held.
        @usableFromInline package var frames: UInt64 = 0
        @usableFromInline package var badChecksums: UInt64 = 0
        /// Sync bytes followed by a length of 0 or beyond the longest message.
        @usableFromInline package var badLengths: UInt64 = 0
        /// Non-zero bytes outside any good frame, sync bytes of bad frames included.
        @usableFromInline package var skippedBytes: UInt64 = 0

        package init() {}
    }

    @usableFromInline package internal(set) var counters = Counters()
    /// An unfinished frame: empty, or its first byte is the sync byte.
    @usableFromInline var carry = InlineArray<45, UInt8>(repeating: 0)
    @usableFromInline var carried = 0

    package init() {}

    /// Whether bytes of a transfer before wait for more.
    @inline(__always)
    var isCarrying: Bool { carried > 0 }

    /// Finds the next message of a transfer. Call with the same transfer until it returns `nil`; what is
    /// unfinished then is kept for the next transfer.
    ///
    /// - Parameter offset: where to go on in `bytes`; start with 0.
    /// - Returns: `nil` when the transfer holds no further whole message.
    @inlinable
    @inline(__always)
    package mutating func next(in bytes: Span<UInt8>, from offset: inout Int) -> ANTMessage? {
        if carried > 0 {
            if let message = nextAcrossTransfers(bytes, &offset) { return message }
            // Either the transfer is used up, or the carry turned out to be no frame.
            if carried > 0 { return nil }
        }
        var index = offset
        defer { offset = index }
        while index < bytes.count {
            let byte = bytes[index]
            guard byte == Self.sync else {
                if byte != 0 { counters.skippedBytes &+= 1 }
                index &+= 1
                continue
            }
            guard index &+ 1 < bytes.count else {
                keep(bytes, from: &index)
                return nil
            }
            let length = Int(bytes[index &+ 1])
            guard length != 0, length <= ANTMessage.maximumLength else {
                counters.badLengths &+= 1
                counters.skippedBytes &+= 1
                index &+= 1
                continue
            }
            let end = index &+ length &+ Self.overhead
            guard end <= bytes.count else {
                keep(bytes, from: &index)
                return nil
            }
            if let message = ANTMessage(frame: bytes.extracting(index..<end)) {
                counters.frames &+= 1
                index = end
                return message
            }
            counters.badChecksums &+= 1
            counters.skippedBytes &+= 1
            index &+= 1
        }
        return nil
    }

    /// Forgets an unfinished frame, as after a reset of the stick. Counters stay.
    package mutating func reset() {
        carried = 0
    }

    /// At most a frame less one byte is left when this is called.
    @usableFromInline
    mutating func keep(_ bytes: Span<UInt8>, from index: inout Int) {
        while index < bytes.count, carried < Self.longestFrame {
            carry[carried] = bytes[index]
            carried &+= 1
            index &+= 1
        }
    }

    @usableFromInline
    @inline(never)
    mutating func nextAcrossTransfers(_ bytes: Span<UInt8>, _ offset: inout Int) -> ANTMessage? {
        while carried > 0 {
            var needed = 2
            if carried >= 2 {
                let length = Int(carry[1])
                guard length != 0, length <= ANTMessage.maximumLength else {
                    counters.badLengths &+= 1
                    counters.skippedBytes &+= 1
                    drop(1)
                    continue
                }
                needed = length + Self.overhead
            }
            while carried < needed, offset < bytes.count {
                carry[carried] = bytes[offset]
                carried += 1
                offset += 1
            }
            guard carried >= needed else { return nil }
            if needed == 2 { continue }
            if let message = ANTMessage(frame: carry.span.extracting(0..<needed)) {
                counters.frames &+= 1
                drop(needed)
                return message
            }
            counters.badChecksums &+= 1
            counters.skippedBytes &+= 1
            drop(1)
        }
        return nil
    }

    /// Removes `count` bytes from the carry, then all up to the next sync byte.
    private mutating func drop(_ count: Int) {
        var start = count
        while start < carried, carry[start] != Self.sync {
            if carry[start] != 0 { counters.skippedBytes &+= 1 }
            start += 1
        }
        for index in start..<max(start, carried) { carry[index - start] = carry[index] }
        carried = max(0, carried - start)
    }
}
