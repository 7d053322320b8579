// SPDX-License-Identifier: GPL-3.0-or-later
import Segmentation

/// What was done of a plan, step by step.
package struct PlanResult: Equatable, Sendable {
    package struct Step: Equatable, Sendable {
        package var planned: Plan.Step
        /// Seconds done; `nil` when the step was left out.
        package var done: Double?
        /// For a sprint: which of the session's sprints it was, from 0.
        package var sprint: Int?

        /// 1 within a tenth of the planned length, falling to 0 with what is missing or too much.
        package var share: Double {
            guard let done, planned.seconds > 0 else { return 0 }
            let ratio = done / planned.seconds
            if ratio < 0.9 { return ratio / 0.9 }
            return ratio > 1.1 ? 1.1 / ratio : 1
        }
    }

    package var plan: Plan
    package var steps: [Step]
    /// The steps' shares, weighted by planned time: 0...1.
    package var compliance: Double

    /// The session's sprints are taken for the plan's in their order; what lies between two of them is the recovery, what lies
    /// before the first the warm-up, what lies after the last recovery the cool-down.
    ///
    /// - Parameter phases: in time order, without holes.
    package init(_ plan: Plan, phases: [PhaseRecord]) {
        self.plan = plan
        let sprints = phases.filter { $0.kind == .sprint && $0.duration >= PhaseRecorder.shortestSprint }
        let end = phases.last?.end ?? 0
        let start = phases.first?.start ?? 0
        var next = 0
        steps = plan.steps.map { planned in
            var step = Step(planned: planned)
            switch planned.kind {
            case .warmup:
                let done = (sprints.first?.start ?? end) - start
                step.done = done > 0 ? done : nil
            case .sprint:
                if next < sprints.count {
                    step.done = sprints[next].duration
                    step.sprint = next
                }
                next += 1
            case .recovery:
                if next > 0, next <= sprints.count {
                    step.done = Self.recovery(
                        after: sprints[next - 1], before: next < sprints.count ? sprints[next] : nil,
                        planned: planned.seconds, phases: phases)
                }
            case .cooldown:
                if let last = sprints.last {
                    let recovery =
                        Self.recovery(
                            after: last, before: nil,
                            planned: plan.steps.last { $0.kind == .recovery }?.seconds ?? 0, phases: phases) ?? 0
                    let done = end - last.end - recovery
                    step.done = done > 0 ? done : nil
                }
            case .rest, .interval, .steady:
                break
            }
            return step
        }
        let total = steps.reduce(0) { $0 + $1.planned.seconds }
        compliance = total > 0 ? steps.reduce(0) { $0 + $1.share * $1.planned.seconds } / total : 0
    }

    /// Seconds from a sprint to the next one; after the last one to where the recovery gives way to something else, and never
    /// more than what was planned and a tenth: the rest of it is cool-down.
    private static func recovery(
        after sprint: PhaseRecord, before next: PhaseRecord?, planned: Double, phases: [PhaseRecord]
    ) -> Double? {
        if let next { return next.start - sprint.end }
        guard let end = phases.last?.end, end > sprint.end else { return nil }
        let recovering = phases.first { $0.start >= sprint.end && $0.kind != .recovery }?.start ?? end
        // A jog that starts early shortens the walk, but is no less of a recovery as long as nobody sprints.
        return min(max(recovering - sprint.end, min(end - sprint.end, planned)), planned * 1.1)
    }
}
