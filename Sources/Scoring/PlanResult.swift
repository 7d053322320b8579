// SPDX-License-Identifier: GPL-3.0-or-later
import Segmentation

/// What was done of a plan, step by step.
package struct PlanResult: Equatable, Sendable {
    package struct Step: Equatable, Sendable {
        package var planned: Plan.Step
        /// Seconds done; `nil` when the step was left out.
        package var done: Double?
        /// For a bout: which of the session's sprints it was, from 0; `nil` when it was an interval.
        package var sprint: Int?
        /// For a bout: which of the session's intervals it was, from 0; `nil` when it was a sprint.
        package var interval: Int?

        /// 1 within a tenth of the planned length, falling to 0 with what is missing or too much.
        package var share: Double {
            guard let done, planned.seconds > 0 else { return 0 }
            return PlanResult.share(of: done / planned.seconds)
        }
    }

    /// How the ratio of rest to work was kept.
    package struct WorkRest: Equatable, Sendable {
        /// Seconds of rest a second of work, as planned, and of the bouts that were done.
        package var planned: Double
        package var done: Double
        /// 0...1: for each planned bout with a rest after it 1 within a tenth of its planned ratio, falling to 0 with what is missing
        /// or too much, 0 when it was left out; the mean of these.
        package var compliance: Double
    }

    package var plan: Plan
    package var steps: [Step]
    /// The steps' shares, weighted by planned time: 0...1.
    package var compliance: Double
    /// Bouts that the plan asks for and nobody did.
    package var skipped = 0
    /// Bouts that the plan does not ask for.
    package var added = 0
    /// `nil` for a plan in which no rest follows any work.
    package var workRest: WorkRest?

    static func share(of ratio: Double) -> Double {
        guard ratio > 0 else { return 0 }
        if ratio < 0.9 { return ratio / 0.9 }
        return ratio > 1.1 ? 1.1 / ratio : 1
    }

    /// A bout of the session, and its place among those of its kind.
    private struct Bout {
        var span: PlanAlignment.Bout
        var sprint: Int?
        var interval: Int?
    }

    /// Bouts are taken for the plan's by ``PlanAlignment``, whatever their kind: 60 s planned as a sprint may become an interval. What lies
    /// between two of them is shared out among the steps between, what lies before the first is the warm-up, what lies after the
    /// last recovery the cool-down.
    ///
    /// - Parameter phases: in time order, without holes.
    package init(_ plan: Plan, phases: [PhaseRecord]) {
        self.plan = plan
        steps = plan.steps.map { Step(planned: $0) }
        compliance = 0
        let bouts = Self.bouts(phases)
        let work = steps.indices.filter { steps[$0].planned.kind.isWork }
        let matches = PlanAlignment.matches(planned: Self.spans(plan), done: bouts.map(\.span))
        skipped = matches.count { $0 == nil }
        added = bouts.count - (matches.count - skipped)
        var done: [(step: Int, bout: Int)] = []
        for (step, match) in zip(work, matches) {
            guard let match else { continue }
            steps[step].done = bouts[match].span.length
            steps[step].sprint = bouts[match].sprint
            steps[step].interval = bouts[match].interval
            done.append((step, match))
        }
        for (earlier, later) in zip(done, done.dropFirst()) {
            share(
                from: earlier.step, to: later.step,
                seconds: Self.rest(after: earlier.bout, before: later.bout, bouts))
        }
        measureEnds(done.first, done.last, bouts, phases)
        let total = steps.reduce(0) { $0 + $1.planned.seconds }
        compliance = total > 0 ? steps.reduce(0) { $0 + $1.share * $1.planned.seconds } / total : 0
        workRest = measureWorkRest()
    }

    private static func bouts(_ phases: [PhaseRecord]) -> [Bout] {
        var bouts: [Bout] = []
        var sprints = 0
        var intervals = 0
        for phase in phases {
            var bout = Bout(span: .init(start: phase.start, end: phase.end))
            switch phase.kind {
            case .sprint:
                guard phase.duration >= PhaseRecorder.shortestSprint else { continue }
                bout.sprint = sprints
                sprints += 1
            case .interval:
                bout.interval = intervals
                intervals += 1
            case .rest, .warmup, .recovery, .steady, .cooldown:
                continue
            }
            bouts.append(bout)
        }
        return bouts
    }

    private static func spans(_ plan: Plan) -> [PlanAlignment.Bout] {
        var time = 0.0
        var spans: [PlanAlignment.Bout] = []
        for step in plan.steps {
            if step.kind.isWork { spans.append(.init(start: time, end: time + step.seconds)) }
            time += step.seconds
        }
        return spans
    }

    /// Seconds between two bouts in which nobody worked.
    private static func rest(after earlier: Int, before later: Int, _ bouts: [Bout]) -> Double {
        let extra = bouts[earlier + 1..<later].reduce(0) { $0 + $1.span.length }
        return max(0, bouts[later].span.start - bouts[earlier].span.end - extra)
    }

    /// Gives the steps between two bouts their parts of the time between. A bout left out has its planned time, in which nobody worked.
    private mutating func share(from first: Int, to last: Int, seconds: Double) {
        let between = first + 1..<last
        let rests = between.filter { !steps[$0].planned.kind.isWork }
        let planned = rests.reduce(0) { $0 + steps[$1].planned.seconds }
        guard planned > 0 else { return }
        let idle = between.reduce(0) { $0 + (steps[$1].planned.kind.isWork ? steps[$1].planned.seconds : 0) }
        let free = seconds > idle ? seconds - idle : seconds
        for index in rests { steps[index].done = free * steps[index].planned.seconds / planned }
    }

    private mutating func measureEnds(
        _ first: (step: Int, bout: Int)?, _ last: (step: Int, bout: Int)?, _ bouts: [Bout], _ phases: [PhaseRecord]
    ) {
        // Standing about before the first step warms nobody up.
        let start = (phases.first { $0.kind != .rest } ?? phases.first)?.start ?? 0
        let end = phases.last?.end ?? 0
        guard let first, let last else {
            // Nothing but a warm-up, however long.
            if end > start, let warmUp = steps.firstIndex(where: { $0.planned.kind == .warmup }) {
                steps[warmUp].done = end - start
            }
            return
        }
        // What comes right before the first bout is given its time first; the warm-up is what is left.
        var free = max(0, bouts[first.bout].span.start - start)
        for index in (0..<first.step).reversed() where !steps[index].planned.kind.isWork {
            let isFirst = !steps[0..<index].contains { !$0.planned.kind.isWork }
            let part = isFirst ? free : min(free, steps[index].planned.seconds)
            steps[index].done = part > 0 ? part : nil
            free -= part
        }
        let ended = bouts[last.bout].span.end
        var next = last.step + 1
        var recovered = 0.0
        if next < steps.count, steps[next].planned.kind == .recovery {
            steps[next].done = Self.lastRecovery(after: ended, planned: steps[next].planned.seconds, phases)
            recovered = steps[next].done ?? 0
            next += 1
        }
        if let coolDown = steps.indices.last(where: { $0 >= next && steps[$0].planned.kind == .cooldown }) {
            let done = end - ended - recovered
            steps[coolDown].done = done > 0 ? done : nil
        }
    }

    /// Seconds to where the recovery gives way to something else, and never more than what was planned and a tenth: the rest of it is
    /// cool-down.
    private static func lastRecovery(after ended: Double, planned: Double, _ phases: [PhaseRecord]) -> Double? {
        guard let end = phases.last?.end, end > ended else { return nil }
        let recovering = phases.first { $0.start >= ended && $0.kind != .recovery }?.start ?? end
        // A jog that starts early shortens the walk, but is no less of a recovery as long as nobody sprints.
        return min(max(recovering - ended, min(end - ended, planned)), planned * 1.1)
    }

    private func measureWorkRest() -> WorkRest? {
        var pairs = 0
        var shares = 0.0
        var planned = (work: 0.0, rest: 0.0)
        var done = (work: 0.0, rest: 0.0)
        for (index, step) in steps.enumerated() where step.planned.kind.isWork {
            let rests = steps[(index + 1)...].prefix { !$0.planned.kind.isWork && $0.planned.kind != .cooldown }
            let asked = rests.reduce(0) { $0 + $1.planned.seconds }
            guard asked > 0, step.planned.seconds > 0 else { continue }
            pairs += 1
            planned = (planned.work + step.planned.seconds, planned.rest + asked)
            let rested = rests.reduce(0) { $0 + ($1.done ?? 0) }
            guard let worked = step.done, worked > 0, rested > 0 else { continue }
            shares += Self.share(of: rested / worked / (asked / step.planned.seconds))
            done = (done.work + worked, done.rest + rested)
        }
        guard pairs > 0 else { return nil }
        return WorkRest(
            planned: planned.work > 0 ? planned.rest / planned.work : 0,
            done: done.work > 0 ? done.rest / done.work : 0, compliance: shares / Double(pairs))
    }
}
