// SPDX-License-Identifier: GPL-3.0-or-later
import Segmentation
import Testing

@testable import Scoring

@Suite struct PlanTests {
    /// Work and rest in seconds by the plans' sources.
    static let known: [(name: String, bouts: Int, work: Double, duration: Double)] = [
        ("sprint-5x30-90", 5, 150, 300 + 5 * 120 + 300),
        ("30-30", 20, 600, 600 + 20 * 60 + 300),
        ("tabata", 8, 160, 600 + 8 * 30 + 300),
        ("10-20-30", 15, 150, 600 + 3 * (5 * 60 + 120) + 300),
        ("4x4", 4, 960, 600 + 4 * 240 + 3 * 180 + 300),
    ]

    @Test(arguments: known.map(\.name)) func isAsItsSourceSays(_ name: String) throws {
        let expected = try #require(Self.known.first { $0.name == name })
        let plan = try #require(Plan.named(name))
        #expect(plan.work.count == expected.bouts)
        #expect(plan.work.reduce(0) { $0 + $1.seconds } == expected.work)
        #expect(plan.duration == expected.duration)
        #expect(plan.source?.isEmpty == false)
        #expect(plan.steps.count <= Plan.mostSteps)
        #expect(plan.steps.allSatisfy { $0.kind.isWork || $0.target == nil })
    }

    @Test func everyPlanIsKnownByItsName() {
        #expect(Plan.builtIn.map(\.name) == Self.known.map(\.name))
        #expect(Plan.named("sprint") == nil)
    }

    @Test func theNearestTargetCounts() {
        let plain = Plan.Step(.sprint, seconds: 30)
        let own = Plan.Step(.sprint, seconds: 30, target: 0.95)
        let plan = Plan(name: "x", steps: [plain, own], target: 0.7)
        #expect(plan.target(of: plain, athlete: nil) == 0.7)
        #expect(plan.target(of: plain, athlete: 0.85) == 0.85)
        #expect(plan.target(of: own, athlete: 0.85) == 0.95)
    }
}
