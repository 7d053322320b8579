// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import Segmentation

/// What may still change of a bout after its figures are final: the rest after it, until the next bout begins, and what the plan asks of it
/// and all that follows from that, until it is clear which of the plan's bouts this was. The rest of its figures is measured once, and need not be remembered to
/// know whether there is news.
struct ToldBout: Equatable, Sendable {
    private let rest: Double?
    private let target: Double?
    private let basis: Evidence?
    private let isOnTarget: Bool
    private let timeOnTarget: Double

    init(_ bout: AnalysisDocument.Sprint) {
        rest = bout.rest
        target = bout.target
        basis = bout.effortBasis
        isOnTarget = bout.onTarget
        timeOnTarget = bout.timeOnTarget
    }
}
