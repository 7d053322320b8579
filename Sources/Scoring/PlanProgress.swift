// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
package import Segmentation

/// Where in a plan the athlete is, as the session goes by. Times are seconds from the recording's start.
///
/// Bouts drive it: the plan's next bout begins when the athlete does, early or late. Between bouts time does, as far as the next
/// bout. A bout of less than a third of its planned length was a false start and counts for nothing. Whoever rests on until the middle of the
/// recovery after the next bout has left that bout out. A bout after the last one is counted and changes nothing.
///
///     warm-up ──bout──► work ──end──► recovery ──bout──► work ── … ──end──► recovery ──time──► cool-down ──time──► complete
///                        ▲              │  ▲                │
///                        │              └──┘ left out       │
///                        └────────── false start ───────────┘
package struct PlanProgress: Equatable, Sendable {
    /// What is so at one moment.
    package struct State: Equatable, Sendable {
        package var step: Plan.Step
        /// The step's place in the plan, from 0.
        package var index: Int
        /// Seconds in this step.
        package var elapsed: Double
        /// Seconds of it left; negative when it lasts longer than planned.
        package var left: Double
        /// `nil` in the last step.
        package var next: Plan.Step?
        /// Of the plan's bouts, the number of this one or, at rest, of the one to come, from 1; `nil` after the last one.
        package var bout: Int?
        package var bouts: Int
        /// The share of maximum that the bout is asked for; `nil` outside of the plan's bouts.
        package var target: Double?
        /// The effort of this moment as a share of maximum: in one of the plan's bouts of what its target is a share of.
        package var effort: Double?
        /// Whether the last step has lasted for its time.
        package var isComplete: Bool
    }

    package let plan: Plan
    /// What the athlete set out to reach; `nil` for the plan's.
    private let target: Double?
    /// The step that is being done, and when it began.
    private var index = 0
    private var stepStart: Double?
    /// Where a bout that turns out to be a false start takes the plan back to.
    private var beforeBout: (index: Int, start: Double)?
    private var isWorking = false
    /// Whether the last step was a bout and is over.
    private var isOver = false
    /// Bouts left out, and bouts that the plan does not ask for.
    package private(set) var skipped = 0
    package private(set) var added = 0

    /// - Parameter target: what the athlete set out to reach; `nil` for the plan's.
    package init(_ plan: Plan, target: Double? = nil) {
        self.plan = plan
        self.target = target
    }

    package static func == (left: PlanProgress, right: PlanProgress) -> Bool {
        left.plan == right.plan && left.index == right.index && left.stepStart == right.stepStart
            && left.isWorking == right.isWorking && left.isOver == right.isOver && left.skipped == right.skipped
            && left.added == right.added
    }

    package mutating func apply(_ change: PhaseChange) {
        // That a sprint becomes an interval does not end it.
        guard case .began(let phase) = change, !plan.steps.isEmpty else { return }
        let start = phase.start.seconds
        if phase.kind.isWork {
            beginBout(at: start)
        } else {
            endBout(at: start)
            if stepStart == nil { stepStart = start }
        }
    }

    /// Takes the plan to a time; to be called with times not falling, as often as a state is wanted.
    package mutating func advance(to time: Double) {
        guard !plan.steps.isEmpty, !isWorking, let start = stepStart else { return }
        var from = start
        // From one rest to the next; the plan's bouts wait for the athlete.
        while index + 1 < plan.steps.count, !plan.steps[index].kind.isWork, time - from >= plan.steps[index].seconds {
            let planned = plan.steps[index].seconds
            if !plan.steps[index + 1].kind.isWork {
                index += 1
                from += planned
            } else if let later = skipping(from: from + planned, at: time) {
                skipped += 1
                index += 2
                from = later
            } else {
                break
            }
        }
        stepStart = from
    }

    /// - Parameter boutTime: when the bout should have begun.
    /// - Returns: when the rest after it should have begun, once it is half over; `nil` before that.
    private func skipping(from boutTime: Double, at time: Double) -> Double? {
        // A warm-up may last: nobody leaves out the first bout by warming up well.
        guard index + 2 < plan.steps.count, plan.steps[index].kind != .warmup,
            plan.steps[..<index].contains(where: \.kind.isWork), !plan.steps[index + 2].kind.isWork
        else { return nil }
        let after = boutTime + plan.steps[index + 1].seconds
        return time >= after + 0.5 * plan.steps[index + 2].seconds ? after : nil
    }

    private mutating func beginBout(at start: Double) {
        advance(to: start)
        guard !isWorking else { return }
        guard !isOver, let work = plan.steps[index...].firstIndex(where: \.kind.isWork) else {
            added += 1
            return
        }
        beforeBout = (index, stepStart ?? start)
        index = work
        stepStart = start
        isWorking = true
    }

    private mutating func endBout(at end: Double) {
        guard isWorking, let start = stepStart else { return }
        isWorking = false
        if end - start < plan.steps[index].seconds / 3, let before = beforeBout {
            index = before.index
            stepStart = before.start
        } else if index + 1 < plan.steps.count {
            index += 1
            stepStart = end
        } else {
            isOver = true
        }
        beforeBout = nil
    }

    /// - Parameters:
    ///   - time: not before the last ``advance(to:)``.
    ///   - moment: how hard the athlete works then; `nil` when that is not asked.
    /// - Returns: `nil` before the first phase, and for a plan without steps.
    package func state(at time: Double, _ moment: MomentaryEffort? = nil) -> State? {
        guard plan.steps.indices.contains(index), let stepStart else { return nil }
        let step = plan.steps[index]
        let isWaiting = step.kind.isWork && !isWorking && !isOver
        let elapsed = isWaiting ? 0 : max(0, time - stepStart)
        let before = plan.steps[..<index].count { $0.kind.isWork }
        let bouts = plan.work.count
        return State(
            step: step, index: index, elapsed: elapsed, left: step.seconds - elapsed,
            next: index + 1 < plan.steps.count ? plan.steps[index + 1] : nil,
            bout: before < bouts ? before + 1 : nil, bouts: bouts,
            target: step.kind.isWork && !isOver ? plan.target(of: step, athlete: target) : nil,
            effort: moment?.share(of: isWorking ? step.basis : nil),
            isComplete: isOver || index + 1 == plan.steps.count && !step.kind.isWork && elapsed >= step.seconds)
    }
}
