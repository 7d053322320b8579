// SPDX-License-Identifier: GPL-3.0-or-later
internal import Glibc
internal import Synchronization

/// SIGINT and SIGTERM, taken as a wish to end well: what is being written is finished first.
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
}
