// SPDX-License-Identifier: GPL-3.0-or-later
internal import Synchronization

/// The place of a thread that is made later than whoever owns it, and joined by any thread that wants to see its end.
package struct WorkerThreadSlot: ~Copyable, Sendable {
    private let thread = Mutex<WorkerThread?>(nil)

    package init() {}

    package func keep(_ made: consuming WorkerThread) {
        var made = Optional(made)
        thread.withLock { $0 = made.take() }
    }

    /// Returns when the thread has ended. May be called twice, and without a thread.
    package func join() {
        // Taken out first: who comes second finds nothing to join.
        thread.withLock { $0.take() }?.join()
    }
}
