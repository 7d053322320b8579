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
    subscript(_ age: Int) -> Entry { entries[(next - 1 - age) & (Self.capacity - 1)] }

    /// The median of the last three values: a lone spike vanishes, an edge is kept and comes one sample late.
    @inline(__always)
    var median: Double {
        switch count {
        case 0: return 0
        case 1: return self[0].value
        case 2: return min(self[0].value, self[1].value)
        default:
            let (newest, newer, older) = (self[0].value, self[1].value, self[2].value)
            return max(min(older, newer), min(max(older, newer), newest))
        }
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
