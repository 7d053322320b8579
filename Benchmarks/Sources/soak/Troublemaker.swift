// SPDX-License-Identifier: GPL-3.0-or-later
import LiveCapture
import Measurement
import ProcessIO
import Scoring
import Simulation
import Synchronization

/// Faults of the machine, by seeded chance: a disk that fails for a while, a wall clock that steps, a new configuration. Driven by simulated
/// minutes, from the transport's thread.
final class Troublemaker: Sendable {
    struct Counts: Sendable {
        var diskFailures = 0
        var clockSteps = 0
        var reloads = 0
    }

    private struct State {
        var random: SplitMix64
        var counts = Counts()
        /// True time at which the disk works again.
        var failsUntil: Timestamp?
        /// True time until which simulated time is held back: as long as sessions may wait in memory.
        var slowUntil = Timestamp.zero
        var resting = 50.0
    }

    let disk = FailingFiles.Switch()
    /// What a wrong wall clock shows more, in nanoseconds.
    let wallError = Atomic<Int64>(0)
    private let state: Mutex<State>
    private let members: [LivePipeline.Member]
    private let engine = Mutex<LiveEngine?>(nil)

    /// True seconds in which the writer has tried again after a failure of at most 1.8 s: it waits for 1 s and then for 2 s.
    private static let recovery = 4.5
    private static let hour: Int64 = 3_600_000_000_000

    init(seed: UInt64, members: [LivePipeline.Member]) {
        self.members = members
        state = Mutex(State(random: SplitMix64(seed: seed, stream: 0x7472_6F75)))
    }

    func follow(_ engine: LiveEngine) { self.engine.withLock { $0 = engine } }

    var counts: Counts { state.withLock(\.counts) }

    /// Called each simulated minute.
    func minute() {
        let now = MonotonicClock.now
        var reload: LiveEngine.Reload?
        let isSlow = state.withLock { state in
            if let end = state.failsUntil, end <= now {
                disk.fail(with: nil)
                state.failsUntil = nil
            }
            if state.slowUntil <= now, state.random.chance(1.0 / 100) {
                let errors: [Int32] = [28, 5, 30]
                disk.fail(with: errors[state.random.integer(below: errors.count)])
                state.failsUntil = now.advanced(bySeconds: state.random.uniform(0.2...1.8))
                state.slowUntil = now.advanced(bySeconds: 1.8 + Self.recovery)
                state.counts.diskFailures += 1
            }
            if state.random.chance(1.0 / 120) {
                // To 1970, an hour off, or right again.
                let epoch = -(WallClock.offset &+ now.nanoseconds)
                let errors = [epoch, Self.hour, -Self.hour, 0, 0]
                wallError.store(errors[state.random.integer(below: errors.count)], ordering: .releasing)
                state.counts.clockSteps += 1
            }
            if state.random.chance(1.0 / 90) {
                state.resting = state.random.uniform(45...60).rounded()
                var members = members
                for index in members.indices { members[index].athlete.restingHeartRate = state.resting }
                reload = LiveEngine.Reload(members: members, rule: SessionRule())
                state.counts.reloads += 1
            }
            return state.slowUntil > now
        }
        if let reload { engine.withLock { $0 }?.reload(reload) }
        // The writer keeps 8 MiB: a second at a thousand times real time since its last commit may be in them when the disk begins to fail (144 bytes for each
        // of 32 frames a second: 4.4 MiB), and what comes at a hundred times until it has tried again.
        if isSlow { MonotonicClock.sleep(nanoseconds: 600_000_000) }
    }

    /// The disk works, and has had time to be tried again.
    func rest() {
        let until = state.withLock { state in
            disk.fail(with: nil)
            state.failsUntil = nil
            return state.slowUntil
        }
        while MonotonicClock.now < until { MonotonicClock.sleep(nanoseconds: 50_000_000) }
    }

    /// All is well again.
    func end() { disk.fail(with: nil) }
}
