// SPDX-License-Identifier: GPL-3.0-or-later
import Segmentation

/// All that scoring makes of what was recorded.
package struct ScoredSession: Equatable, Sendable {
    /// The share of maximum that a sprint is asked for where no plan says otherwise: the target of the workout that this program is
    /// made for.
    package static let defaultTarget = 0.8

    package var sprints: [SprintScore]
    package var intervals: [SprintScore]
    package var plan: PlanResult?
    package var score: SessionScore
    /// Of a sprint that the plan does not know.
    package var target: Double

    /// - Parameters:
    ///   - recorded: finished.
    ///   - target: what the athlete set out to reach; `nil` for the plan's, or 0.8 without a plan.
    package init(_ recorded: PhaseRecorder, maxima: Maxima, target: Double?, plan: Plan?) {
        let demands = BoutDemands(recorded.phases, target: target, plan: plan)
        self.target = demands.usual
        self.plan = demands.result
        var scores: (sprints: [SprintScore], intervals: [SprintScore]) = ([], [])
        recorded.forEachBout { bout in
            let score = demands.score(bout, maxima: maxima)
            if bout.isInterval { scores.intervals.append(score) } else { scores.sprints.append(score) }
        }
        (sprints, intervals) = scores
        score = SessionScore(sprints, intervals: intervals, plan: demands.result)
    }

    package func score(of bout: MeasuredBout) -> SprintScore {
        bout.isInterval ? intervals[bout.index] : sprints[bout.index]
    }
}
