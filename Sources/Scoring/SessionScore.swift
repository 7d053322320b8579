// SPDX-License-Identifier: GPL-3.0-or-later
import Segmentation

/// A session's mark, 0...100, and what it is made of.
///
/// Each bout of the plan (or, without a plan, each sprint done) is worth an equal part of 100 points. Of its part, 60 % are for effort, 20 %
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
    package var intervals: Int
    package var intervalsOnTarget: Int
    /// (First − last effort) / first; positive when the athlete tires. `nil` below two bouts measured on the same basis.
    package var fade: Double?
    /// 1 − coefficient of variation of the efforts, within 0...1. `nil` below two bouts measured on the same basis.
    package var consistency: Double?

    static let effortPoints = 60.0
    static let lengthPoints = 20.0
    static let recoveryPoints = 20.0

    /// - Parameters: the scores of all sprints and of all intervals, in time order.
    package init(_ scores: [SprintScore], intervals: [SprintScore] = [], plan: PlanResult?) {
        sprints = scores.count
        onTarget = scores.count { $0.isOnTarget }
        self.intervals = intervals.count
        intervalsOnTarget = intervals.count { $0.isOnTarget }
        components = []
        let set = Self.set(scores, intervals, plan)
        compare(set)
        if let plan {
            score(plan) { Self.score(of: $0, scores, intervals) }
        } else if !scores.isEmpty {
            let share = scores.reduce(0) { $0 + Self.effortShare($1) }
            components = [Component(name: "effort", points: 100 * share / Double(scores.count), of: 100)]
            value = components[0].points
        }
    }

    private static func score(
        of step: PlanResult.Step, _ sprints: [SprintScore], _ intervals: [SprintScore]
    ) -> SprintScore? {
        if let index = step.sprint { return sprints.indices.contains(index) ? sprints[index] : nil }
        if let index = step.interval { return intervals.indices.contains(index) ? intervals[index] : nil }
        return nil
    }

    /// The bouts that are compared with each other: those of the plan, so that a stride of the warm-up is not the first of the set.
    private static func set(
        _ sprints: [SprintScore], _ intervals: [SprintScore], _ plan: PlanResult?
    ) -> [SprintScore] {
        let planned = plan.map { $0.steps.compactMap { score(of: $0, sprints, intervals) } } ?? []
        return planned.count >= 2 ? planned : sprints
    }

    private mutating func compare(_ set: [SprintScore]) {
        // A share of speed and a share of heart rate do not compare; the basis of most bouts counts.
        let onSpeed = set.filter { $0.basis == .speed }
        let onHeartRate = set.filter { $0.basis == .heartRate }
        let efforts = (onSpeed.count >= onHeartRate.count ? onSpeed : onHeartRate).compactMap(\.effort)
        guard efforts.count >= 2, let first = efforts.first, let last = efforts.last, first > 0 else { return }
        fade = (first - last) / first
        let mean = efforts.reduce(0, +) / Double(efforts.count)
        let variance = efforts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(efforts.count - 1)
        consistency = mean > 0 ? max(0, 1 - variance.squareRoot() / mean) : nil
    }

    /// 1 at the target, 0 at half of it.
    static func effortShare(_ score: SprintScore) -> Double {
        guard let effort = score.effort, score.target > 0 else { return 0 }
        return min(max((effort / score.target - 0.5) / 0.5, 0), 1)
    }

    private mutating func score(_ plan: PlanResult, _ score: (PlanResult.Step) -> SprintScore?) {
        var effort = 0.0
        var length = 0.0
        var recovery = 0.0
        var planned = 0
        for (index, step) in plan.steps.enumerated() where step.planned.kind.isWork {
            planned += 1
            guard let bout = score(step) else { continue }
            let share = Self.effortShare(bout)
            effort += share
            length += share * step.share
            let next = index + 1 < plan.steps.count ? plan.steps[index + 1] : nil
            // A plan that asks for no recovery after this sprint has it in full.
            recovery += share * (next?.planned.kind == .recovery ? next?.share ?? 0 : 1)
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
