// SPDX-License-Identifier: GPL-3.0-or-later

/// Puts the L2CAP PDUs of one direction of one connection together from ACL fragments.
///
/// ```
/// length: uint16 | channel: uint16 | payload[length]
/// ```
/// Only the attribute protocol's channel is kept; the others are counted off, not stored. A PDU that comes whole is
/// never copied. Source: Core 5.4, Vol 3 Part A, 3.1 and 7.2.1.
struct L2CAPReassembly: Sendable {
    static let headerBytes = 4
    static let attributeChannel: UInt16 = 4
    /// An attribute's value has at most 512 bytes, and implementations settle on an MTU of at most 517; this is beyond.
    static let longestPDU = 2048

    enum Outcome: Equatable, Sendable {
        /// The payload is the fragment itself after the header.
        case whole
        /// The payload is in ``takeAssembled()``, after the header.
        case assembled
        case partial
        /// Another channel's PDU begins: nothing to do until the next start.
        case otherChannel
        case skipped
        case bad(GATTFault)
    }

    private enum State: Sendable {
        case idle
        /// Fewer bytes than a header has came so far.
        case header
        case collecting(total: Int)
        case skipping(remaining: Int)
    }

    private var state = State.idle
    private var buffer: [UInt8] = []

    var isPending: Bool {
        switch state {
        case .idle: false
        case .header, .collecting, .skipping: true
        }
    }

    mutating func start(_ fragment: Span<UInt8>) -> Outcome {
        guard fragment.count >= Self.headerBytes else {
            buffer.removeAll(keepingCapacity: true)
            append(fragment)
            state = .header
            return .partial
        }
        let length = Int(fragment[0]) | Int(fragment[1]) << 8
        let channel = UInt16(fragment[2]) | UInt16(fragment[3]) << 8
        let outcome = judge(length: length, channel: channel, present: fragment.count - Self.headerBytes)
        guard case .partial = outcome else { return outcome }
        buffer.removeAll(keepingCapacity: true)
        append(fragment)
        return .partial
    }

    mutating func resume(_ fragment: Span<UInt8>) -> Outcome {
        switch state {
        case .idle: return .bad(.continuationWithoutStart)
        case .header:
            append(fragment)
            guard buffer.count >= Self.headerBytes else { return .partial }
            let length = Int(buffer[0]) | Int(buffer[1]) << 8
            let channel = UInt16(buffer[2]) | UInt16(buffer[3]) << 8
            let outcome = judge(length: length, channel: channel, present: buffer.count - Self.headerBytes)
            switch outcome {
            case .whole: return .assembled
            case .assembled, .partial: return outcome
            case .otherChannel, .skipped, .bad:
                // What another channel's fragment made the buffer grow to is not kept.
                buffer = []
                return outcome
            }
        case .collecting(let total):
            let present = buffer.count + fragment.count
            guard present <= total else {
                state = .idle
                return .bad(
                    .overlong(declared: total - Self.headerBytes, present: present - Self.headerBytes))
            }
            append(fragment)
            guard present == total else { return .partial }
            state = .idle
            return .assembled
        case .skipping(let remaining):
            state = fragment.count < remaining ? .skipping(remaining: remaining - fragment.count) : .idle
            return .skipped
        }
    }

    /// Decides what becomes of a PDU whose header is there, and sets the state for its continuation.
    private mutating func judge(length: Int, channel: UInt16, present: Int) -> Outcome {
        state = .idle
        guard channel == Self.attributeChannel else {
            if present < length { state = .skipping(remaining: length - present) }
            return .otherChannel
        }
        if present == length { return .whole }
        if present > length { return .bad(.overlong(declared: length, present: present)) }
        guard length <= Self.longestPDU else {
            state = .skipping(remaining: length - present)
            return .bad(.tooLong(declared: length))
        }
        state = .collecting(total: Self.headerBytes + length)
        return .partial
    }

    /// To be called before a start: gives up an unfinished PDU.
    ///
    /// - Returns: the fault, unless there was nothing that matters.
    mutating func abandon() -> GATTFault? {
        defer { state = .idle }
        switch state {
        case .idle, .skipping: return nil
        case .header: return .unfinished(missing: Self.headerBytes - buffer.count)
        case .collecting(let total): return .unfinished(missing: total - buffer.count)
        }
    }

    private mutating func append(_ fragment: Span<UInt8>) {
        for index in fragment.indices { buffer.append(fragment[index]) }
    }

    /// The buffer, header first, out of this value's hands; give it back with ``recycle(_:)``.
    mutating func takeAssembled() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &buffer)
        return taken
    }

    mutating func recycle(_ taken: consuming [UInt8]) {
        buffer = taken
    }
}
