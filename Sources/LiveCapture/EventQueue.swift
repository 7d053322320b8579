// SPDX-License-Identifier: GPL-3.0-or-later
package import Fusion
import RingBuffer
import Synchronization

/// What happens, on its way from the engine's threads to the one that shows it or passes it on. Nobody waits for that one: beyond ``limit``
/// events the newest are dropped and counted, and of what is so now only the last is kept.
package final class EventQueue: Sendable {
    package static let limit = 4096

    private struct State: Sendable {
        var events: [LiveEvent] = []
        var dropped = 0
        var status: (athlete: Int, sample: FusedSample)?
        var hasNews = false
    }

    private let state = Mutex(State())
    private let doorbell: Doorbell
    /// What came of everything; `nil` until then.
    private let outcome = Mutex<Bool?>(nil)
    /// Of whoever waits for that alone.
    private let endBell: Doorbell
    /// Whether ``status`` is kept at all.
    private let keepsStatus: Bool

    init(keepsStatus: Bool) throws(DoorbellError) {
        self.keepsStatus = keepsStatus
        doorbell = try Doorbell()
        endBell = try Doorbell()
    }

    func post(_ event: LiveEvent) {
        let wasIdle = state.withLock { state in
            guard state.events.count < Self.limit || event.isLast else {
                state.dropped += 1
                return false
            }
            state.events.append(event)
            defer { state.hasNews = true }
            return !state.hasNews
        }
        if wasIdle { doorbell.ring() }
        if case .ended(let isWhole) = event {
            outcome.withLock { $0 = isWhole }
            endBell.ring()
        }
    }

    /// Waits for ``LiveEvent/ended(isWhole:)``, whether or not anybody takes the events. To be called by one thread.
    ///
    /// - Returns: what the event says.
    package func waitForEnd() -> Bool {
        while true {
            if let isWhole = outcome.withLock({ $0 }) { return isWhole }
            _ = endBell.sleep { outcome.withLock { $0 != nil } }
        }
    }

    func post(_ sample: FusedSample, of athlete: Int) {
        guard keepsStatus else { return }
        let wasIdle = state.withLock { state in
            state.status = (athlete, sample)
            defer { state.hasNews = true }
            return !state.hasNews
        }
        if wasIdle { doorbell.ring() }
    }

    /// Waits for something to happen. To be called by one thread.
    ///
    /// - Parameter timeout: the longest wait; `nil` is no limit.
    /// - Returns: the events since the last call, how many more were dropped, and what is so now if that has changed. Nothing of it when the time
    ///   is over first.
    package func wait(
        timeout: Duration? = nil
    ) -> (events: [LiveEvent], dropped: Int, status: (athlete: Int, sample: FusedSample)?) {
        while true {
            let news: ([LiveEvent], Int, (athlete: Int, sample: FusedSample)?)? = state.withLock { state in
                guard state.hasNews else { return nil }
                let news = (state.events, state.dropped, state.status)
                state = State()
                return news
            }
            if let news { return news }
            let reason = doorbell.sleep(timeout: timeout) { state.withLock { $0.hasNews } }
            if reason == .timedOut, timeout != nil { return ([], 0, nil) }
        }
    }
}
