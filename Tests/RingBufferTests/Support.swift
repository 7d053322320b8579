// SPDX-License-Identifier: GPL-3.0-or-later
import Glibc
import Synchronization

/// Carries a value that cannot be copied into a thread's closure.
final class Handoff<Value: ~Copyable & Sendable>: Sendable {
    private let value: Mutex<Value?>
    init(_ value: consuming sending Value) { self.value = Mutex(consume value) }
    func take() -> Value {
        value.withLock { held in
            guard let value = held.take() else { preconditionFailure("taken twice") }
            return value
        }
    }
}

/// A thread of its own: two loops that wait for each other must not depend on the width of a task pool.
struct TestThread<Result: Sendable>: Sendable {
    private let result: ResultBox<Result>
    private let thread: pthread_t

    init(_ body: @escaping @Sendable () -> Result) {
        let result = ResultBox<Result>()
        self.result = result
        thread = startThread(ThreadBody { result.value.withLock { $0 = body() } })
    }

    func join() -> Result {
        pthread_join(thread, nil)
        return result.value.withLock { value in
            guard let value else { preconditionFailure("the thread ended without a result") }
            return value
        }
    }
}

private final class ResultBox<Result: Sendable>: Sendable {
    let value = Mutex<Result?>(nil)
}

private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

private func startThread(_ body: ThreadBody) -> pthread_t {
    var thread = pthread_t()
    // SAFETY: the reference taken here is given back by the thread.
    let context = unsafe Unmanaged.passRetained(body).toOpaque()
    let status = unsafe pthread_create(
        &thread, nil,
        { context in
            guard let context = unsafe context else { preconditionFailure("started without a body") }
            unsafe Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue().run()
            return nil
        }, context)
    precondition(status == 0)
    return thread
}

/// Where two threads wait for each other.
final class Meeting: Sendable {
    private let arrivals = Atomic(0)

    func meet() {
        let mine = arrivals.add(1, ordering: .sequentiallyConsistent).newValue
        let both = mine + mine % 2
        var turns = 0
        while arrivals.load(ordering: .acquiring) < both {
            turns += 1
            // Both threads leave at about the same time only if neither sleeps; but there may be one processor.
            if turns > 500 { sched_yield() }
        }
    }
}

/// 64 bytes that tell whether they were torn.
struct Item: BitwiseCopyable, Sendable, Equatable {
    var words: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)

    init(_ number: UInt64) {
        words = (number, ~number, number, ~number, number, ~number, number, ~number)
    }
    var number: UInt64 { words.0 }

    static func == (one: Item, other: Item) -> Bool {
        one.words.0 == other.words.0 && one.words.1 == other.words.1 && one.words.2 == other.words.2
            && one.words.3 == other.words.3 && one.words.4 == other.words.4 && one.words.5 == other.words.5
            && one.words.6 == other.words.6 && one.words.7 == other.words.7
    }
}
