// SPDX-License-Identifier: GPL-3.0-or-later
import LiveCapture
import Measurement
import Synchronization

/// A clock that goes with the frames of one simulated stick, and lets no more than a batch of them be on their way.
final class Pace: Sendable {
    private let time = Atomic<Int64>(0)
    private let sent = Atomic<UInt64>(0)
    private let nextMark: Atomic<Int64>
    private let counters = Mutex<EngineCounters?>(nil)
    private let mark: @Sendable (Double) -> Void

    /// About what comes in a true second of 26 sensors, and so between two commits; fewer than a transport's ring holds.
    private static let batch: UInt64 = 128
    /// Seconds between two marks.
    private static let hour = Timestamp(seconds: 3600).nanoseconds

    /// - Parameters:
    ///   - first: seconds of the first mark; the next ones are full hours.
    ///   - mark: told the seconds when they have gone by: the engine has taken all frames before them, and time stands still.
    init(first: Double, mark: @escaping @Sendable (Double) -> Void) {
        nextMark = Atomic(Timestamp(seconds: first).nanoseconds)
        self.mark = mark
    }

    var now: Timestamp { Timestamp(nanoseconds: time.load(ordering: .acquiring)) }

    func follow(_ counters: EngineCounters) { self.counters.withLock { $0 = counters } }

    /// Asked by the simulation before each frame, until the answer is zero.
    func wait(until due: Timestamp) -> Duration {
        let count = sent.load(ordering: .relaxed)
        guard let counters = counters.withLock({ $0 }) else { return .microseconds(50) }
        let next = nextMark.load(ordering: .relaxed)
        if due.nanoseconds >= next {
            if counters.frames < count || counters.unwritten > 0 { return .microseconds(50) }
            mark(Timestamp(nanoseconds: next).seconds)
            nextMark.store((next / Self.hour + 1) * Self.hour, ordering: .relaxed)
        }
        if count > 0, count.isMultiple(of: Self.batch),
            counters.frames < count || counters.unwritten > Self.batch
        {
            return .microseconds(50)
        }
        sent.store(count + 1, ordering: .relaxed)
        time.store(max(time.load(ordering: .relaxed), due.nanoseconds), ordering: .releasing)
        return .zero
    }
}
