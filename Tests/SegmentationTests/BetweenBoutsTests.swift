// SPDX-License-Identifier: GPL-3.0-or-later
import Fusion
import Measurement
import Testing

@testable import Segmentation

/// What is said of the time around the bouts: a pause, a stop, a walk home.
@Suite struct BetweenBoutsTests {
    static func kinds(_ run: SyntheticRun, _ configuration: SegmenterConfiguration = .init(maxSpeed: 8)) -> [PhaseKind]
    {
        SegmenterTests.phases(run.samples(), configuration).map(\.start.kind)
    }

    static func sprint(then seconds: Double, at speed: Double = 1.4) -> [SyntheticRun.Piece] {
        [.init(seconds: 30, speed: 6.4), .init(seconds: seconds, speed: speed, ramp: 3)]
    }

    /// Heart rates once a second, without any other sensor.
    static func samples(_ rates: [Double]) -> [FusedSample] {
        rates.enumerated().map {
            FusedSample(time: Timestamp(seconds: Double($0.offset)), heartRate: $0.element, updated: .heartRate)
        }
    }

    @Test func aSprintThatIsWalkedThroughDoesNotEndTheSet() {
        let run = SyntheticRun(
            pieces: [.init(seconds: 300, speed: 2.6)] + Self.sprint(then: 90) + Self.sprint(then: 210)
                + Self.sprint(then: 90) + Self.sprint(then: 400))
        #expect(
            Self.kinds(run) == [
                .warmup, .sprint, .recovery, .sprint, .recovery, .sprint, .recovery, .sprint, .recovery, .cooldown,
            ])
    }

    @Test func theFirstRecoveryMayBeFourMinutesLong() {
        let run = SyntheticRun(
            pieces: [.init(seconds: 300, speed: 2.6)] + Self.sprint(then: 240) + Self.sprint(then: 240)
                + Self.sprint(then: 100))
        #expect(Self.kinds(run) == [.warmup, .sprint, .recovery, .sprint, .recovery, .sprint, .recovery])
    }

    @Test func whoWalksAfterARepetitionRunsOnSteadilyNoMore() {
        let repetition = [
            SyntheticRun.Piece(seconds: 180, speed: 5), SyntheticRun.Piece(seconds: 300, speed: 1.4, ramp: 3),
        ]
        let run = SyntheticRun(pieces: [.init(seconds: 1000, speed: 2.6)] + repetition + repetition)
        #expect(Self.kinds(run) == [.warmup, .steady, .interval, .recovery, .interval, .recovery])
    }

    @Test func stopsAtCrossingsDoNotBeginTheWarmUpAnew() throws {
        let run = SyntheticRun(
            pieces: (0..<8).flatMap { _ in
                [
                    SyntheticRun.Piece(seconds: 290, speed: 2.7, ramp: 2),
                    SyntheticRun.Piece(seconds: 25, speed: 0, ramp: 2),
                ]
            })
        let phases = SegmenterTests.phases(run.samples())
        let steady = try #require(phases.first { $0.start.kind == .steady })
        #expect(abs(steady.start.start.seconds - 900) < 1)
        #expect(!phases.contains { $0.start.kind == .warmup && $0.start.start.seconds > 900 })
    }

    @Test func aPaceThatFadesIntoTheJogEndsTheRepetition() {
        let repetition = [
            SyntheticRun.Piece(seconds: 70, speed: 5.0, ramp: 3),
            SyntheticRun.Piece(seconds: 110, speed: 3.4, ramp: 60),
        ]
        let run = SyntheticRun(
            pieces: [.init(seconds: 240, speed: 3.4)] + repetition + repetition + repetition, rate: 1)
        let work = Self.kinds(run, .init()).filter(\.isWork)
        #expect(work.count == 3)
    }

    @Test func aSlowRunnersRepetitionsNeedNotStandOutAsMuch() {
        // Of 5.9 m/s: a jog at 43 %, repetitions at 53 %, recoveries at 36 %.
        let run = SyntheticRun(
            pieces: [
                .init(seconds: 100, speed: 1.5), .init(seconds: 100, speed: 2.0), .init(seconds: 120, speed: 2.53),
            ]
                + (0..<4).flatMap { _ in
                    [
                        SyntheticRun.Piece(seconds: 240, speed: 3.13),
                        SyntheticRun.Piece(seconds: 180, speed: 2.1, ramp: 3),
                    ]
                })
        #expect(Self.kinds(run, .init(maxSpeed: 5.9)).count { $0 == .interval } == 4)
    }

    @Test func aHeartAtRestSaysThatNobodyHasBegun() {
        let phases = SegmenterTests.phases(
            Self.samples([Double](repeating: 70, count: 60) + [Double](repeating: 110, count: 60)), .init())
        #expect(phases.map(\.start.kind) == [.rest, .warmup])
        #expect(phases.last?.start.start.seconds == 60)
    }

    @Test func whoWalksOffIsToldByTheRiseOfTheHeartRate() {
        // Of a reserve of 140, 8 % are 11.2 above the 65: 76.5 comes 23 half beats after the 65 of second 39. A quarter would be 85.
        let rates = [Double](repeating: 65, count: 40) + (1...60).map { 65 + 0.5 * Double($0) }
        let phases = SegmenterTests.phases(Self.samples(rates), .init(maxHeartRate: 190, restingHeartRate: 50))
        #expect(phases.map(\.start.kind) == [.rest, .warmup])
        #expect(phases.last?.start.start.seconds == 62)
    }

    @Test func aJumpOfALowHeartRateIsNoSprint() {
        let walk = [Double](repeating: 88, count: 120)
        let jump: [Double] = [89, 90, 97, 100, 100, 101] + [Double](repeating: 100, count: 60)
        #expect(!SegmenterTests.phases(Self.samples(walk + jump + walk), .init()).contains { $0.start.kind.isWork })
    }
}
