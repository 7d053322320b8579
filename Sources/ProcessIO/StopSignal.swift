// SPDX-License-Identifier: GPL-3.0-or-later
internal import Glibc
internal import Measurement
internal import Synchronization

/// SIGINT and SIGTERM, taken as a wish to end well: what is being written is finished first; and SIGHUP, a wish to read the configuration again, unless it
/// comes because the terminal has gone.
///
/// A program of one thread calls ``install()`` and asks ``isRaised``; one with several calls ``block()`` before it makes any, and gives
/// one of them to ``wait(reload:stop:)``.
package enum StopSignal {
    private static let flag = Atomic<Bool>(false)
    /// When the first one came, in nanoseconds of ``MonotonicClock``.
    private static let raisedAt = Atomic<Int64>(0)
    /// Nanoseconds in which a further one is the same wish: timeout(1) signals its child, and then the group that the child is in; a shell or make
    /// passes on a Ctrl-C that the terminal has sent to all of them already.
    private static let echo: Int64 = 250_000_000

    package static var isRaised: Bool { flag.load(ordering: .relaxed) }

    /// To be called once, before the work begins. A second signal of the kind ends the process at once, unless it comes within a quarter of a second.
    package static func install() {
        // The lazy value is made here, because nothing may be made inside a signal handler.
        flag.store(false, ordering: .relaxed)
        raisedAt.store(0, ordering: .relaxed)
        var wanted = sigset_t()
        // SAFETY: both calls change the set that they are given, and keep no pointer.
        unsafe sigemptyset(&wanted)
        for number in [SIGINT, SIGTERM] {
            unsafe sigaddset(&wanted, number)
        }
        handle()
        // Who starts us from a thread that blocks signals has us inherit that.
        // SAFETY: the set is read during the call.
        _ = unsafe pthread_sigmask(SIG_UNBLOCK, &wanted, nil)
    }

    /// What SIGINT and SIGTERM do where they are not blocked.
    private static func handle() {
        // The lazy value is made here, because nothing may be made inside a signal handler.
        _ = echo
        for number in [SIGINT, SIGTERM] {
            var action = sigaction()
            // SAFETY: the handler touches two atomics and calls `clock_gettime`, `signal` and `raise`, all of which signal-safety(7) allows;
            // sigaction copies the structure.
            unsafe action.__sigaction_handler.sa_handler = { number in
                let now = MonotonicClock.now.nanoseconds
                let first = StopSignal.raisedAt.load(ordering: .relaxed)
                if !StopSignal.flag.load(ordering: .relaxed) {
                    StopSignal.raisedAt.store(now, ordering: .relaxed)
                    StopSignal.flag.store(true, ordering: .relaxed)
                } else if now - first >= StopSignal.echo {
                    // It is blocked while it is handled, and comes when this returns.
                    _ = signal(number, SIG_DFL)
                    raise(number)
                }
            }
            _ = unsafe sigaction(number, &action, nil)
        }
    }

    // MARK: With threads

    /// Blocks the signals in the calling thread, and so in those that it makes, and leaves them to ``wait(reload:stop:)``.
    package static func block() { _ = blocked() }

    /// Waits for the signals, and never returns. To be called by one thread, after ``block()``.
    ///
    /// - Parameters:
    ///   - reload: called at each SIGHUP.
    ///   - stop: called once, at the first of the signals that ask for the end. From a quarter of a second later
    ///     on, a second one ends the process at once, whatever it does.
    package static func wait(reload: () -> Void, stop: () -> Void) {
        let terminals = terminals
        var wanted = set()
        while true {
            var number: Int32 = 0
            // SAFETY: sigwait reads the set and writes the number, and keeps no pointer.
            guard unsafe sigwait(&wanted, &number) == 0 else { return }
            // The kernel sends it to those whose terminal goes, too; what was a terminal is none any more then.
            if number == SIGHUP, terminals.isSubset(of: Self.terminals) { reload() } else { break }
        }
        raisedAt.store(MonotonicClock.now.nanoseconds, ordering: .relaxed)
        flag.store(true, ordering: .relaxed)
        handle()
        var ending = endings()
        // SAFETY: the set is read during the call.
        _ = unsafe pthread_sigmask(SIG_UNBLOCK, &ending, nil)
        stop()
        // No other thread takes the signals: were this one to end, a second one would be left to nobody.
        while true { pause() }
    }

    private static var terminals: Set<Int32> { Set((STDIN_FILENO...STDERR_FILENO).filter { isatty($0) == 1 }) }

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
        var wanted = endings()
        // SAFETY: the call changes the set that it is given, and keeps no pointer.
        unsafe sigaddset(&wanted, SIGHUP)
        return wanted
    }

    private static func endings() -> sigset_t {
        var wanted = sigset_t()
        // SAFETY: all three calls change the set that they are given, and keep no pointer.
        unsafe sigemptyset(&wanted)
        unsafe sigaddset(&wanted, SIGINT)
        unsafe sigaddset(&wanted, SIGTERM)
        return wanted
    }
}
