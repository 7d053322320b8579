// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import Segmentation

/// What may still change of a bout after its figures are final: whether the rest after it is known, which it is when the next bout begins, and what the
/// plan asks of it, until it is clear which of the plan's bouts this was. All else is measured once, or follows from that.
private struct ToldBout: Equatable, Sendable {
    private let target: Double?
    private let basis: Evidence?
    private let hasRest: Bool

    init(_ bout: AnalysisDocument.Sprint) {
        target = bout.target
        basis = bout.effortBasis
        hasRest = bout.rest != nil
    }
}

/// The bouts of a session as they were told last.
struct ToldBouts: Sendable {
    private var sprints: [ToldBout] = []
    private var intervals: [ToldBout] = []

    /// How many of each kind.
    var counts: (sprints: Int, intervals: Int) { (sprints.count, intervals.count) }

    /// - Parameter bout: all before it of its kind have been told.
    /// - Returns: whether there is news of it, which is then taken as told.
    mutating func tell(_ bout: AnalysisDocument.Sprint, isInterval: Bool) -> Bool {
        isInterval ? Self.tell(bout, &intervals) : Self.tell(bout, &sprints)
    }

    private static func tell(_ bout: AnalysisDocument.Sprint, _ told: inout [ToldBout]) -> Bool {
        let new = ToldBout(bout)
        let place = bout.index - 1
        guard told.indices.contains(place) else {
            told.append(new)
            return true
        }
        guard told[place] != new else { return false }
        told[place] = new
        return true
    }
}
