// SPDX-License-Identifier: GPL-3.0-or-later
import RingBuffer
import Synchronization

/// What other threads want of the pipeline's.
final class PipelineWishes: Sendable {
    enum Wish: Sendable {
        /// - Parameter member: `nil` for all.
        case command(SessionRule.Command, member: Int?)
        case reload(LiveEngine.Reload)
    }

    private let wishes = Mutex<[Wish]>([])
    private let stops = Atomic<Bool>(false)
    private let hasWishes = Atomic<Bool>(false)
    private let doorbell: Doorbell

    init(_ doorbell: Doorbell) { self.doorbell = doorbell }

    var isStopping: Bool { stops.load(ordering: .acquiring) }
    var isWaiting: Bool { isStopping || hasWishes.load(ordering: .acquiring) }

    func stop() {
        stops.store(true, ordering: .releasing)
        doorbell.ring()
    }

    func add(_ command: SessionRule.Command, member: Int?) { add(.command(command, member: member)) }

    func add(_ reload: LiveEngine.Reload) { add(.reload(reload)) }

    private func add(_ wish: Wish) {
        wishes.withLock { $0.append(wish) }
        hasWishes.store(true, ordering: .releasing)
        doorbell.ring()
    }

    /// In the order in which they came.
    func take() -> [Wish] {
        guard hasWishes.exchange(false, ordering: .acquiring) else { return [] }
        return wishes.withLock { wishes in
            defer { wishes.removeAll() }
            return wishes
        }
    }
}
