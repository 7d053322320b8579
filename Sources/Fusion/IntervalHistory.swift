// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement

/// The last beat intervals of one sensor, or of the stream that fusion gave on.
struct IntervalHistory: BitwiseCopyable {
    static let capacity = 64
    /// In 1/1024 s: each radio rounds, and some straps convert through milliseconds.
    static let tolerance: UInt16 = 2
    /// Beats by which two radios of one strap may be apart: 4 s of Bluetooth's lateness at 240 beats a minute.
    static let longestShift = 16

    private var ticks = InlineArray<64, UInt16>(repeating: 0)
    private var times = InlineArray<64, Int64>(repeating: 0)
    private var gaps: UInt64 = 0
    /// How many ever came.
    private(set) var total = 0

    var count: Int { min(total, Self.capacity) }

    mutating func append(_ interval: RRInterval, at now: Int64) {
        let slot = total & (Self.capacity - 1)
        ticks[slot] = interval.ticks
        times[slot] = now
        let bit: UInt64 = 1 << UInt64(slot)
        gaps = interval.followsGap ? gaps | bit : gaps & ~bit
        total &+= 1
    }

    /// The interval `age` before the newest (0), which must be below `count`.
    func interval(_ age: Int) -> RRInterval {
        let slot = (total &- 1 &- age) & (Self.capacity - 1)
        return RRInterval(ticks: ticks[slot], followsGap: gaps >> UInt64(slot) & 1 != 0)
    }

    func time(_ age: Int) -> Int64 { times[(total &- 1 &- age) & (Self.capacity - 1)] }

    /// How many of the newest pairs agree when `other` is behind this history by `shift` beats (ahead, if negative).
    ///
    /// Pairs before a gap of either are left out: nobody knows by how many beats they are apart.
    ///
    /// - Parameter longest: pairs to compare at most.
    func agreement(
        with other: borrowing IntervalHistory, shift: Int, longest: Int
    ) -> (agreeing: Int, compared: Int) {
        let mine = max(0, shift)
        let theirs = max(0, 0 &- shift)
        let most = min(longest, count &- mine, other.count &- theirs)
        guard most > 0 else { return (0, 0) }
        var agreeing = 0
        for age in 0..<most {
            let slot = (total &- 1 &- age &- mine) & (Self.capacity - 1)
            let otherSlot = (other.total &- 1 &- age &- theirs) & (Self.capacity - 1)
            let a = ticks[slot]
            let b = other.ticks[otherSlot]
            if max(a, b) &- min(a, b) <= Self.tolerance { agreeing &+= 1 }
            if (gaps >> UInt64(slot) | other.gaps >> UInt64(otherSlot)) & 1 != 0 {
                return (agreeing, age &+ 1)
            }
        }
        return (agreeing, most)
    }
}
