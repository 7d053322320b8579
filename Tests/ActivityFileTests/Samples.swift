// SPDX-License-Identifier: GPL-3.0-or-later
import ActivityFile
import Analysis
import FIT
import Fusion
import Measurement
import Scoring
import Segmentation

/// A session of 100 s: 40.4 s warm-up, 20.2 s sprint, recovery to the end; one sample a second.
enum Samples {
    /// 2026-01-05T06:00:00Z.
    static let start: Int64 = 1_767_592_800

    static var track: ActivityTrack {
        var track = ActivityTrack()
        for second in 0...100 {
            var sample = FusedSample(time: Timestamp(nanoseconds: Int64(second) * 1_000_000_000))
            sample.heartRate = 100 + Double(second) / 2
            sample.updated = [.heartRate, .speed, .cadence]
            if second >= 2 {
                sample.speed = second > 40 && second <= 60 ? 6.0625 : 2.5
                sample.cadence = 161
                sample.distance = Double(second) * 2.5
            }
            track.ingest(sample)
            if second % 2 == 0 {
                track.ingest(RRInterval(ticks: 512, followsGap: false), at: sample.time)
                track.ingest(RRInterval(ticks: 520, followsGap: false), at: sample.time)
            }
        }
        track.finish()
        return track
    }

    static var document: AnalysisDocument {
        var document = AnalysisDocument(
            source: .init(kind: "pcapng", duration: 99.75),
            athlete: .init(
                name: "Ada & <Co>", maxSpeed: .init(value: 7, basis: .measured),
                maxHeartRate: .init(value: 190, basis: .measured)),
            score: .init(target: 0.8, value: 87.5, sprints: 1, onTarget: 1), quality: .init())
        var strap = AnalysisDocument.Sensor(id: "ant:120:16815", kind: "heart_rate", name: "HRM")
        strap.battery = 80
        document.source.sensors = [
            strap, .init(id: "ble:C4:12:F5:00:A0:01", kind: "footpod"),
            .init(id: "ant:124:7", kind: "footpod", used: false),
        ]
        func phase(_ kind: PhaseKind, _ start: Double, _ end: Double, _ speed: Double) -> AnalysisDocument.Phase {
            var phase = AnalysisDocument.Phase(
                kind: kind, start: start, end: end, decided: end, evidence: .speed, confidence: 1)
            phase.meanSpeed = speed
            phase.maxSpeed = speed + 0.5
            phase.distance = speed * (end - start)
            phase.meanHeartRate = 120
            phase.peakHeartRate = 150.4
            phase.cadence = 161
            return phase
        }
        document.phases = [
            phase(.warmup, 0, 40.4, 2.5), phase(.sprint, 40.4, 60.6, 6), phase(.recovery, 60.6, 99.75, 2),
        ]
        var sprint = AnalysisDocument.Sprint(index: 1, start: 40.4, end: 60.6, onTarget: true, timeOnTarget: 18)
        sprint.effort = 0.866
        sprint.effortBasis = .speed
        document.sprints = [sprint]
        var plan = AnalysisDocument.PlanResult(name: "short", compliance: 1)
        plan.steps = [
            .init(kind: .warmup, planned: 40, done: 40.4), .init(kind: .sprint, planned: 20, done: 20.2),
            .init(kind: .recovery, planned: 40, done: 39),
        ]
        plan.steps[1].sprint = 1
        document.score.plan = plan
        return document
    }

    static var activity: Activity {
        Activity(
            document: document, track: track, start: start, offsetFromUTC: 3600, surface: .track, version: "1.2.3")
    }

    static let empty = Activity(
        document: AnalysisDocument(
            source: .init(kind: "csv", duration: 0), athlete: .init(),
            score: .init(target: 0.8, value: nil, sprints: 0, onTarget: 0), quality: .init()),
        track: ActivityTrack(), start: start, version: "")

    static func text(_ write: ((Span<UInt8>) -> Void) -> Void) -> String {
        var bytes: [UInt8] = []
        write { span in for index in span.indices { bytes.append(span[index]) } }
        return String(decoding: bytes, as: UTF8.self)
    }
}
