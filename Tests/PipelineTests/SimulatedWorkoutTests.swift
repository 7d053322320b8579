// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import Pipeline
import Scoring
import Segmentation
import Simulation
import Testing

/// Whole sessions, through every decoder, against what the simulated athlete truly did.
@Suite struct SimulatedWorkoutTests {
    @Test(arguments: UInt64(1)...20)
    func findsTheFiveSprintsWithinTwoSeconds(seed: UInt64) throws {
        let recording = try SimulatedRecording(.init(plan: "sprint-5x30-90", seed: seed))
        let analysis = try recording.analysis(recording.athlete(plan: .sprint5x30x90))
        let truth = recording.session.records[0].bouts
        #expect(truth.count == 5)
        #expect(analysis.sprints.count == 5)
        for (found, actual) in zip(analysis.sprints, truth) {
            #expect(abs(found.start - actual.start) <= 2, "start \(found.start) for \(actual.start)")
            #expect(abs(found.end - actual.end) <= 2, "end \(found.end) for \(actual.end)")
            #expect(abs((found.externalEffort ?? 0) - actual.effort) <= 0.02)
        }
        #expect(analysis.quality.badFrames == 0)
        let distance = analysis.phases.reduce(0) { $0 + ($1.distance ?? 0) }
        #expect(abs(distance - recording.session.records[0].distance) < 15, "\(distance) m")
    }

    @Test(arguments: [UInt64(9001), 9005]) func stridesBelongToTheWarmup(seed: UInt64) throws {
        var configuration = try SimulatedSession.Configuration(plan: "sprint-5x30-90", seed: seed)
        configuration.warmUpStrides = 4
        let recording = try SimulatedRecording(configuration)
        let analysis = try recording.analysis(recording.athlete(plan: .sprint5x30x90))
        #expect(recording.session.records[0].strides.count == 4)
        #expect(analysis.sprints.count == 5)
        for (found, actual) in zip(analysis.sprints, recording.session.records[0].bouts) {
            #expect(abs(found.start - actual.start) <= 2, "start \(found.start) for \(actual.start)")
        }
    }
}
