// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import Pipeline
import Scoring
import Simulation
import Testing

/// Efforts against what the simulated athletes truly did: external within one point, internal within three, and the target right
/// wherever the truth is more than three points from it.
@Suite struct EffortAccuracyTests {
    /// A session in which the sprints are run at the day's form or, every other time, below the target.
    static func configuration(_ seed: UInt64) throws -> SimulatedSession.Configuration {
        var configuration = try SimulatedSession.Configuration(plan: "sprint-5x30-90", seed: seed)
        configuration.belowTargetSprints = seed % 2 == 0 ? [2, 4] : []
        // Lost messages and spikes, as on a bad day.
        if seed % 3 == 0 {
            configuration.lossShare = 0.1
            configuration.heartRateSpikes = 20
            configuration.speedSpikes = 20
        }
        return configuration
    }

    @Test(arguments: UInt64(2001)...2004) func effortsAreTrue(seed: UInt64) throws {
        let recording = try SimulatedRecording(try Self.configuration(seed))
        let analysis = try recording.analysis(recording.athlete(plan: .sprint5x30x90))
        let bouts = recording.session.records[0].bouts
        #expect(analysis.sprints.count == bouts.count)
        for (sprint, bout) in zip(analysis.sprints, bouts) {
            let external = try #require(sprint.externalEffort)
            #expect(abs(external - bout.effort) <= 0.01, "\(external) for \(bout.effort)")
            let truth = bout.peakHeartRate / recording.session.profiles[0].maxHeartRate
            let found = try #require(sprint.internalEffort)
            #expect(abs(found - truth) <= 0.03, "\(found) for \(truth)")
            if abs(bout.effort - 0.8) > 0.03 { #expect(sprint.onTarget == (bout.effort >= 0.8)) }
        }
    }
}
