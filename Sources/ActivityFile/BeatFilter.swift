// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement

/// Lets beat intervals pass that a heart can have made.
///
/// A missed beat doubles an interval and a false one halves it; from beat to beat a heart changes by much less, even at the onset of a sprint.
/// So one that differs by more than a fifth from the last that passed is dropped (the rule of Malik et al. 1989, Am J Cardiol 64:1019),
/// unless as many as ``patience`` in a row say so: then the one before was wrong.
struct BeatFilter: Equatable, Sendable {
    /// 30 to 240 beats a minute.
    private static let possible: ClosedRange<Double> = 0.25...2
    private static let largestChange = 0.2
    private static let patience = 3

    private var last: Double?
    private var refused = 0

    mutating func accepts(_ interval: RRInterval) -> Bool {
        let seconds = interval.seconds
        guard Self.possible.contains(seconds) else { return false }
        if let last, !interval.followsGap, refused < Self.patience,
            seconds < last * (1 - Self.largestChange) || seconds > last * (1 + Self.largestChange)
        {
            refused += 1
            return false
        }
        refused = 0
        last = seconds
        return true
    }
}
