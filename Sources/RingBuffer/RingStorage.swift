// SPDX-License-Identifier: GPL-3.0-or-later
public import Synchronization

/// The one block of memory that both ends of a ring share: three control lines, then the slots.
///
/// ```
///   0  tail          written by the producer, read by the consumer when its cached tail is used up
///   8  cachedHead    the producer's own: the last head it read
///  16  overflow      written by the producer, read by whoever asks
/// 128  head          written by the consumer, read by the producer when its cached head says "full"
/// 136  cachedTail    the consumer's own: the last tail it read
/// 256  ends          how many ends are left, 2 … 0
/// 264  producerGone
/// 265  consumerGone
/// 384  slots
/// ```
///
/// A line is 128 bytes although the caches of x86-64 and most arm64 have 64: Intel's spatial prefetcher fetches
/// 64-byte lines in pairs (Intel 64 and IA-32 Architectures Optimization Reference Manual, "Data Prefetching to the
/// L2"), and some arm64 caches have lines of 128.
///
/// `head` and `tail` count elements for ever and wrap at 2⁶⁴, so `tail - head` is the fill, and "full" and "empty"
/// need no spare slot. An element with index `i` is in slot `i & mask`.
///
/// A plain handle: copying it copies no memory. Only the two ends hold one, and only they may use it.
@usableFromInline
@safe
package struct RingStorage<Element: BitwiseCopyable & Sendable> {
    @usableFromInline let base: UnsafeMutableRawPointer
    /// Capacity - 1, where capacity is a power of two.
    @usableFromInline let mask: UInt

    @inlinable static var lineSize: Int { 128 }
    @inlinable static var slotsOffset: Int { 3 * lineSize }

    /// - Parameters:
    ///   - minimumCapacity: elements, 1 or more; rounded up to a power of two.
    ///   - start: the index of the first element; anything but 0 is for tests of the wrap at 2⁶⁴.
    init(minimumCapacity: Int, start: UInt) {
        precondition(minimumCapacity >= 1, "A ring holds at least one element")
        precondition(MemoryLayout<Element>.alignment <= Self.lineSize, "Slots are aligned to 128 bytes at most")
        let leadingBit = Int.bitWidth - (minimumCapacity - 1).leadingZeroBitCount
        precondition(leadingBit < Int.bitWidth - 1, "The capacity has no next power of two")
        let capacity = 1 << leadingBit
        let (slotBytes, tooMany) = MemoryLayout<Element>.stride.multipliedReportingOverflow(by: capacity)
        let (bytes, tooLarge) = slotBytes.addingReportingOverflow(Self.slotsOffset)
        precondition(!tooMany && !tooLarge, "The ring does not fit the address space")

        mask = UInt(capacity) - 1
        // SAFETY: the layout above; each field is initialised here, before any other thread can have the handle.
        // The slots stay uninitialised until they are pushed to, and are never read before.
        unsafe base = .allocate(byteCount: bytes, alignment: Self.lineSize)
        unsafe tail.initialize(to: Atomic(start))
        unsafe cachedHead.initialize(to: start)
        unsafe overflow.initialize(to: Atomic(0))
        unsafe head.initialize(to: Atomic(start))
        unsafe cachedTail.initialize(to: start)
        unsafe ends.initialize(to: Atomic(2))
        unsafe producerGone.initialize(to: Atomic(false))
        unsafe consumerGone.initialize(to: Atomic(false))
        unsafe (base + Self.slotsOffset).bindMemory(to: Element.self, capacity: capacity)
    }

    /// Called once by each end when it goes; the second call frees the memory.
    ///
    /// - Parameter gone: the flag of the end that goes.
    func release(_ gone: UnsafeMutablePointer<Atomic<Bool>>) {
        // SAFETY: releasing, so that whoever sees the flag (acquiring) also sees all that this end did before.
        unsafe gone.pointee.store(true, ordering: .releasing)
        // SAFETY: acquiring and releasing: the last accesses of either end happen before the memory is freed by
        // the other. No end uses the handle after this call (it is made from `deinit`). `Atomic` and `Element`
        // are trivially destroyed.
        if unsafe ends.pointee.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 {
            unsafe base.deallocate()
        }
    }

    @inlinable var capacity: UInt { mask &+ 1 }

    // SAFETY: the offsets above, all inside the block and aligned for their types. Every field has a pointer of its
    // own, so that an access to one never formally touches a neighbour that the other thread writes.

    @inlinable var tail: UnsafeMutablePointer<Atomic<UInt>> { unsafe field(0) }
    @inlinable var cachedHead: UnsafeMutablePointer<UInt> { unsafe field(8) }
    @inlinable var overflow: UnsafeMutablePointer<Atomic<UInt>> { unsafe field(16) }
    @inlinable var head: UnsafeMutablePointer<Atomic<UInt>> { unsafe field(128) }
    @inlinable var cachedTail: UnsafeMutablePointer<UInt> { unsafe field(136) }
    @inlinable var ends: UnsafeMutablePointer<Atomic<Int>> { unsafe field(256) }
    @inlinable var producerGone: UnsafeMutablePointer<Atomic<Bool>> { unsafe field(264) }
    @inlinable var consumerGone: UnsafeMutablePointer<Atomic<Bool>> { unsafe field(265) }

    /// The slot of the element with this index.
    @inlinable
    func slot(_ index: UInt) -> UnsafeMutablePointer<Element> {
        // SAFETY: `index & mask` is below the capacity.
        unsafe (base + Self.slotsOffset).assumingMemoryBound(to: Element.self) + Int(bitPattern: index & mask)
    }

    /// How many of the `count` slots from `index` on lie side by side before the block's end.
    @inlinable
    func contiguous(from index: UInt, count: UInt) -> Int {
        Int(bitPattern: min(count, capacity &- (index & mask)))
    }

    @inlinable
    func field<Field: ~Copyable>(_ offset: Int) -> UnsafeMutablePointer<Field> {
        unsafe (base + offset).assumingMemoryBound(to: Field.self)
    }
}
