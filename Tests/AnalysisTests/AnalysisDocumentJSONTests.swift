// SPDX-License-Identifier: GPL-3.0-or-later
import Foundation
import Scoring
import Segmentation
import Testing

@testable import Analysis

@Suite struct AnalysisDocumentJSONTests {
    /// Every optional value absent.
    static let bare = AnalysisDocument(
        source: .init(kind: "csv", duration: 0), athlete: .init(),
        score: .init(target: 0.8, value: nil, sprints: 0, onTarget: 0), quality: .init())

    /// Every value present, each with more decimals than it is worth.
    static var full: AnalysisDocument {
        var source = AnalysisDocument.Source(kind: "pcapng", duration: 1200.123_46)
        var strap = AnalysisDocument.Sensor(
            id: "ant:120:16815", kind: "heart_rate", name: #"Ada's "strap""#)
        strap.battery = 80
        strap.sameAs = "ble:C4:12:F5:00:A0:01"
        var pod = AnalysisDocument.Sensor(id: "ant:124:7", kind: "footpod", used: false)
        pod.cadenceConvention = "inferred"
        source.sensors = [strap, pod]
        var athlete = AnalysisDocument.AthleteMaxima(
            name: "Ada", maxSpeed: .init(value: 8.1, basis: .measured),
            maxHeartRate: .init(value: 191.96, basis: .estimated))
        athlete.restingHeartRate = 52
        var phase = AnalysisDocument.Phase(
            kind: .sprint, start: 300, end: 330.25, decided: 301.5, evidence: .speed,
            confidence: 0.912_34)
        phase.meanSpeed = 6.803_99
        phase.maxSpeed = 7.25
        phase.meanHeartRate = 151.25
        phase.peakHeartRate = 172
        phase.cadence = 191.04
        phase.distance = 205.875
        var sprint = AnalysisDocument.Sprint(
            index: 1, start: 300, end: 330.25, onTarget: true, timeOnTarget: 24.5)
        sprint.effort = 0.84
        sprint.effortBasis = .heartRate
        sprint.externalEffort = 0.83995
        sprint.internalEffort = 0.9062
        sprint.heartRateReserve = 0.87
        sprint.meanSpeed = 6.804
        sprint.maxSpeed = 7.25
        sprint.peakHeartRate = 172
        sprint.recovery30 = 12
        sprint.recovery60 = 28.5
        var score = AnalysisDocument.Score(target: 0.8, value: 87.4, sprints: 1, onTarget: 1)
        score.components = [.init(name: "effort", points: 52.125, of: 60)]
        score.fade = -0.0125
        score.consistency = 0.97
        var plan = AnalysisDocument.PlanResult(name: "sprint-5x30-90", compliance: 0.93)
        plan.steps = [
            .init(kind: .warmup, planned: 300, done: 300.5),
            .init(kind: .cooldown, planned: 300, done: nil),
        ]
        score.plan = plan
        var quality = AnalysisDocument.Quality(
            frames: 9600, badFrames: 3, droppedFrames: 2, heartRateArtefacts: 4, speedOutliers: 5)
        quality.gaps = [.init(sensor: "ant:124:7", start: 12, end: 19.0625)]
        quality.notes = ["torn end"]
        var document = AnalysisDocument(
            source: source, athlete: athlete, score: score, quality: quality)
        document.phases = [phase]
        document.sprints = [sprint]
        return document
    }

    @Test func aDocumentWithoutAnythingHasEveryKeyAndNulls() {
        #expect(
            Self.bare.json(pretty: false) == """
                {"schema":"sprintd.analysis/1",\
                "source":{"kind":"csv","duration_s":0,"sensors":[]},\
                "athlete":{"max_speed_mps":null,"max_hr_bpm":null,"name":null,"resting_hr_bpm":null},\
                "phases":[],"sprints":[],\
                "score":{"target":0.8,"value":null,"sprints":0,"on_target":0,"plan":null,"components":[],\
                "fade":null,"consistency":null},\
                "quality":{"frames":0,"bad_frames":0,"dropped_frames":0,"gaps":[],"lost_messages":0,"hr_artefacts":0,\
                "speed_outliers":0,"notes":[]}}
                """)
    }

    @Test func aFullDocumentIsWrittenKeyByKey() {
        #expect(
            Self.full.json(pretty: true) == """
                {
                  "schema": "sprintd.analysis/1",
                  "source": {
                    "kind": "pcapng",
                    "duration_s": 1200.123,
                    "sensors": [
                      {
                        "id": "ant:120:16815",
                        "kind": "heart_rate",
                        "name": "Ada's \\"strap\\"",
                        "used": true,
                        "battery_percent": 80,
                        "cadence_convention": null,
                        "same_as": "ble:C4:12:F5:00:A0:01"
                      },
                      {
                        "id": "ant:124:7",
                        "kind": "footpod",
                        "name": null,
                        "used": false,
                        "battery_percent": null,
                        "cadence_convention": "inferred",
                        "same_as": null
                      }
                    ]
                  },
                  "athlete": {
                    "max_speed_mps": {
                      "value": 8.1,
                      "basis": "measured"
                    },
                    "max_hr_bpm": {
                      "value": 192,
                      "basis": "estimated"
                    },
                    "name": "Ada",
                    "resting_hr_bpm": 52
                  },
                  "phases": [
                    {
                      "kind": "sprint",
                      "start_s": 300,
                      "end_s": 330.25,
                      "decided_s": 301.5,
                      "evidence": "speed",
                      "confidence": 0.9123,
                      "mean_speed_mps": 6.804,
                      "max_speed_mps": 7.25,
                      "mean_hr_bpm": 151.3,
                      "peak_hr_bpm": 172,
                      "cadence_spm": 191,
                      "distance_m": 205.9,
                      "became_interval_s": null
                    }
                  ],
                  "sprints": [
                    {
                      "index": 1,
                      "start_s": 300,
                      "end_s": 330.25,
                      "effort": 0.84,
                      "effort_basis": "heart_rate",
                      "on_target": true,
                      "time_on_target_s": 24.5,
                      "peak_hr_bpm": 172,
                      "hr_recovery_bpm": {
                        "30": 12,
                        "60": 28.5,
                        "90": null
                      },
                      "external_effort": 0.84,
                      "internal_effort": 0.9062,
                      "hr_reserve_share": 0.87,
                      "mean_speed_mps": 6.804,
                      "max_speed_mps": 7.25
                    }
                  ],
                  "score": {
                    "target": 0.8,
                    "value": 87.4,
                    "sprints": 1,
                    "on_target": 1,
                    "plan": {
                      "name": "sprint-5x30-90",
                      "compliance": 0.93,
                      "steps": [
                        {
                          "kind": "warmup",
                          "planned_s": 300,
                          "done_s": 300.5
                        },
                        {
                          "kind": "cooldown",
                          "planned_s": 300,
                          "done_s": null
                        }
                      ]
                    },
                    "components": [
                      {
                        "name": "effort",
                        "points": 52.13,
                        "of": 60
                      }
                    ],
                    "fade": -0.0125,
                    "consistency": 0.97
                  },
                  "quality": {
                    "frames": 9600,
                    "bad_frames": 3,
                    "dropped_frames": 2,
                    "gaps": [
                      {
                        "sensor": "ant:124:7",
                        "start_s": 12,
                        "end_s": 19.063
                      }
                    ],
                    "lost_messages": 0,
                    "hr_artefacts": 4,
                    "speed_outliers": 5,
                    "notes": [
                      "torn end"
                    ]
                  }
                }
                """)
    }

    @Test func prettyAndCompactSayTheSame() throws {
        let pretty = try JSONSerialization.jsonObject(with: Data(Self.full.json(pretty: true).utf8))
        let compact = try JSONSerialization.jsonObject(with: Data(Self.full.json(pretty: false).utf8))
        #expect(pretty as? NSDictionary == compact as? NSDictionary)
        #expect((pretty as? NSDictionary)?.count == 7)
    }

    @Test func notANumberAndInfinityBecomeNull() throws {
        var document = Self.full
        document.source.duration = .infinity
        document.sprints[0].effort = .nan
        document.phases[0].start = -.infinity
        document.score.value = 1e300
        let text = document.json(pretty: false)
        let root = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        #expect((root?["source"] as? [String: Any])?["duration_s"] is NSNull)
        #expect(((root?["sprints"] as? [[String: Any]])?.first)?["effort"] is NSNull)
        #expect(((root?["phases"] as? [[String: Any]])?.first)?["start_s"] is NSNull)
        #expect((root?["score"] as? [String: Any])?["value"] is NSNull)
    }
}
