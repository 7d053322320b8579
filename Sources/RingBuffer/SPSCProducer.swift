// SPDX-License-Identifier: GPL-3.0-or-later
public import Synchronization

/// The writing end of an `SPSCRing`. It may move between threads, but is only ever in one place.
@frozen
@usableFromInline
@safe
package struct SPSCProducer<Element: BitwiseCopyable & Sendable>: ~Copyable, @unchecked Sendable {
    // SAFETY (Sendable): the handle is not shared: this end is not copyable, and all it does to the memory is in
    // `mutating` functions, or is one atomic load. What both ends touch is atomic or ordered by `tail` and `head`.
    @usableFromInline let storage: RingStorage<Element>

    init(storage: RingStorage<Element>) {
        self.storage = storage
    }

    deinit {
        unsafe storage.release(storage.producerGone)
    }

    /// Lets the consumer know before `deinit` that nothing more will come.
    func announceEnd() {
        // SAFETY: releasing, as in `RingStorage.release`.
        unsafe storage.producerGone.pointee.store(true, ordering: .releasing)
    }

    /// Elements.
    package var capacity: Int { Int(bitPattern: storage.capacity) }

    /// Whether the consumer has gone: nobody will ever pop what is pushed.
    package var isConsumerGone: Bool {
        // SAFETY: pairs with the releasing store in `RingStorage.release`.
        unsafe storage.consumerGone.pointee.load(ordering: .acquiring)
    }

    /// Appends one element, unless the ring is full.
    ///
    /// - Returns: `false` when the ring was full: the element was dropped, and counted in `overflow`.
    @inlinable
    package mutating func push(_ element: Element) -> Bool {
        // SAFETY: relaxed: only this end writes `tail`.
        let tail = unsafe storage.tail.pointee.load(ordering: .relaxed)
        guard free(tail: tail, wanted: 1) != 0 else {
            countOverflow(1)
            return false
        }
        // SAFETY: the slot is free (above), so the consumer neither reads nor will read it before the store below.
        unsafe storage.slot(tail).initialize(to: element)
        publish(tail &+ 1)
        return true
    }

    /// Appends as many elements as fit, first ones first.
    ///
    /// - Returns: how many were appended. The others were dropped, and counted in `overflow`.
    @inlinable
    package mutating func push(contentsOf elements: Span<Element>) -> Int {
        var pushed = 0
        // SAFETY: relaxed: only this end writes `tail`.
        let tail = unsafe storage.tail.pointee.load(ordering: .relaxed)
        let count = min(free(tail: tail, wanted: UInt(elements.count)), UInt(elements.count))
        while pushed < Int(bitPattern: count) {
            let index = tail &+ UInt(pushed)
            let length = storage.contiguous(from: index, count: count &- UInt(pushed))
            // SAFETY: `length` slots from this one on are free and side by side, and `pushed + length` ≤
            // `elements.count`. They do not overlap with `elements`: a span of this ring's own slots, as the consumer
            // gives them, is of slots that are not free.
            unsafe elements.extracting(unchecked: pushed..<pushed + length).withUnsafeBufferPointer { source in
                if let first = source.baseAddress {
                    unsafe storage.slot(index).initialize(from: first, count: length)
                }
            }
            pushed += length
        }
        if pushed > 0 {
            publish(tail &+ UInt(pushed))
        }
        if pushed < elements.count {
            countOverflow(elements.count - pushed)
        }
        return pushed
    }

    /// Appends up to `limit` elements by making them in their slots.
    ///
    /// - Parameters:
    ///   - limit: elements, 0 or more.
    ///   - fill: given free slots, in order; what it appends to them is pushed when it returns. Called once, and
    ///     once more when it filled all it was given and the ring goes on at its first slot; not at all when the
    ///     ring is full. When it throws, what it appended in that call is not pushed.
    /// - Returns: how many elements were pushed. Nothing is counted in `overflow`: `countOverflow` is for a caller
    ///   that had more.
    @inlinable
    package mutating func push<Failure: Error>(
        upTo limit: Int, _ fill: (inout OutputSpan<Element>) throws(Failure) -> Void
    ) throws(Failure) -> Int {
        precondition(limit >= 0, "A count is not negative")
        // SAFETY: relaxed: only this end writes `tail`.
        var tail = unsafe storage.tail.pointee.load(ordering: .relaxed)
        var remaining = min(free(tail: tail, wanted: UInt(limit)), UInt(limit))
        var pushed = 0
        while remaining > 0 {
            let length = storage.contiguous(from: tail, count: remaining)
            // SAFETY: these slots are free and side by side, so they are ours alone until `publish`; the span
            // cannot outlive the call.
            let slots = unsafe UnsafeMutableBufferPointer(start: storage.slot(tail), count: length)
            var output = unsafe OutputSpan(buffer: slots, initializedCount: 0)
            try fill(&output)
            let filled = unsafe output.finalize(for: slots)
            if filled > 0 {
                tail &+= UInt(filled)
                publish(tail)
                pushed += filled
            }
            guard filled == length else { break }
            remaining &-= UInt(length)
        }
        return pushed
    }

    /// Counts elements that a caller had to drop without offering them.
    @inlinable
    package mutating func countOverflow(_ count: Int) {
        precondition(count >= 0, "A count is not negative")
        // SAFETY: relaxed, and no read-modify-write: only this end writes the counter, and it orders nothing.
        let before = unsafe storage.overflow.pointee.load(ordering: .relaxed)
        unsafe storage.overflow.pointee.store(before &+ UInt(bitPattern: count), ordering: .relaxed)
    }

    /// At least how many slots are free; exact when it is less than `wanted`.
    @inlinable
    mutating func free(tail: UInt, wanted: UInt) -> UInt {
        // SAFETY: `cachedHead` is this end's own. It can only lag behind the true head, so the count errs low.
        let free = unsafe storage.capacity &- (tail &- storage.cachedHead.pointee)
        if free >= wanted {
            return free
        }
        // SAFETY: acquiring: pairs with the consumer's releasing store of `head`, so that its last read of a slot
        // happens before our write to it.
        let head = unsafe storage.head.pointee.load(ordering: .acquiring)
        unsafe storage.cachedHead.pointee = head
        return storage.capacity &- (tail &- head)
    }

    /// Gives all slots before `tail` to the consumer.
    @inlinable
    mutating func publish(_ tail: UInt) {
        // SAFETY: releasing: the elements were written before, so a consumer that acquires this value sees them.
        unsafe storage.tail.pointee.store(tail, ordering: .releasing)
    }
}
