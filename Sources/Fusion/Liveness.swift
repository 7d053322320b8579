// SPDX-License-Identifier: GPL-3.0-or-later

/// When one sensor last gave one value, and how long that value lives. All times in nanoseconds.
struct Liveness: BitwiseCopyable {
    /// When the value last came; meaningless until `heard`.
    private(set) var last: Int64 = 0
    /// Since when it has come without going stale.
    private(set) var freshSince: Int64 = 0
    /// How old the value may grow.
    private(set) var freshness: Int64 = 0
    /// The usual time between two; 0 until two came.
    private var interval: Int64 = 0
    private(set) var heard = false

    /// What `freshness` is held within.
    struct Limits: BitwiseCopyable {
        var lowest: Int64
        var highest: Int64
        /// Before an interval was seen.
        var initial: Int64
    }

    func isFresh(at now: Int64) -> Bool { heard && now &- last <= freshness }

    @inline(__always)
    mutating func hear(at now: Int64, limits: Limits) {
        guard heard else {
            heard = true
            last = now
            freshSince = now
            freshness = limits.initial
            return
        }
        let step = now &- last
        if step > freshness { freshSince = now }
        last = now
        // Several values in one packet are one arrival; a pause says nothing about the usual interval.
        guard step >= 20_000_000, step <= limits.highest else { return }
        // Equal steps up and down in proportion settle on the median, which a single late or early one moves little. Worked
        // out without a branch: arrivals jitter, so that one would be guessed wrong every other time. Never negative, and divided so.
        let fifth = Int64(bitPattern: UInt64(bitPattern: interval) / 5)
        let next = min(max(step, interval &- fifth), interval &+ interval >> 2)
        interval = interval == 0 ? step : next
        freshness = min(max(interval &+ interval &+ interval >> 1, limits.lowest), limits.highest)
    }
}
