// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement

/// The last observations of a signal, in fixed memory.
struct RecentValues: Sendable {
    struct Entry: Sendable, BitwiseCopyable {
        var time = Timestamp.zero
        var value = 0.0
    }

    /// A power of two; half a minute at the 5 Hz to which denser signals are thinned.
    private static let capacity = 128

    private var entries = [Entry](repeating: Entry(), count: capacity)
    private var next = 0
    private(set) var count = 0

    mutating func append(_ value: Double, at time: Timestamp) {
        entries[next] = Entry(time: time, value: value)
        next = (next + 1) & (Self.capacity - 1)
        count = min(count + 1, Self.capacity)
    }

    mutating func removeAll() {
        count = 0
        next = 0
    }

    /// - Parameter age: 0 is the newest; below ``count``.
    @inline(__always)
    subscript(_ age: Int) -> Entry { entries.span[(next - 1 - age) & (Self.capacity - 1)] }

    /// The median of the last three values: a lone spike vanishes, an edge is kept and comes one sample late.
    @inline(__always)
    var median: Double {
        switch count {
        case 0: return 0
        case 1: return self[0].value
        case 2: return min(self[0].value, self[1].value)
        default:
            let (newest, newer, older) = (self[0].value, self[1].value, self[2].value)
            return larger(min(older, newer), min(larger(older, newer), newest))
        }
    }

    /// The rise to the present level: for how long the signal has been above `base`, how much of that time, at the height of now, is missing
    /// from it, and what share of the height of a moment ago is left. A step misses nothing, an even build-up half of its length; what was more
    /// than now counts for nothing, because many begin too fast.
    ///
    /// - Parameters:
    ///   - levelling: seconds over which a level is averaged.
    ///   - moment: seconds.
    /// - Returns: `nil` if the signal is not above `base`. A rise that is older than what is kept is as old as that.
    func rise(
        above base: Double, levelling: Double, moment: Double
    ) -> (seconds: Double, missing: Double, left: Double)? {
        guard count >= 2, self[1].value > base else { return nil }
        let newest = self[0].time
        let level = mean(from: 0, over: levelling)
        guard level > base else { return nil }
        var highest = level
        var age = 1
        while age < count, newest.seconds(since: self[age].time) <= moment {
            highest = max(highest, mean(from: age, over: levelling))
            age += 1
        }
        var missing = 0.0
        var first = 1
        while first < count, self[first].value > base {
            missing += max(0, level - self[first].value) * self[first - 1].time.seconds(since: self[first].time)
            first += 1
        }
        return (
            newest.seconds(since: self[first - 1].time), missing / (level - base), (level - base) / (highest - base)
        )
    }

    /// The mean of an entry and of those up to so many seconds before it, of one at least.
    private func mean(from first: Int, over seconds: Double) -> Double {
        let newest = self[first].time
        var sum = self[first].value
        var last = first + 1
        while last < count, last == first + 1 || newest.seconds(since: self[last].time) <= seconds {
            sum += self[last].value
            last += 1
        }
        return sum / Double(last - first)
    }

    /// The time of the newest value above a level.
    func last(above level: Double) -> Timestamp? {
        for age in 0..<count where self[age].value > level { return self[age].time }
        return nil
    }

    /// The smallest value since a time; the newest if none is.
    func minimum(since time: Timestamp) -> Double {
        var minimum = self[0].value
        for age in 0..<count {
            let candidate = self[age]
            if candidate.time < time { break }
            minimum = min(minimum, candidate.value)
        }
        return minimum
    }
}
