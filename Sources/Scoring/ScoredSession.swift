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
        func scores(_ traces: [SprintTrace], areIntervals: Bool) -> [SprintScore] {
            traces.enumerated().map { demands.score($1, index: $0, isInterval: areIntervals, maxima: maxima) }
        }
        sprints = scores(recorded.sprints, areIntervals: false)
        intervals = scores(recorded.intervals, areIntervals: true)
        score = SessionScore(sprints, intervals: intervals, plan: demands.result)
    }
}
