// SPDX-License-Identifier: GPL-3.0-or-later
public import Synchronization

/// A ring's producer that rings the consumer's doorbell after every push, and when it goes.
///
/// The functions are those of `SPSCProducer`.
@frozen
@usableFromInline
@safe
package struct WakingProducer<Element: BitwiseCopyable & Sendable>: ~Copyable, @unchecked Sendable {
    // SAFETY (Sendable): both parts are; the pointer is to an atomic that `doorbell` keeps alive.
    @usableFromInline var producer: SPSCProducer<Element>
    @usableFromInline let doorbell: Doorbell
    // Beside the reference, so that a push reads neither the object nor its reference count.
    @usableFromInline let asleep: UnsafeMutablePointer<Atomic<Bool>>
    @usableFromInline let barrier: Doorbell.Barrier

    /// - Parameter doorbell: the one that the thread with this ring's consumer sleeps on.
    package init(_ producer: consuming SPSCProducer<Element>, doorbell: Doorbell) {
        self.producer = producer
        self.doorbell = doorbell
        unsafe asleep = doorbell.asleep
        barrier = doorbell.barrier
    }

    deinit {
        // The producer itself goes after this, too late for the ring: so its flag is set here.
        producer.announceEnd()
        doorbell.ring()
    }

    /// Elements.
    package var capacity: Int { producer.capacity }

    package var isConsumerGone: Bool { producer.isConsumerGone }

    @inlinable
    package mutating func push(_ element: Element) -> Bool {
        // A full ring needs no ring of the bell: that was done when it was filled.
        guard producer.push(element) else { return false }
        ring()
        return true
    }

    @inlinable
    package mutating func push(contentsOf elements: Span<Element>) -> Int {
        let pushed = producer.push(contentsOf: elements)
        ring()
        return pushed
    }

    /// When `fill` throws on its second call, the elements of its first are pushed, and the doorbell is rung for them.
    @inlinable
    package mutating func push<Failure: Error>(
        upTo limit: Int, _ fill: (inout OutputSpan<Element>) throws(Failure) -> Void
    ) throws(Failure) -> Int {
        do throws(Failure) {
            let pushed = try producer.push(upTo: limit, fill)
            ring()
            return pushed
        } catch {
            ring()
            throw error
        }
    }

    @inlinable
    package mutating func countOverflow(_ count: Int) {
        producer.countOverflow(count)
    }

    @inlinable
    mutating func ring() {
        // SAFETY: `doorbell` keeps the flag alive.
        unsafe Doorbell.ring(asleep, barrier) { doorbell.signal() }
    }
}
