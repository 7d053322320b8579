// SPDX-License-Identifier: GPL-3.0-or-later
import Segmentation

/// A session's mark, 0...100, and what it is made of.
///
/// Each sprint of the plan (or, without a plan, each sprint done) is worth an equal part of 100 points. Of its part, 60 % are for effort, 20 %
/// for length and 20 % for the recovery after it; the latter two count only as far as the effort did, because a planned length
/// at a stroll is no sprint. Without a plan nothing is asked of length and recovery, and effort is worth all.
///
/// Effort's share is 1 at the target and falls to 0 at half of it. So the mark is 100 exactly when every planned sprint reached the target
/// for its length (± 10 %) with its recovery, 0 without a sprint, and never falls when a sprint's effort rises.
package struct SessionScore: Equatable, Sendable {
    package struct Component: Equatable, Sendable {
        package var name: String
        package var points: Double
        package var of: Double
    }

    /// `nil` when there was no sprint and none was planned.
    package var value: Double?
    package var components: [Component]
    package var sprints: Int
    package var onTarget: Int
    /// (First − last effort) / first; positive when the athlete tires. `nil` below two measured sprints.
    package var fade: Double?
    /// 1 − coefficient of variation of the efforts, within 0...1. `nil` below two measured sprints.
    package var consistency: Double?

    static let effortPoints = 60.0
    static let lengthPoints = 20.0
    static let recoveryPoints = 20.0

    package init(_ scores: [SprintScore], target: Double, plan: PlanResult?) {
        sprints = scores.count
        onTarget = scores.count { $0.isOnTarget }
        components = []
        let efforts = scores.compactMap(\.effort)
        if efforts.count >= 2, let first = efforts.first, let last = efforts.last, first > 0 {
            fade = (first - last) / first
            let mean = efforts.reduce(0, +) / Double(efforts.count)
            let variance =
                efforts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(efforts.count - 1)
            consistency = mean > 0 ? max(0, 1 - variance.squareRoot() / mean) : nil
        }
        if let plan {
            score(scores, target: target, plan: plan)
        } else if !scores.isEmpty {
            let share = scores.reduce(0) { $0 + Self.effortShare($1, target: target) }
            components = [Component(name: "effort", points: 100 * share / Double(scores.count), of: 100)]
            value = components[0].points
        }
    }

    /// 1 at the target, 0 at half of it.
    static func effortShare(_ score: SprintScore, target: Double) -> Double {
        guard let effort = score.effort, target > 0 else { return 0 }
        return min(max((effort / target - 0.5) / 0.5, 0), 1)
    }

    private mutating func score(_ scores: [SprintScore], target: Double, plan: PlanResult) {
        var effort = 0.0
        var length = 0.0
        var recovery = 0.0
        var planned = 0
        var lastShare = 0.0
        for (index, step) in plan.steps.enumerated() where step.planned.kind == .sprint {
            planned += 1
            guard let sprint = step.sprint, sprint < scores.count else { continue }
            lastShare = Self.effortShare(scores[sprint], target: target)
            effort += lastShare
            length += lastShare * step.share
            let next = index + 1 < plan.steps.count ? plan.steps[index + 1] : nil
            // A plan that asks for no recovery after this sprint has it in full.
            recovery += lastShare * (next?.planned.kind == .recovery ? next?.share ?? 0 : 1)
        }
        guard planned > 0 else { return }
        let count = Double(planned)
        components = [
            Component(name: "effort", points: Self.effortPoints * effort / count, of: Self.effortPoints),
            Component(name: "length", points: Self.lengthPoints * length / count, of: Self.lengthPoints),
            Component(name: "recovery", points: Self.recoveryPoints * recovery / count, of: Self.recoveryPoints),
        ]
        value = components.reduce(0) { $0 + $1.points }
    }
}
