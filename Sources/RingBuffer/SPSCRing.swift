// SPDX-License-Identifier: GPL-3.0-or-later

/// A bounded queue between one producer thread and one consumer thread.
///
/// Both ends are wait-free and allocate nothing: the memory is taken here, once, and freed when both ends are gone.
/// Neither end can be copied, and everything that writes is `mutating`, so a second writer does not compile:
///
/// ```swift
/// let ring = SPSCRing<Frame>(minimumCapacity: 1024)
/// var producer = ring.producer    // gives the end away; `ring` is used up
/// ```
///
/// A full ring refuses the newest element and counts it (`SPSCProducer.push`): a producer is never made to wait.
/// This file and the two ends know no system call; to let the consumer sleep, see `Doorbell`.
@frozen
@usableFromInline
package struct SPSCRing<Element: BitwiseCopyable & Sendable>: ~Copyable, Sendable {
    package var producer: SPSCProducer<Element>
    package var consumer: SPSCConsumer<Element>

    /// - Parameter minimumCapacity: elements, 1 or more; rounded up to a power of two.
    package init(minimumCapacity: Int) {
        self.init(minimumCapacity: minimumCapacity, start: 0)
    }

    /// - Parameter start: the index of the first element, so that tests reach the wrap at 2⁶⁴.
    init(minimumCapacity: Int, start: UInt) {
        let storage = RingStorage<Element>(minimumCapacity: minimumCapacity, start: start)
        producer = SPSCProducer(storage: storage)
        consumer = SPSCConsumer(storage: storage)
    }
}
