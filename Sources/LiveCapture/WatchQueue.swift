// SPDX-License-Identifier: GPL-3.0-or-later
package import Fusion
import RingBuffer
import Synchronization

/// What happens, on its way to the thread that serves other programs. That of ``EventQueue`` is for the terminal: neither waits for the
/// other, and the engine's threads for none. Beyond ``EventQueue/limit`` events the newest are dropped and counted; of what is so now the
/// last of each athlete is kept, and only while somebody watches.
package final class WatchQueue: Sendable {
    package enum Event: Sendable {
        case live(LiveEvent)
        case report(LiveReport)
    }

    package struct News: Sendable {
        package var events: [Event] = []
        package var dropped = 0
        /// The newest of each athlete, since it was last asked for.
        package var statuses: [(athlete: Int, sample: FusedSample)] = []
        /// As of the last second; `nil` when nothing has changed.
        package var sensors: [HeardSensor]?
    }

    private struct State: Sendable {
        var events: [Event] = []
        var dropped = 0
        var statuses: [FusedSample?] = []
        var sensors: [HeardSensor]?
        var isWoken = false
        /// Whether a status alone is worth waking up for.
        var statusWakes = false
        var hasStatus = false
        var hasNews: Bool { !events.isEmpty || dropped > 0 || isWoken || statusWakes && hasStatus }
    }

    private let state = Mutex(State())
    private let doorbell: Doorbell
    private let keepsStatus = Atomic<Bool>(false)
    private let isClosed = Atomic<Bool>(false)

    init() throws(DoorbellError) {
        doorbell = try Doorbell()
    }

    // MARK: The engine's threads

    func post(_ event: Event) {
        guard !isClosed.load(ordering: .relaxed) else { return }
        let wasIdle = state.withLock { state in
            let wasIdle = !state.hasNews
            guard state.events.count < EventQueue.limit || event.isLast else {
                state.dropped += 1
                return wasIdle
            }
            state.events.append(event)
            return wasIdle
        }
        if wasIdle { doorbell.ring() }
    }

    func post(_ sample: FusedSample, of athlete: Int) {
        guard keepsStatus.load(ordering: .relaxed) else { return }
        let isNew = state.withLock { state in
            let wasIdle = !state.hasNews
            while state.statuses.count <= athlete { state.statuses.append(nil) }
            state.statuses[athlete] = sample
            state.hasStatus = true
            return wasIdle && state.hasNews
        }
        if isNew { doorbell.ring() }
    }

    /// Wakes nobody.
    func post(_ sensors: [HeardSensor]) { state.withLock { $0.sensors = sensors } }

    // MARK: Any thread

    /// Makes the consumer look.
    package func wake() {
        state.withLock { $0.isWoken = true }
        doorbell.ring()
    }

    /// Nobody takes anything any more.
    package func close() {
        isClosed.store(true, ordering: .relaxed)
        keepsStatus.store(false, ordering: .relaxed)
        state.withLock { $0 = State() }
    }

    // MARK: The consumer, one thread

    /// Readable when there may be news, between ``arm()`` and ``disarm()``.
    package var fileDescriptor: Int32 { doorbell.fileDescriptor }

    /// Whether anybody wants to know what is so now.
    package func keepStatus(_ keeps: Bool) { keepsStatus.store(keeps, ordering: .relaxed) }

    /// - Parameter takesStatus: whether statuses are wanted already; if not, they go on waiting and do not wake.
    package func take(takesStatus: Bool) -> News {
        state.withLock { state in
            var news = News()
            swap(&news.events, &state.events)
            news.dropped = state.dropped
            news.sensors = state.sensors
            state.dropped = 0
            state.sensors = nil
            state.isWoken = false
            state.statusWakes = takesStatus
            guard takesStatus, state.hasStatus else { return news }
            for athlete in state.statuses.indices {
                guard let sample = state.statuses[athlete] else { continue }
                news.statuses.append((athlete, sample))
                state.statuses[athlete] = nil
            }
            state.hasStatus = false
            return news
        }
    }

    /// To be called before waiting for ``fileDescriptor``.
    ///
    /// - Returns: the longest that may be waited, in milliseconds: 0 when there is news already, -1 for ever.
    package func arm() -> Int32 {
        let isSure = doorbell.arm()
        if state.withLock({ $0.hasNews }) { return 0 }
        return isSure ? -1 : 10
    }

    /// To be called after it.
    package func disarm() { doorbell.disarm() }
}

extension WatchQueue.Event {
    var isLast: Bool {
        switch self {
        case .live(let event): event.isLast
        case .report: false
        }
    }
}
