// SPDX-License-Identifier: GPL-3.0-or-later
public import Synchronization

/// The reading end of an `SPSCRing`. It may move between threads, but is only ever in one place.
@frozen
@usableFromInline
@safe
package struct SPSCConsumer<Element: BitwiseCopyable & Sendable>: ~Copyable, @unchecked Sendable {
    // SAFETY (Sendable): as for `SPSCProducer`.
    @usableFromInline let storage: RingStorage<Element>
    /// Whether the last look at `tail` found a stream of elements, and its producer close before this end.
    @usableFromInline var followsClosely = false

    init(storage: RingStorage<Element>) {
        self.storage = storage
    }

    deinit {
        unsafe storage.release(storage.consumerGone)
    }

    /// Elements.
    package var capacity: Int { Int(bitPattern: storage.capacity) }

    /// How many elements the producer dropped because the ring was full, since the start. May lag behind.
    package var overflow: Int {
        // SAFETY: relaxed: a counter of its own; nothing is read on the strength of it.
        unsafe Int(bitPattern: storage.overflow.pointee.load(ordering: .relaxed))
    }

    /// How many elements wait. The producer may add to them at any time.
    package var count: Int {
        // SAFETY: acquiring, though no slot is read: a caller that finds elements here will find them with `pop`.
        // Relaxed: only this end writes `head`.
        let tail = unsafe storage.tail.pointee.load(ordering: .acquiring)
        return unsafe Int(bitPattern: tail &- storage.head.pointee.load(ordering: .relaxed))
    }

    /// Whether nothing waits. The producer may change that at any time.
    package var isEmpty: Bool { count == 0 }

    /// Whether the producer has gone and everything it pushed was popped: nothing will ever come.
    package var isFinished: Bool {
        // SAFETY: acquiring, and before `tail` is read: pairs with the releasing store in `RingStorage.release`, so
        // the tail read after it is the producer's last.
        unsafe storage.producerGone.pointee.load(ordering: .acquiring) && isEmpty
    }

    /// Takes the oldest element; `nil` when nothing waits.
    @inlinable
    package mutating func pop() -> Element? {
        // SAFETY: relaxed: only this end writes `head`.
        let head = unsafe storage.head.pointee.load(ordering: .relaxed)
        guard available(head: head, wanted: 1) != 0 else { return nil }
        // SAFETY: the slot holds an element (above); the producer will not write it before the store below.
        let element = unsafe storage.slot(head).pointee
        release(head &+ 1)
        return element
    }

    /// Takes as many elements as wait and as there is room for, oldest first.
    ///
    /// - Returns: how many were appended to `output`.
    @inlinable
    package mutating func pop(into output: inout OutputSpan<Element>) -> Int {
        pop(upTo: output.freeCapacity) { elements in
            for index in elements.indices {
                output.append(elements[index])
            }
        }
    }

    /// Reads up to `limit` elements where they are, oldest first, and takes them.
    ///
    /// - Parameters:
    ///   - limit: elements, 0 or more.
    ///   - body: given elements, oldest first, which are taken when it returns. Called once, and once more when
    ///     they go on at the ring's first slot; not at all when nothing waits. When it throws, the elements of that
    ///     call stay.
    /// - Returns: how many elements were taken.
    @inlinable
    package mutating func pop<Failure: Error>(
        upTo limit: Int, _ body: (Span<Element>) throws(Failure) -> Void
    ) throws(Failure) -> Int {
        precondition(limit >= 0, "A count is not negative")
        // SAFETY: relaxed: only this end writes `head`.
        var head = unsafe storage.head.pointee.load(ordering: .relaxed)
        let count = min(available(head: head, wanted: UInt(limit)), UInt(limit))
        var remaining = count
        while remaining > 0 {
            let length = storage.contiguous(from: head, count: remaining)
            // SAFETY: these slots hold elements side by side, and the producer will not write them before
            // `release`; the span cannot outlive the call.
            let elements = unsafe UnsafeBufferPointer(start: storage.slot(head), count: length)
            try unsafe body(elements.span)
            head &+= UInt(length)
            release(head)
            remaining &-= UInt(length)
        }
        return Int(bitPattern: count)
    }

    /// At least how many elements wait; fresh when it is less than `wanted`.
    ///
    /// An end that keeps up with a stream would look at `tail` for almost every element, and each look takes the line
    /// away from a producer that is about to write it: most of the time of both goes into that. So after a look that
    /// found more than one element, the next is put off by a moment in which more of them come; with the ring half
    /// full the producer is far enough away. That is still a bounded number of steps, and an element that comes alone
    /// is never waited for: its look found one.
    @inlinable
    mutating func available(head: UInt, wanted: UInt) -> UInt {
        // SAFETY: `cachedTail` is this end's own. It can only lag behind the true tail, so the count errs low.
        let available = unsafe storage.cachedTail.pointee &- head
        if available >= wanted {
            return available
        }
        if available == 0, followsClosely { SpinHint.execute() }
        // SAFETY: acquiring: pairs with the producer's releasing store of `tail`, so that its writes of the
        // elements happen before our reads.
        let tail = unsafe storage.tail.pointee.load(ordering: .acquiring)
        unsafe storage.cachedTail.pointee = tail
        let count = tail &- head
        followsClosely = count > 1 && count <= storage.capacity / 2
        return count
    }

    /// Gives all slots before `head` back to the producer.
    @inlinable
    mutating func release(_ head: UInt) {
        // SAFETY: releasing: the elements were read before, so a producer that acquires this value may overwrite.
        unsafe storage.head.pointee.store(head, ordering: .releasing)
    }
}
