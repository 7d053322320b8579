// SPDX-License-Identifier: GPL-3.0-or-later
internal import Glibc
internal import Synchronization

/// SIGINT and SIGTERM, taken as a wish to end well: what is being written is finished first.
///
/// A program of one thread calls ``install()`` and asks ``isRaised``; one with several calls ``block()`` before it makes any, and gives
/// one of them to ``wait(_:)``.
package enum StopSignal {
    private static let flag = Atomic<Bool>(false)

    package static var isRaised: Bool { flag.load(ordering: .relaxed) }

    /// To be called once, before the work begins. A second signal of the kind ends the process at once.
    package static func install() {
        // The lazy value is made here, because nothing may be made inside a signal handler.
        flag.store(false, ordering: .relaxed)
        var wanted = sigset_t()
        // SAFETY: both calls change the set that they are given, and keep no pointer.
        unsafe sigemptyset(&wanted)
        for number in [SIGINT, SIGTERM] {
            unsafe sigaddset(&wanted, number)
            var action = sigaction()
            // SAFETY: the handler touches one atomic and calls `signal`, both of which signal-safety(7) allows; sigaction copies
            // the structure.
            unsafe action.__sigaction_handler.sa_handler = { number in
                StopSignal.flag.store(true, ordering: .relaxed)
                _ = signal(number, SIG_DFL)
            }
            _ = unsafe sigaction(number, &action, nil)
        }
        // Who starts us from a thread that blocks signals has us inherit that.
        // SAFETY: the set is read during the call.
        _ = unsafe pthread_sigmask(SIG_UNBLOCK, &wanted, nil)
    }

    // MARK: With threads

    /// Blocks both signals in the calling thread, and so in those that it makes, and leaves them to ``wait(_:)``.
    package static func block() { _ = blocked() }

    /// Waits for the first of the signals, and never returns. To be called by one thread, after ``block()``; a second signal of either kind ends the
    /// process at once.
    package static func wait(_ body: () -> Void) {
        var wanted = set()
        var number: Int32 = 0
        // SAFETY: sigwait reads the set and writes the number, and keeps no pointer.
        guard unsafe sigwait(&wanted, &number) == 0 else { return }
        flag.store(true, ordering: .relaxed)
        _ = signal(SIGINT, SIG_DFL)
        _ = signal(SIGTERM, SIG_DFL)
        // SAFETY: the set is read during the call.
        _ = unsafe pthread_sigmask(SIG_UNBLOCK, &wanted, nil)
        body()
        // No other thread takes the signals: were this one to end, a second one would be left to nobody.
        while true { pause() }
    }

    /// - Returns: what the calling thread blocked before.
    static func blocked() -> sigset_t {
        var wanted = set()
        var before = sigset_t()
        // SAFETY: the sets are read and written during the call.
        _ = unsafe pthread_sigmask(SIG_BLOCK, &wanted, &before)
        return before
    }

    static func restore(_ mask: sigset_t) {
        var mask = mask
        // SAFETY: the set is read during the call.
        _ = unsafe pthread_sigmask(SIG_SETMASK, &mask, nil)
    }

    private static func set() -> sigset_t {
        var wanted = sigset_t()
        // SAFETY: all three calls change the set that they are given, and keep no pointer.
        unsafe sigemptyset(&wanted)
        unsafe sigaddset(&wanted, SIGINT)
        unsafe sigaddset(&wanted, SIGTERM)
        return wanted
    }
}
