// SPDX-License-Identifier: GPL-3.0-or-later
import CBoostQueue
import CThreads
import Glibc
import Synchronization

/// A thread's work; returns a checksum.
final class Loop: Sendable {
    let body: @Sendable () -> UInt64
    init(_ body: @escaping @Sendable () -> UInt64) { self.body = body }
}

/// Carries a value that cannot be copied into a thread's closure.
final class Handoff<Value: ~Copyable & Sendable>: Sendable {
    private let value: Mutex<Value?>
    init(_ value: consuming sending Value) { self.value = Mutex(consume value) }
    func take() -> Value { value.withLock { $0.take()! } }
}

/// Owns a queue of the C++ side.
@safe
final class BoostQueue: Sendable {
    // SAFETY: one thread pushes and one pops, as the queue asks; freed when no loop holds it.
    nonisolated(unsafe) let pointer: OpaquePointer = unsafe cboost_create()
    deinit { unsafe cboost_destroy(pointer) }
}

/// What one thread saw of its own run.
struct Run: Sendable {
    var checksum: UInt64 = 0
    /// CLOCK_MONOTONIC, ns.
    var start: UInt64 = 0
    var end: UInt64 = 0
    var preemptions = 0
    /// By this thread between `start` and `end`.
    var allocations: UInt64 = 0
}

/// Runs two loops at the same time, each on a processor of its own.
func runPinned(_ first: Loop, _ second: Loop) -> (first: Run, second: Run) {
    let gate = Gate()
    let threads = [first, second].enumerated().map { index, loop in
        PinnedThread(processor: index, gate: gate, loop: loop)
    }
    return (threads[0].join(), threads[1].join())
}

/// Opens when both threads have arrived.
final class Gate: Sendable {
    private let arrived = Atomic(0)
    func pass() {
        arrived.add(1, ordering: .acquiringAndReleasing)
        while arrived.load(ordering: .acquiring) < 2 { cthreads_pause() }
    }
}

final class PinnedThread: @unchecked Sendable {
    private let processor: Int
    private let gate: Gate
    private let loop: Loop
    // SAFETY: written by the thread, read after pthread_join.
    private var run = Run()
    private var thread = pthread_t()

    init(processor: Int, gate: Gate, loop: Loop) {
        self.processor = processor
        self.gate = gate
        self.loop = loop
        // SAFETY: the reference taken here is given back by the thread.
        let context = unsafe Unmanaged.passRetained(self).toOpaque()
        let status = unsafe pthread_create(&thread, nil, { context in
            unsafe Unmanaged<PinnedThread>.fromOpaque(context!).takeRetainedValue().main()
            return nil
        }, context)
        precondition(status == 0, "No thread: errno \(status)")
    }

    private func main() {
        let status = cthreads_pin(Int32(processor))
        precondition(status == 0, "Not pinned: errno \(status)")
        gate.pass()
        let preemptions = cthreads_preemptions()
        let allocations = cthreads_allocations()
        run.start = cthreads_now()
        run.checksum = loop.body()
        run.end = cthreads_now()
        run.allocations = cthreads_allocations() - allocations
        run.preemptions = cthreads_preemptions() - preemptions
    }

    func join() -> Run {
        _ = pthread_join(thread, nil)
        return run
    }
}
