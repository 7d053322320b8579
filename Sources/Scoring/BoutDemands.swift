// SPDX-License-Identifier: GPL-3.0-or-later
import Segmentation

/// What a session's bouts are held against: a bout of the plan against its own step's target and basis, any other against the usual target.
package struct BoutDemands: Sendable {
    /// The share of maximum that a bout is asked for where no step says otherwise.
    package let usual: Double
    /// `nil` without a plan.
    package let result: PlanResult?
    /// What the athlete set out to reach; `nil` for the plan's.
    private let target: Double?

    /// - Parameters:
    ///   - phases: in time order, without holes; of a session that goes on, those so far. Which of the plan's bouts the last ones were may then still
    ///     change. Asked for only where there is a plan.
    ///   - target: what the athlete set out to reach; `nil` for the plan's, or ``ScoredSession/defaultTarget`` without a plan.
    package init(_ phases: @autoclosure () -> [PhaseRecord], target: Double?, plan: Plan?) {
        self.target = target
        usual = target ?? plan?.target ?? ScoredSession.defaultTarget
        result = plan.map { PlanResult($0, phases: phases()) }
    }

    /// - Parameters:
    ///   - index: the bout's place among those of its kind that are long enough to be scored, from 0.
    ///   - isInterval: whether it is an interval, not a sprint.
    package func score(_ trace: SprintTrace, index: Int, isInterval: Bool, maxima: Maxima) -> SprintScore {
        let step = result?.steps.first { (isInterval ? $0.interval : $0.sprint) == index }?.planned
        let asked = step.flatMap { step in result.map { $0.plan.target(of: step, athlete: target) } }
        return SprintScore(trace, maxima: maxima, target: asked ?? usual, basis: step?.basis)
    }

    package func score(_ bout: MeasuredBout, maxima: Maxima) -> SprintScore {
        score(bout.trace, index: bout.index, isInterval: bout.isInterval, maxima: maxima)
    }
}
