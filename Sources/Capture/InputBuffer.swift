// SPDX-License-Identifier: GPL-3.0-or-later

/// Bytes that arrived and are not yet consumed. Offsets count from the first of them.
///
/// Holds what was appended since and one unfinished block at most, so it grows to the longest block and one chunk.
struct InputBuffer: Sendable {
    private var storage: [UInt8] = []
    private var head = 0
    private var tail = 0
    /// The place of the first byte, from the start of the input.
    private(set) var position: UInt64 = 0

    var count: Int { tail - head }

    mutating func append(_ bytes: Span<UInt8>) {
        let start = makeRoom(for: bytes.count)
        var target = storage.mutableSpan
        for index in bytes.indices { target[start + index] = bytes[index] }
        tail = start + bytes.count
    }

    /// - Returns: where in `storage` to put the bytes.
    private mutating func makeRoom(for added: Int) -> Int {
        if head == tail {
            head = 0
            tail = 0
        }
        if storage.count - tail < added, head > 0 {
            let kept = tail - head
            let from = head
            var target = storage.mutableSpan
            for index in 0..<kept { target[index] = target[from + index] }
            head = 0
            tail = kept
        }
        if storage.count - tail < added {
            // Doubling, so that a block that trickles in is not copied once for every chunk of it.
            let room = max(tail + added, 2 * storage.count)
            storage.append(contentsOf: repeatElement(0, count: room - storage.count))
        }
        return tail
    }

    /// - Parameter length: at most `count`.
    mutating func consume(_ length: Int) {
        head += length
        position += UInt64(length)
    }

    @_lifetime(borrow self)
    @inline(__always)
    func bytes(_ range: Range<Int>) -> Span<UInt8> {
        storage.span.extracting(head &+ range.lowerBound..<head &+ range.upperBound)
    }

    subscript(_ offset: Int) -> UInt8 {
        get { storage[head + offset] }
        set { storage[head + offset] = newValue }
    }

    @inline(__always)
    func integer16(at offset: Int, bigEndian: Bool) -> UInt16 {
        let value = storage.span.littleEndian16(at: head &+ offset)
        return bigEndian ? value.byteSwapped : value
    }

    @inline(__always)
    func integer32(at offset: Int, bigEndian: Bool) -> UInt32 {
        let value = storage.span.littleEndian32(at: head &+ offset)
        return bigEndian ? value.byteSwapped : value
    }

    @inline(__always)
    func integer64(at offset: Int, bigEndian: Bool) -> UInt64 {
        let value = storage.span.littleEndian64(at: head &+ offset)
        return bigEndian ? value.byteSwapped : value
    }

    /// UTF-8, repaired where it is not; without the zeros that some writers end a text with.
    func text(_ range: Range<Int>) -> String {
        var bytes = storage[head + range.lowerBound..<head + range.upperBound]
        while bytes.last == 0 { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Puts link type 201's direction, in the 4 bytes from `offset` on.
    mutating func putDirection(_ direction: FrameDirection, at offset: Int) {
        self[offset] = 0
        self[offset + 1] = 0
        self[offset + 2] = 0
        self[offset + 3] = direction.rawValue
    }
}
