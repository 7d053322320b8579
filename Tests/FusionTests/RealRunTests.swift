// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import TestSupport
import Testing

@testable import Fusion

extension RealRecordings {
    /// The beat intervals of a run in 1/1024 s: one column, `rr_s`.
    static func beats(_ name: String) throws -> [UInt16] {
        let text = try text("runs/\(name).rr.csv")
        return text.split(whereSeparator: \.isNewline).dropFirst().compactMap {
            Double($0).flatMap { UInt16(exactly: ($0 * 1024).rounded()) }
        }
    }

    /// The samples of a run: columns `t_s,hr_bpm,speed_mps,cadence_spm,distance_m`, empty where absent.
    static func samples(_ name: String) throws -> [Sample] {
        let text = try text("runs/\(name).csv")
        var samples: [Sample] = []
        for line in text.split(whereSeparator: \.isNewline).dropFirst() {
            let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(Double.init)
            guard cells.count == 5, let seconds = cells[0] else { continue }
            let time = Timestamp(seconds: seconds)
            if let rate = cells[1] {
                samples.append(
                    Sample(
                        time: time, sensor: .file(.heartRate),
                        reading: .heartRate(HeartRateReading(beatsPerMinute: rate))))
            }
            if cells[2] != nil || cells[3] != nil || cells[4] != nil {
                samples.append(
                    Sample(
                        time: time, sensor: .file(.footpod),
                        reading: .stride(
                            StrideReading(
                                speed: cells[2],
                                cadence: cells[3].map { Cadence(perMinute: $0, convention: .steps) },
                                distance: cells[4]))))
            }
        }
        return samples
    }
}

@Suite(.enabled(if: RealRecordings.available, "real recordings are not here"))
struct RealRunTests {
    private func stream(_ name: String) throws -> Stream {
        var stream = Stream()
        for sample in try RealRecordings.samples(name) { stream.send(sample) }
        return stream
    }

    @Test func spikesAbove210AreMarked() throws {
        let stream = try stream("steady/tracker-2013-06-29-hr-spikes")
        let spikes = stream.out.filter {
            $0.updated.contains(.heartRate) && $0.heartRate ?? 0 > 210
        }
        #expect(!spikes.isEmpty)
        #expect(spikes.allSatisfy { $0.doubts.contains(.heartRateArtefact) })
        // Its spikes are a fraction of it: what lies between them is kept.
        #expect(stream.markedHeartRates * 5 < stream.brought(.heartRate, \.heartRate).count)
    }

    @Test(arguments: [
        "steady/elevate-footpod-79min", "steady/fitparse-stryd-57min",
        "steady/goldencheetah-stryd-71min", "intervals/goldencheetah-ipbike-4x5min",
        "intervals/jimmykane-footpod-run-walk", "intervals/jimmykane-stamina-5-long",
        "intervals/msimms-track-reps", "intervals/sportslib-treadmill-stepped",
        "intervals/tracker-2013-06-19-174449", "intervals/tracker-2013-06-23-100845",
        "intervals/cardiacprofile-person2-run1-sprint", "intervals/sportslib-4x4min-no-hr",
        "intervals/tcpd-app-prompted-no-hr",
    ])
    func cleanRunsAreNotMarked(name: String) throws {
        let stream = try stream(name)
        #expect(stream.markedHeartRates == 0)
        #expect(stream.markedSpeeds == 0)
        #expect(stream.fusion.counters.distanceResets == 0)
        #expect(stream.fusion.counters.distanceJumps == 0)
        #expect(stream.fusion.sensors.allSatisfy { $0.cadence?.contradicted != true })
    }

    @Test(arguments: [
        // Last less first distance of the file, read off it.
        ("steady/elevate-footpod-79min", 12241.63 - 0.67),
        ("steady/activitylog2-footpod-40min", 7224.17 - 1.33),
        ("intervals/sportslib-treadmill-stepped", 10630.37),
        ("intervals/tracker-2013-06-03-184846", 9426.00 - 3.33),
    ])
    func theDistanceIsTheFiles(name: String, metres: Double) throws {
        let last = try #require(try stream(name).out.last?.distance)
        #expect(abs(last - metres) < 0.1)
    }

    @Test func recordingOnChangeLeavesNoGaps() throws {
        // Samples come 1 to 8 s apart.
        #expect(try stream("steady/activitylog2-footpod-40min").fusion.gaps.isEmpty)
    }

    @Test func beatsOfARealHeartAreRecognisedOnTwoRadiosAndNotTakenForAnothers() throws {
        let one = try RealRecordings.beats("intervals/goldencheetah-ipbike-4x5min").prefix(3000)
        let others = try RealRecordings.beats("steady/goldencheetah-stryd-71min").prefix(3000)
        var same = Stream()
        var strangers = Stream()
        var time = 0.0
        for (ticks, other) in zip(one, others) {
            time += Double(ticks) / 1024
            same.heart(time, 61440 / Double(ticks))
            same.beat(time, ticks)
            strangers.heart(time, 61440 / Double(ticks))
            strangers.beat(time, ticks)
            same.beat(time + 0.1, ticks, .strapByBluetooth)
            strangers.beat(time + 0.1, other, .strapByBluetooth)
        }
        #expect(same.fusion.sensors.contains { $0.sameAs == .strap })
        #expect(strangers.fusion.sensors.allSatisfy { $0.sameAs == nil })
        #expect(same.intervals.map(\.ticks) == Array(one))
    }
}
