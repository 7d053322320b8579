// SPDX-License-Identifier: GPL-3.0-or-later
import LiveCapture
import Measurement
import Synchronization

/// A clock that goes with the frames of one simulated stick, and lets no more than a batch of them be on their way.
final class Pace: Sendable {
    private let time = Atomic<Int64>(0)
    private let sent = Atomic<UInt64>(0)
    private let counters = Mutex<EngineCounters?>(nil)

    /// Fewer than a transport's ring holds.
    private static let batch: UInt64 = 256

    var now: Timestamp { Timestamp(nanoseconds: time.load(ordering: .acquiring)) }

    func follow(_ counters: EngineCounters) { self.counters.withLock { $0 = counters } }

    /// Asked by the simulation before each frame, until the answer is zero.
    func wait(until due: Timestamp) -> Duration {
        let count = sent.load(ordering: .relaxed)
        if count > 0, count.isMultiple(of: Self.batch), let counters = counters.withLock({ $0 }),
            counters.frames < count || counters.unwritten > 2 * Self.batch
        {
            return .microseconds(50)
        }
        sent.store(count + 1, ordering: .relaxed)
        time.store(max(time.load(ordering: .relaxed), due.nanoseconds), ordering: .releasing)
        return .zero
    }
}
