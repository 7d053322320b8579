// SPDX-License-Identifier: GPL-3.0-or-later
internal import CDoorbell
internal import Glibc
public import Synchronization

/// Lets one consumer thread sleep until a producer has something for it, at no system call while it is awake.
///
/// One doorbell serves one consumer and any number of rings. A producer publishes and then calls `ring()`, which
/// reads one flag; `WakingProducer` never forgets to. The consumer sleeps with `sleep(timeout:unless:)`, or, when
/// it waits for other descriptors too, puts `fileDescriptor` in its own epoll set and goes
///
/// ```
/// arm() ─► rings empty? ─ yes ─► epoll_wait ─► disarm() ─► drain the rings ─► again
///              └── no ──────────────────────────► disarm() ─►
/// ```
///
/// ## Why no wake-up is missed
///
/// The producer writes `tail`, then reads `asleep`. The consumer writes `asleep`, then reads `tail`. If both reads
/// could pass the writes before them, each side could miss the other (Dekker's problem), and x86-64 too lets a load
/// pass an earlier store. Each side needs a full barrier between its two accesses, and there are two ways:
///
/// - `.fence`: the two sides execute one each. Every push then waits until its stores have reached the cache, which
///   the other processor may hold: far more than the push itself.
/// - `.membarrier`: the consumer makes the kernel execute one on every running thread of the process (membarrier(2),
///   `PRIVATE_EXPEDITED`), inside `arm()`. The barrier falls somewhere in the producer's instructions. Before the
///   read of `asleep`: the producer sees the flag and rings. After it: `tail` was written before the barrier, and
///   the consumer's read after the barrier sees the element. A thread that is not running passes a full barrier when
///   the scheduler switches. The producer needs only to keep the compiler from swapping the two accesses.
///
/// The doorbell takes `.membarrier` where the kernel allows it: it moves the cost from every push to the moments when
/// the consumer has nothing to do. Figures: `Benchmarks/README.md`.
@usableFromInline
@safe
package final class Doorbell: Sendable {
    /// How the producer's write of `tail` is ordered before its read of the flag.
    @usableFromInline
    package enum Barrier: Sendable, Equatable {
        case membarrier
        case fence
    }

    /// Why `sleep` returned.
    package enum WakeReason: Sendable, Equatable {
        /// There was something to do, so the consumer did not sleep.
        case ready
        /// A producer rang, or a signal arrived: look at the rings. There may be nothing in them.
        case rung
        case timedOut
    }

    package let barrier: Barrier
    /// Readable when a producer has rung. For epoll or poll only: reading it is `disarm()`'s business.
    package let fileDescriptor: Int32
    /// Set by the consumer when it is about to sleep, cleared by whoever ends that. On a line of its own, so that
    /// while the consumer is awake every producer reads it from its own cache.
    // SAFETY (nonisolated): the pointer never changes, and what it points to is atomic.
    nonisolated(unsafe) let asleep: UnsafeMutablePointer<Atomic<Bool>>

    /// - Parameter barrier: `nil` takes the cheapest that works. `.membarrier` becomes `.fence` where the kernel
    ///   refuses it (before Linux 4.14, under a strict seccomp filter).
    /// - Throws: the errno of eventfd(2): EMFILE, ENFILE, ENODEV, ENOMEM.
    package init(barrier: Barrier? = nil) throws(DoorbellError) {
        // Registering is needed once a process; again does no harm. The trial shows that the kernel means it.
        let allowed = barrier != .fence && cdoorbell_membarrier_register() == 0 && cdoorbell_membarrier() == 0
        self.barrier = allowed ? .membarrier : .fence
        fileDescriptor = cdoorbell_eventfd()
        let cause = errno
        // SAFETY: the block is ours, 128 bytes for a flag of one; freed in `deinit`, when no holder is left.
        let line = UnsafeMutableRawPointer.allocate(byteCount: 128, alignment: 128)
        unsafe asleep = line.bindMemory(to: Atomic<Bool>.self, capacity: 1)
        unsafe asleep.initialize(to: Atomic(false))
        if fileDescriptor < 0 {
            throw DoorbellError(errno: cause)
        }
    }

    deinit {
        if fileDescriptor >= 0 {
            _ = close(fileDescriptor)
        }
        unsafe asleep.deallocate()
    }

    // MARK: Producers

    /// Wakes the consumer if it sleeps. To be called after the push; one call does for many pushes.
    package func ring() {
        // SAFETY: the pointer lives as long as `self`.
        unsafe Self.ring(asleep, barrier) { signal() }
    }

    /// `ring()` on the flag alone, so that the fast path inlines and touches no reference count.
    @inlinable
    static func ring(_ asleep: UnsafeMutablePointer<Atomic<Bool>>, _ barrier: Barrier, _ signal: () -> Void) {
        switch barrier {
        case .membarrier:
            // SAFETY: see "Why no wake-up is missed": the processor's half of the barrier is in `arm()`.
            CompilerFence.execute()
        case .fence:
            // SAFETY: pairs with the fence in `arm()`.
            atomicMemoryFence(ordering: .sequentiallyConsistent)
        }
        // SAFETY: relaxed: ordered after the write of `tail` by the barrier, which is all that matters.
        if unsafe asleep.pointee.load(ordering: .relaxed) {
            signal()
        }
    }

    /// The slow half of `ring()`.
    @usableFromInline
    func signal() {
        // SAFETY: relaxed: the exchange only elects one of several producers to make the system call. The consumer
        // that this wakes reads `tail` with its own acquiring load.
        guard unsafe asleep.pointee.exchange(false, ordering: .relaxed) else { return }
        var one: UInt64 = 1
        // SAFETY: eventfd(2) reads these eight bytes.
        while unsafe write(fileDescriptor, &one, 8) < 0 {
            // EAGAIN: the counter is full, so the descriptor is readable and the consumer will wake.
            if errno == EAGAIN { return }
            precondition(errno == EINTR, "The doorbell's descriptor was closed by someone else")
        }
    }

    // MARK: The consumer

    /// Announces that the consumer will sleep. It must then look at its rings once more, and sleep only if they are
    /// empty. Every `arm()` is followed by a `disarm()`.
    ///
    /// - Returns: `false` when the kernel did not make the barrier (only lack of memory can cause that): a wake-up may
    ///   be missed this time, so sleep for a bounded time only, `unsureTimeout` at most.
    package func arm() -> Bool {
        // SAFETY: relaxed: ordered before the reads of `tail` by the barrier below.
        unsafe asleep.pointee.store(true, ordering: .relaxed)
        switch barrier {
        case .membarrier:
            return cdoorbell_membarrier() == 0
        case .fence:
            // SAFETY: pairs with the fence in `ring`.
            atomicMemoryFence(ordering: .sequentiallyConsistent)
            return true
        }
    }

    /// Ends what `arm()` began; the rings are to be looked at after it. A producer that took the flag but comes too
    /// late for this with its write makes the next sleep end early, nothing worse.
    package func disarm() {
        // SAFETY: relaxed: a producer that still sees `true` rings once for nothing.
        unsafe asleep.pointee.store(false, ordering: .relaxed)
        var count: UInt64 = 0
        // SAFETY: eventfd(2) writes these eight bytes. It never blocks; EAGAIN, when nobody rang, is no error. What
        // this read swallows was written after a push, and the rings are looked at after it.
        _ = unsafe read(fileDescriptor, &count, 8)
    }

    /// Sleeps until a producer rings.
    ///
    /// - Parameters:
    ///   - timeout: the longest sleep, rounded up to a millisecond; `nil` is no limit.
    ///   - isReady: whether there is something to do already. Must look at every ring that this doorbell serves.
    package func sleep(timeout: Duration? = nil, unless isReady: () -> Bool) -> WakeReason {
        let sure = arm()
        defer { disarm() }
        if isReady() {
            return .ready
        }
        var limit = timeout.map(Self.milliseconds) ?? -1
        if !sure {
            let unsure = Self.milliseconds(Self.unsureTimeout)
            limit = limit < 0 ? unsure : min(limit, unsure)
        }
        var descriptor = pollfd(fd: fileDescriptor, events: Int16(POLLIN), revents: 0)
        // SAFETY: poll(2) reads and writes this one record. Its only error with a good descriptor, EINTR, is a wake.
        return unsafe poll(&descriptor, 1, limit) == 0 ? .timedOut : .rung
    }

    /// How long a consumer may sleep after `arm()` returned `false`.
    package static var unsureTimeout: Duration { .milliseconds(10) }

    /// For poll(2): rounded up, clamped to what it takes; never negative, which would be "no limit".
    private static func milliseconds(_ duration: Duration) -> Int32 {
        let (seconds, attoseconds) = duration.components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        guard seconds < Int64(Int32.max) / 1000 else { return .max }
        return Int32(seconds) * 1000 + Int32((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
