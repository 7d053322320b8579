// SPDX-License-Identifier: GPL-3.0-or-later
import Fusion
import Measurement
import Testing

@testable import Segmentation

/// What is work and what only looks like it.
@Suite struct KindsOfEffortTests {
    typealias Piece = SyntheticRun.Piece

    /// The bouts of a run at 4 Hz, by an athlete whose maximum is 8 m/s.
    static func bouts(
        _ pieces: [Piece], _ configuration: SegmenterConfiguration = .init(maxSpeed: 8), rate: Double = 4,
        seed: UInt64 = 1
    ) -> [SegmenterTests.Phase] {
        let run = SyntheticRun(pieces: pieces, rate: rate, seed: seed)
        return SegmenterTests.phases(run.samples(), configuration).filter { $0.start.kind.isWork }
    }

    /// So many of the same pieces after each other.
    static func times(_ count: Int, _ pieces: Piece...) -> [Piece] { (0..<count).flatMap { _ in pieces } }

    @Test(arguments: [4.0, 1.0], UInt64(1)...3) func aPaceThatIsBuiltUpAndHeldIsABout(rate: Double, seed: UInt64) throws
    {
        let bouts = Self.bouts(
            [
                Piece(seconds: 300, speed: 2.6), Piece(seconds: 45, speed: 6.2, ramp: 9),
                Piece(seconds: 100, speed: 1.4, ramp: 3),
            ], rate: rate, seed: seed)
        let bout = try #require(bouts.first)
        #expect(bouts.count == 1)
        #expect(abs(bout.start.start.seconds - 300) <= 4)
        #expect(abs(bout.end - 345) <= 2)
    }

    @Test func halfSpeedBeforeASprintIsNotPartOfIt() {
        let set = Self.times(
            6, Piece(seconds: 30, speed: 2.4), Piece(seconds: 20, speed: 4.1, ramp: 5), Piece(seconds: 10, speed: 7.2))
        let bouts = Self.bouts([Piece(seconds: 300, speed: 2.6)] + set + [Piece(seconds: 60, speed: 1.4)])
        #expect(bouts.count == 6)
        for (index, bout) in bouts.enumerated() {
            #expect(abs(bout.start.start.seconds - (350 + 60 * Double(index))) <= 2)
        }
    }

    /// At 0.54 of the maximum: nothing for 20 s, work for 4 min.
    @Test func aModeratePaceIsWorkOnceItHasLasted() throws {
        let surges = Self.times(3, Piece(seconds: 300, speed: 2.6), Piece(seconds: 20, speed: 4.3, ramp: 5))
        #expect(Self.bouts(surges + [Piece(seconds: 300, speed: 2.6)]).isEmpty)
        let set = Self.times(4, Piece(seconds: 240, speed: 4.3), Piece(seconds: 180, speed: 2.4, ramp: 3))
        let bouts = Self.bouts([Piece(seconds: 300, speed: 2.6)] + set)
        #expect(bouts.count == 4)
        for (index, bout) in bouts.enumerated() {
            #expect(bout.start.kind == .interval)
            #expect(abs(bout.start.start.seconds - (300 + 420 * Double(index))) <= 3)
            #expect(abs(bout.end - (540 + 420 * Double(index))) <= 5)
        }
        let first = try #require(bouts.first).start
        #expect(first.decided.seconds - 300 < 60)
        // Then the set is known.
        #expect(bouts[2].start.decided.seconds - 1140 < 5)
    }

    /// Repetitions behind a walk, with a jog at seven tenths of their speed between them.
    @Test func aJogAfterARepetitionEndsIt() {
        let set = Self.times(4, Piece(seconds: 240, speed: 3.4, ramp: 6), Piece(seconds: 180, speed: 2.4, ramp: 6))
        let bouts = Self.bouts(
            [Piece(seconds: 270, speed: 2.6), Piece(seconds: 30, speed: 1.5)] + set, .init(maxSpeed: 5.6), rate: 1)
        #expect(bouts.count == 4)
        for (index, bout) in bouts.enumerated() {
            #expect(abs(bout.end - (540 + 420 * Double(index))) <= 10)
        }
    }

    /// 3.8 m/s is less than what a guessed maximum asks for, and far more than this runner's easy running.
    @Test func easyRunningTellsOfAMaximumThatNobodyKnows() {
        let set = Self.times(5, Piece(seconds: 40, speed: 3.8), Piece(seconds: 80, speed: 1.4, ramp: 3))
        let bouts = Self.bouts([Piece(seconds: 300, speed: 2.3)] + set, SegmenterConfiguration())
        #expect(bouts.count == 5)
    }

    @Test func aSilenceWithinASprintOfASetHidesItsEnd() throws {
        // The fourth sprint runs from 660 to 690 s.
        let samples = SyntheticRun.sprints.samples().filter { !(666...704).contains($0.time.seconds) }
        let sprints = SegmenterTests.phases(samples).filter { $0.start.kind == .sprint }
        #expect(sprints.count == 5)
        #expect(abs(try #require(sprints.dropFirst(3).first).end - 690) <= 2)
    }

    @Test func aSprintThatIsHeardOfAgainHasGoneOn() throws {
        let samples = SyntheticRun.sprints.samples().filter { !(666...682).contains($0.time.seconds) }
        let sprints = SegmenterTests.phases(samples).filter { $0.start.kind == .sprint }
        #expect(sprints.count == 5)
        #expect(abs(try #require(sprints.dropFirst(3).first).end - 690) <= 2)
    }

    /// By hand: 0.64 × (0.6 + 0.4 e^(−0.013 t)) at 0, 30, 60 and 240 s.
    @Test(arguments: [(0.0, 0.64), (30, 0.5573), (60, 0.5014), (240, 0.3953)])
    func whatIsHardGoesByItsLength(seconds: Double, share: Double) {
        #expect(abs(Endurance.hard(for: seconds) - share) < 0.01)
    }
}
