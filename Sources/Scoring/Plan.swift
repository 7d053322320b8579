// SPDX-License-Identifier: GPL-3.0-or-later
package import Segmentation

/// A workout as it is meant to be done.
package struct Plan: Equatable, Sendable {
    package struct Step: Equatable, Sendable {
        /// `warmup`, `sprint`, `recovery` or `cooldown`.
        package var kind: PhaseKind
        package var seconds: Double
        package init(_ kind: PhaseKind, seconds: Double) {
            self.kind = kind
            self.seconds = seconds
        }
    }

    package var name: String
    package var steps: [Step]
    /// The share of maximum effort that a sprint is asked for.
    package var target: Double

    package init(name: String, steps: [Step], target: Double) {
        self.name = name
        self.steps = steps
        self.target = target
    }

    /// 5 min warm-up, 5 × (30 s sprint at 80 % of maximum effort or more + 90 s recovery walk), 5 min cool-down; two or three
    /// times a week.
    package static let sprint5x30x90 = Plan(
        name: "sprint-5x30-90",
        steps: [Step(.warmup, seconds: 300)]
            + (0..<5).flatMap { _ in [Step(.sprint, seconds: 30), Step(.recovery, seconds: 90)] }
            + [Step(.cooldown, seconds: 300)],
        target: 0.8)

    package static let builtIn = [sprint5x30x90]

    package static func named(_ name: String) -> Plan? { builtIn.first { $0.name == name } }

    package var sprints: [Step] { steps.filter { $0.kind == .sprint } }
}
