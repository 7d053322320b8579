// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement
import ProcessIO
import Synchronization

/// Signs of life for a watchdog, given by the pipeline's thread itself and only when it has gone once around its loop: all that waited was taken, ordered
/// and decided. A thread that hangs, or goes around something else for ever, gives none.
///
/// The writer may be slow: a disk that hangs for half a minute is no reason to throw away what its ring and its memory hold, and a new process
/// would hang at the same disk. But a piece of its work that lasts longer than ``writerLimit`` is a fault in the program or a disk that will not come back, and
/// then nobody is alive.
package final class EnginePulse: Sendable {
    /// Seconds: Linux gives up a disk's command after 30 s, and tries it five times more (`SD_TIMEOUT` and `SD_MAX_RETRIES` in
    /// drivers/scsi/sd.h).
    package static let writerLimit = 180.0

    private let interval: Int64
    private let give: @Sendable () -> Void
    /// When the writer began what it does; 0 while it does nothing.
    private let writerSince = Atomic<Int64>(0)
    /// When the last sign was given. Touched by the pipeline's thread only.
    private let last = Atomic<Int64>(.min)

    /// - Parameters:
    ///   - interval: seconds between two signs, at most.
    ///   - give: gives one; must not wait for anybody.
    package init(interval: Double, give: @escaping @Sendable () -> Void) {
        self.interval = Timestamp(seconds: interval).nanoseconds
        self.give = give
    }

    /// How long the pipeline's thread may sleep.
    var longestSleep: Duration { .nanoseconds(interval) }

    /// - Parameter now: of ``MonotonicClock``.
    package func pipelineWentAround(at now: Timestamp = MonotonicClock.now) {
        let last = last.load(ordering: .relaxed)
        // A little early, so that a sleep of the whole interval is followed by a sign.
        guard last == .min || now.nanoseconds &- last >= interval / 2 else { return }
        let since = writerSince.load(ordering: .relaxed)
        guard since == 0 || now.seconds(since: Timestamp(nanoseconds: since)) < Self.writerLimit else { return }
        self.last.store(now.nanoseconds, ordering: .relaxed)
        give()
    }

    package func writerBegins(at now: Timestamp = MonotonicClock.now) {
        writerSince.store(max(now.nanoseconds, 1), ordering: .relaxed)
    }

    package func writerSleeps() { writerSince.store(0, ordering: .relaxed) }
}
