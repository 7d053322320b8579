// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import Pipeline
import Scoring
import Segmentation
import Simulation
import Testing

/// What a whole session says of the heart.
@Suite struct SessionLoadTests {
    @Test func aRestBeforeTheWorkHasItsVariability() throws {
        var configuration = try SimulatedSession.Configuration(plan: "sprint-5x30-90", seed: 31)
        configuration.leadIn = 150
        let recording = try SimulatedRecording(configuration)
        var athlete = recording.athlete(plan: .sprint5x30x90)
        athlete.sex = .female
        let analysis = try recording.analysis(athlete)
        let load = try #require(analysis.load)
        let rest = try #require(load.rest)
        #expect(rest.isBeforeWork && rest.end <= 160 && rest.end - rest.start >= 60)
        // The simulated heart's RMSSD is 30 to 65 ms at 60 bpm, and less above.
        #expect((10...70).contains(rest.rmssd), "\(rest.rmssd)")
        let resting = try #require(analysis.athlete.restingHeartRate)
        #expect((resting - 5...resting + 30).contains(60_000 / rest.meanInterval))
        // All time is somewhere.
        let total = load.zones.reduce(0, +) + load.belowZones
        #expect(abs(total - analysis.source.duration) < 5, "\(total) of \(analysis.source.duration)")
        // Between one and five points a minute above 50 %, none below.
        let active = load.zones.reduce(0, +) / 60
        #expect(load.edwards >= active && load.edwards <= 5 * active)
        // At most 0.86 e^1.67 = 4.57 points a minute (Banister 1991).
        let banister = try #require(load.banister)
        #expect(banister > 0 && banister < 4.57 * total / 60)
    }

    @Test func aFootpodAloneSaysNothingOfTheHeart() throws {
        let recording = try SimulatedRecording(.init(plan: "footpod-only", seed: 32))
        let analysis = try recording.analysis(recording.athlete(), until: 120)
        #expect(analysis.load == nil)
        #expect(analysis.best.speed != nil && analysis.best.heartRate == nil)
    }

    /// The truth knows the best 5 s of the session.
    @Test func theBestFiveSecondsAreFound() throws {
        let recording = try SimulatedRecording(.init(plan: "sprint-5x30-90", seed: 33))
        let analysis = try recording.analysis(recording.athlete())
        let truth = recording.session.records[0]
        let speed = try #require(analysis.best.speed)
        #expect(
            abs(speed - truth.bestFiveSeconds) < 0.02 * truth.bestFiveSeconds, "\(speed) for \(truth.bestFiveSeconds)")
        let rate = try #require(analysis.best.heartRate)
        #expect(abs(rate - truth.peakHeartRate) < 3)
        let end = try #require(analysis.best.speedEnd)
        #expect(analysis.sprints.contains { $0.start < end && end - 5 < $0.end })
    }
}
