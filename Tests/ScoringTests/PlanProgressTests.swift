// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import Segmentation
import Testing

@testable import Scoring

@Suite struct PlanProgressTests {
    static func began(_ kind: PhaseKind, _ time: Double) -> PhaseChange {
        .began(
            PhaseStart(
                kind: kind, start: Timestamp(seconds: time), decided: Timestamp(seconds: time + 1), evidence: .speed,
                confidence: 1))
    }

    /// Warm-up from 10 s on, then bouts and rests at the times given, alternately.
    static func progress(_ edges: [Double]) -> PlanProgress {
        var progress = PlanProgress(.sprint5x30x90)
        progress.apply(began(.warmup, 10))
        for (index, time) in edges.enumerated() {
            progress.advance(to: time)
            progress.apply(began(index % 2 == 0 ? .sprint : .recovery, time))
        }
        return progress
    }

    private func state(_ progress: PlanProgress, _ time: Double) throws -> PlanProgress.State {
        var progress = progress
        progress.advance(to: time)
        return try #require(progress.state(at: time, Self.moment(0.85, 0.5)))
    }

    private static func moment(_ speedShare: Double?, _ heartRateShare: Double?) -> MomentaryEffort {
        MomentaryEffort(
            speed: speedShare.map { $0 * 8 }, heartRate: heartRateShare.map { $0 * 200 },
            maxima: Maxima(speed: .init(8, .measured), heartRate: .init(200, .measured)))
    }

    @Test func nothingIsKnownBeforeTheFirstPhase() {
        #expect(PlanProgress(.sprint5x30x90).state(at: 3) == nil)
    }

    @Test func theWorkoutAsPlanned() throws {
        // Warm-up 10...310, then 30 s sprints every 120 s.
        let warming = try state(Self.progress([]), 250)
        #expect(warming.step.kind == .warmup && warming.left == 60 && warming.next?.kind == .sprint)
        #expect(warming.bout == 1 && warming.bouts == 5 && warming.target == nil)
        let sprinting = try state(Self.progress([310]), 322)
        #expect(sprinting.step.kind == .sprint && sprinting.left == 18)
        #expect(sprinting.target == 0.8 && sprinting.effort == 0.85)
        #expect(sprinting.next?.kind == .recovery && sprinting.bout == 1)
        let resting = try state(Self.progress([310, 340]), 400)
        #expect(resting.step.kind == .recovery && resting.left == 30 && resting.bout == 2)
        #expect(resting.target == nil)
    }

    @Test func warmingUpForLongLeavesNothingOut() throws {
        let late = try state(Self.progress([]), 2000)
        #expect(late.step.kind == .warmup && late.left == -1690 && late.bout == 1)
    }

    @Test func aBoutThatComesEarlyIsTheNext() throws {
        let early = try state(Self.progress([310, 340, 380]), 390)
        #expect(early.step.kind == .sprint && early.bout == 2 && early.left == 20)
    }

    /// The second sprint is due at 430. At 504 the athlete may still be late for it; half-way through the recovery after it, at 505, it is out.
    @Test func aBoutThatDoesNotComeIsLeftOut() throws {
        let due = try state(Self.progress([310, 340]), 504)
        #expect(due.step.kind == .recovery && due.bout == 2 && due.left == -74)
        let out = try state(Self.progress([310, 340]), 505)
        #expect(out.step.kind == .recovery && out.bout == 3 && out.left == 45)
        var progress = Self.progress([310, 340])
        progress.advance(to: 550)
        progress.apply(Self.began(.sprint, 552))
        #expect(progress.skipped == 1)
        #expect(try #require(progress.state(at: 560)).bout == 3)
    }

    @Test func aFalseStartCountsForNothing() throws {
        let after = try state(Self.progress([310, 340, 400, 405]), 420)
        #expect(after.step.kind == .recovery && after.bout == 2 && after.left == 10)
    }

    @Test func aBoutAfterTheLastChangesNothing() throws {
        var edges: [Double] = []
        for index in 0..<5 { edges += [310 + 120 * Double(index), 340 + 120 * Double(index)] }
        // The last recovery ends at 910.
        let cooling = try state(Self.progress(edges), 1000)
        #expect(cooling.step.kind == .cooldown && cooling.left == 210 && cooling.next == nil && cooling.bout == nil)
        #expect(!cooling.isComplete)
        var more = Self.progress(edges)
        more.advance(to: 950)
        more.apply(Self.began(.sprint, 950))
        more.apply(Self.began(.recovery, 980))
        more.advance(to: 1300)
        #expect(more.added == 1)
        #expect(try #require(more.state(at: 1300)).isComplete)
    }

    @Test func timeTakesARestToTheNext() throws {
        var progress = PlanProgress(.tenTwentyThirty)
        progress.apply(Self.began(.warmup, 0))
        progress.advance(to: 640)
        let state = try #require(progress.state(at: 640))
        #expect(state.step.kind == .steady && state.left == 10 && state.bout == 1)
    }

    @Test func aPlanWithoutWarmUpWaits() throws {
        let plan = Plan(
            name: "x",
            steps: [.init(.sprint, seconds: 20), .init(.recovery, seconds: 40), .init(.sprint, seconds: 20)],
            target: 0.8)
        var progress = PlanProgress(plan)
        progress.apply(Self.began(.warmup, 0))
        progress.advance(to: 500)
        #expect(try #require(progress.state(at: 500)).left == 20)
        progress.apply(Self.began(.sprint, 510))
        progress.apply(Self.began(.recovery, 530))
        progress.apply(Self.began(.sprint, 570))
        progress.apply(Self.began(.recovery, 590))
        #expect(try #require(progress.state(at: 600)).isComplete)
        progress.apply(Self.began(.sprint, 700))
        #expect(progress.added == 1)
        // Of a bout that the plan does not know the last step asks for nothing.
        #expect(try #require(progress.state(at: 705)).target == nil)
    }

    @Test func theHeartRateCountsWhereThePlanSaysSo() throws {
        var progress = PlanProgress(.fourByFour)
        progress.apply(Self.began(.warmup, 0))
        progress.apply(Self.began(.sprint, 600))
        progress.apply(.becameInterval(decided: Timestamp(seconds: 661)))
        let state = try #require(progress.state(at: 700, Self.moment(0.95, 0.75)))
        #expect(state.target == 0.9 && state.effort == 0.75)
        #expect(try #require(progress.state(at: 700, Self.moment(0.5, nil))).effort == 0.5)
        #expect(try #require(progress.state(at: 700)).effort == nil)
        // Between bouts the plan asks for nothing.
        progress.apply(Self.began(.recovery, 840))
        #expect(try #require(progress.state(at: 850, Self.moment(0.5, 0.75))).effort == 0.5)
    }
}
