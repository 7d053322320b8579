// SPDX-License-Identifier: GPL-3.0-or-later
package import Segmentation

/// A workout as it is meant to be done: steps one after the other, repeats written out.
package struct Plan: Equatable, Sendable {
    /// What a target is a share of.
    package enum TargetBasis: String, Sendable, CaseIterable {
        /// The best 5 s mean speed.
        case speed
        /// The maximum heart rate.
        case heartRate = "heart_rate"
    }

    package struct Step: Equatable, Sendable {
        package var kind: PhaseKind
        package var seconds: Double
        /// The share of maximum that this bout is asked for, where it is not the plan's; `nil` on all other kinds of steps.
        package var target: Double?
        /// What the target is a share of; `nil` for what can be measured best.
        package var basis: TargetBasis?

        package init(_ kind: PhaseKind, seconds: Double, target: Double? = nil, basis: TargetBasis? = nil) {
            self.kind = kind
            self.seconds = seconds
            self.target = target
            self.basis = basis
        }
    }

    /// More steps than this are no workout, and would not fit into a session's header.
    package static let mostSteps = 400
    /// Of one step, in seconds.
    package static let stepLengths = 1.0...14_400.0
    /// Shares of maximum that a bout can be asked for.
    package static let targets = 0.3...1.0
    /// Characters of a name or a source.
    package static let longestText = 400

    package var name: String
    package var steps: [Step]
    /// The share of maximum effort that a bout is asked for, where its step does not say.
    package var target: Double
    /// Where the workout comes from.
    package var source: String?

    package init(name: String, steps: [Step], target: Double, source: String? = nil) {
        self.name = name
        self.steps = steps
        self.target = target
        self.source = source
    }

    /// The bouts of work that it asks for.
    package var work: [Step] { steps.filter { $0.kind.isWork } }

    /// Seconds from its start to its end.
    package var duration: Double { steps.reduce(0) { $0 + $1.seconds } }

    /// The share of maximum that a step is asked for: its own, else what the athlete set out to do, else the plan's.
    package func target(of step: Step, athlete: Double?) -> Double { step.target ?? athlete ?? target }
}
