// SPDX-License-Identifier: GPL-3.0-or-later
import JSON
package import Segmentation

/// What is so at this moment, of one athlete with a session.
package struct NowMessage: Equatable, Sendable {
    package struct Phase: Equatable, Sendable {
        package var kind: PhaseKind
        /// Seconds from the session's start.
        package var start: Double
        package init(kind: PhaseKind, start: Double) {
            self.kind = kind
            self.start = start
        }
    }

    /// Where in the plan the athlete is.
    package struct Step: Equatable, Sendable {
        /// From 1.
        package var index: Int
        package var of: Int
        package var kind: PhaseKind
        /// Seconds in this step.
        package var elapsed: Double
        package var planned: Double
        /// Negative when it lasts longer than planned.
        package var left: Double
        /// Of the plan's bouts the number of this one or, at rest, of the one to come, from 1; `nil` after the last one.
        package var repetition: Int?
        package var repetitions: Int
        /// Whether the plan is done.
        package var isComplete: Bool
        package init(
            index: Int, of: Int, kind: PhaseKind, elapsed: Double, planned: Double, left: Double, repetition: Int?,
            repetitions: Int, isComplete: Bool
        ) {
            self.index = index
            self.of = of
            self.kind = kind
            self.elapsed = elapsed
            self.planned = planned
            self.left = left
            self.repetition = repetition
            self.repetitions = repetitions
            self.isComplete = isComplete
        }
    }

    package struct NextStep: Equatable, Sendable {
        package var kind: PhaseKind
        package var planned: Double
        package init(kind: PhaseKind, planned: Double) {
            self.kind = kind
            self.planned = planned
        }
    }

    package var athlete: String?
    /// Seconds from the session's start.
    package var time: Double
    /// `nil` before the first.
    package var phase: Phase?
    /// m/s.
    package var speed: Double?
    /// bpm.
    package var heartRate: Double?
    /// Steps (both feet) a minute.
    package var cadence: Double?
    /// Speed or heart rate as a share of the athlete's maximum.
    package var effort: Double?
    /// Whether the effort is at or above the target; `nil` outside of bouts or without an effort.
    package var isOnTarget: Bool?
    /// The share of maximum that a bout is asked for, 0...1.
    package var target: Double
    /// `nil` without a plan, and before its first phase.
    package var step: Step?
    package var next: NextStep?

    package init(athlete: String?, time: Double, target: Double) {
        self.athlete = athlete
        self.time = time
        self.target = target
    }
}

extension NowMessage {
    func writeMembers(to object: inout JSONWriter) {
        object.text("athlete", athlete)
        object.seconds("t_s", time)
        object.object("phase", phase) { phase, object in
            object.text("kind", phase.kind.rawValue)
            object.seconds("start_s", phase.start)
        }
        object.speed("speed_mps", speed)
        object.rate("hr_bpm", heartRate)
        object.rate("cadence_spm", cadence)
        object.share("effort", effort)
        object.bool("on_target", isOnTarget)
        object.share("target", target)
        object.object("step", step) { step, object in
            object.integer("index", step.index)
            object.integer("of", step.of)
            object.text("kind", step.kind.rawValue)
            object.seconds("elapsed_s", step.elapsed)
            object.seconds("planned_s", step.planned)
            object.seconds("left_s", step.left)
            object.integer("repetition", step.repetition)
            object.integer("repetitions", step.repetitions)
            object.bool("complete", step.isComplete)
        }
        object.object("next", next) { next, object in
            object.text("kind", next.kind.rawValue)
            object.seconds("planned_s", next.planned)
        }
    }

    init(_ fields: Fields) throws(SocketFault) {
        athlete = try fields.optionalText("athlete")
        time = try fields.number("t_s")
        if let phase = try fields.optionalObject("phase") {
            self.phase = Phase(kind: try phase.choice("kind"), start: try phase.number("start_s"))
        }
        speed = try fields.optionalNumber("speed_mps")
        heartRate = try fields.optionalNumber("hr_bpm")
        cadence = try fields.optionalNumber("cadence_spm")
        effort = try fields.optionalNumber("effort")
        isOnTarget = try fields.optionalBool("on_target")
        target = try fields.number("target")
        if let step = try fields.optionalObject("step") {
            self.step = Step(
                index: try step.integer("index"), of: try step.integer("of"), kind: try step.choice("kind"),
                elapsed: try step.number("elapsed_s"), planned: try step.number("planned_s"),
                left: try step.number("left_s"), repetition: try step.optionalInteger("repetition"),
                repetitions: try step.integer("repetitions"),
                isComplete: try step.optionalBool("complete") ?? false)
        }
        if let next = try fields.optionalObject("next") {
            self.next = NextStep(kind: try next.choice("kind"), planned: try next.number("planned_s"))
        }
    }
}
