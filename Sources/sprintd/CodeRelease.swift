// SPDX-License-Identifier: GPL-3.0-or-later
internal import Measurement

/// When the pages of code that ran of late are given back (``ProcessIO/CodePages``).
///
/// What happens rarely, a start, a session's beginning, a phase, runs code that is then not needed for minutes; the recording itself needs little. So
/// all is given back a while after something happened, once for what has happened by then. What the next frames need comes back by some 60 page faults
/// of 2 µs, shared by all threads: at most once in ``delay``, and not in the moment in which a session begins. Figures: `Benchmarks/README.md`.
struct CodeRelease {
    /// Nanoseconds. A start is over by then: sticks are open, sensors heard.
    static let delay: Int64 = 10_000_000_000

    private var due: Timestamp?

    /// Something happened.
    mutating func note(at now: Timestamp) {
        if due == nil { due = Timestamp(nanoseconds: now.nanoseconds &+ Self.delay) }
    }

    /// - Returns: how long to wait for it, at least 0; `nil` when nothing is to be given back.
    func wait(at now: Timestamp) -> Duration? {
        due.map { .nanoseconds(max(0, $0.nanoseconds &- now.nanoseconds)) }
    }

    /// - Returns: whether to give back now.
    mutating func take(at now: Timestamp) -> Bool {
        guard let due, now >= due else { return false }
        self.due = nil
        return true
    }
}
