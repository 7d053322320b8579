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
        let usual = target ?? plan?.target ?? Self.defaultTarget
        self.target = usual
        let result = plan.map { PlanResult($0, phases: recorded.phases) }
        self.plan = result
        func step(_ place: KeyPath<PlanResult.Step, Int?>, _ index: Int) -> Plan.Step? {
            result?.steps.first { $0[keyPath: place] == index }?.planned
        }
        func scores(_ traces: [SprintTrace], _ place: KeyPath<PlanResult.Step, Int?>) -> [SprintScore] {
            traces.enumerated().map { index, trace in
                let planned = step(place, index)
                let asked = planned.flatMap { planned in plan.map { $0.target(of: planned, athlete: target) } }
                return SprintScore(trace, maxima: maxima, target: asked ?? usual, basis: planned?.basis)
            }
        }
        sprints = scores(recorded.sprints, \.sprint)
        intervals = scores(recorded.intervals, \.interval)
        score = SessionScore(sprints, intervals: intervals, plan: result)
    }
}
