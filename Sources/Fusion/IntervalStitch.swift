// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement

/// Makes one stream of beat intervals out of the radios of a strap: none twice, and none missing without a mark.
struct IntervalStitch: BitwiseCopyable {
    private static let window = 16

    /// What was given on.
    private var given = IntervalHistory()
    /// Intervals of the present source that the former one had already given.
    private var toSkip = 0
    private(set) var duplicates = 0

    /// The present source brought an interval, and was the source before.
    ///
    /// - Parameter wasSilent: whether it had gone stale since its last.
    mutating func pass(
        _ interval: RRInterval, wasSilent: Bool, at now: Int64, give: (RRInterval) -> Void
    ) {
        if toSkip > 0, !interval.followsGap, !wasSilent {
            toSkip &-= 1
            duplicates &+= 1
            return
        }
        // Of an interval that follows a gap nobody knows whether it was among those to skip.
        let lost = wasSilent || toSkip > 0
        toSkip = 0
        hand(
            RRInterval(ticks: interval.ticks, followsGap: interval.followsGap || lost), now, give)
    }

    /// Another source takes over with the newest interval of `history`.
    ///
    /// - Parameter same: whether it is another radio of the strap that was the source before.
    mutating func change(
        to history: borrowing IntervalHistory, same: Bool, at now: Int64,
        give: (RRInterval) -> Void
    ) {
        toSkip = 0
        let newest = history.interval(0)
        guard given.total > 0 else { return hand(newest, now, give) }
        guard same, let shift = shift(of: history) else {
            return hand(RRInterval(ticks: newest.ticks, followsGap: true), now, give)
        }
        if shift >= 0 {
            toSkip = shift
            duplicates &+= 1
        } else {
            for age in (0..<(0 &- shift)).reversed() { hand(history.interval(age), now, give) }
        }
    }

    private mutating func hand(
        _ interval: RRInterval, _ now: Int64, _ give: (RRInterval) -> Void
    ) {
        given.append(interval, at: now)
        give(interval)
    }

    /// By how many beats the history is behind what was given; `nil` when that is not clear.
    private func shift(of history: borrowing IntervalHistory) -> Int? {
        var best: (shift: Int, agreeing: Int, compared: Int)?
        var second = 0
        for shift in -IntervalHistory.longestShift...IntervalHistory.longestShift {
            let pairs = given.agreement(with: history, shift: shift, longest: Self.window)
            guard pairs.compared >= 8 else { continue }
            if pairs.agreeing > best?.agreeing ?? 0 {
                second = best?.agreeing ?? 0
                best = (shift, pairs.agreeing, pairs.compared)
            } else {
                second = max(second, pairs.agreeing)
            }
        }
        // Even intervals agree at every shift: then the beats cannot be told apart, and a mark is the honest answer.
        guard let best, best.agreeing &* 4 >= best.compared &* 3, best.agreeing >= second &+ 3
        else { return nil }
        return best.shift
    }
}
