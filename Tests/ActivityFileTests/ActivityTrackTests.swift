// SPDX-License-Identifier: GPL-3.0-or-later
import ActivityFile
import Fusion
import Measurement
import Testing

@Suite struct ActivityTrackTests {
    private func sample(_ seconds: Double, heartRate: Double?, doubts: FusedSample.Doubts = []) -> FusedSample {
        FusedSample(time: Timestamp(seconds: seconds), heartRate: heartRate, updated: .heartRate, doubts: doubts)
    }

    @Test func aPointIsTheLastWordOfItsSecond() {
        var track = ActivityTrack()
        for (time, rate) in [(0, 60), (0.25, 61), (0.9, 62), (1, 63), (1.1, 64), (4.5, 70)] as [(Double, Double)] {
            track.ingest(sample(time, heartRate: rate))
        }
        track.finish()
        #expect(track.points.map(\.second) == [0, 1, 2, 5])
        #expect(track.points.map(\.heartRate) == [60, 63, 64, 70])
    }

    @Test func aSilentSensorIsNotSpokenFor() {
        var track = ActivityTrack()
        for second in 0...6 {
            var sample = sample(Double(second), heartRate: 60)
            // The footpod's last word was at 1.5 s; fusion holds on to it.
            sample.speed = 3
            if second < 2 {
                sample.time = Timestamp(seconds: Double(second) + 0.5)
                sample.updated.insert(.speed)
            }
            track.ingest(sample)
        }
        track.finish()
        #expect(track.points.map(\.second) == [1, 2, 3, 4, 5, 6])
        #expect(track.points.map(\.speed) == [3, 3, 3, nil, nil, nil])
        #expect(track.points.allSatisfy { $0.heartRate == 60 })
    }

    @Test func doubtfulValuesAreAbsent() {
        var track = ActivityTrack()
        track.ingest(sample(0.5, heartRate: 60))
        track.ingest(sample(0.75, heartRate: 220, doubts: .heartRateArtefact))
        track.ingest(sample(1.5, heartRate: 60, doubts: .noSkinContact))
        track.finish()
        #expect(track.points.map(\.heartRate) == [60, nil])
    }

    @Test func beatsThatNoHeartMadeAreDropped() {
        var track = ActivityTrack()
        // 0.8 s; a missed beat; a false one; 0.85 s.
        for ticks in [819, 1638, 400, 870] as [UInt16] {
            track.ingest(RRInterval(ticks: ticks, followsGap: false), at: .zero)
        }
        #expect(track.beats.map(\.ticks) == [819, 870])
    }

    @Test func aNewPaceIsBelievedAfterThreeBeats() {
        var track = ActivityTrack()
        for ticks in [1000, 600, 600, 600, 600, 600] as [UInt16] {
            track.ingest(RRInterval(ticks: ticks, followsGap: false), at: .zero)
        }
        #expect(track.beats.map(\.ticks) == [1000, 600, 600])
        track.ingest(RRInterval(ticks: 1000, followsGap: true), at: .zero)
        #expect(track.beats.last?.ticks == 1000)
        track.ingest(RRInterval(ticks: 60_000, followsGap: true), at: .zero)
        #expect(track.beats.last?.ticks == 1000)
    }

    @Test func pointsAreFoundByTheirSeconds() {
        var track = ActivityTrack()
        for second in [0, 1, 2, 5, 6] { track.ingest(sample(Double(second), heartRate: 60)) }
        track.finish()
        for start in stride(from: -1.5, through: 7.5, by: 0.5) {
            for end in stride(from: -1.5, through: 7.5, by: 0.5) {
                let expected = track.points.filter { Double($0.second) >= start && Double($0.second) <= end }
                #expect(Array(track.points(from: start, to: end)) == expected)
            }
        }
        #expect(track.points(from: .nan, to: .infinity).count == 5)
        #expect(ActivityTrack().points(from: 0, to: 1).isEmpty)
    }
}
