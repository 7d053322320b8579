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
            maxHeartRate: .init(value: 191.96, basis: .estimated, origin: "208 - 0.7 x age, at 23"))
        athlete.restingHeartRate = 52
        athlete.mass = 61.5
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
        sprint.target = 0.8
        sprint.rest = 91.25
        var score = AnalysisDocument.Score(target: 0.8, value: 87.4, sprints: 1, onTarget: 1)
        score.components = [.init(name: "effort", points: 52.125, of: 60)]
        score.fade = -0.0125
        score.consistency = 0.97
        var plan = AnalysisDocument.PlanResult(name: "sprint-5x30-90", compliance: 0.93)
        plan.steps = [
            .init(kind: .warmup, planned: 300, done: 300.5),
            .init(kind: .sprint, planned: 30, done: 30.25),
            .init(kind: .cooldown, planned: 300, done: nil),
        ]
        plan.steps[1].target = 0.8
        plan.steps[1].sprint = 1
        plan.source = "a coach"
        plan.skipped = 1
        plan.added = 2
        plan.workRest = .init(planned: 3, done: 3.016_53, compliance: 0.2)
        score.plan = plan
        score.intervals = 1
        var quality = AnalysisDocument.Quality(
            frames: 9600, badFrames: 3, droppedFrames: 2, heartRateArtefacts: 4, speedOutliers: 5)
        quality.gaps = [.init(sensor: "ant:124:7", start: 12, end: 19.0625)]
        quality.notes = ["torn end"]
        var document = AnalysisDocument(
            source: source, athlete: athlete, score: score, quality: quality)
        document.phases = [phase]
        document.sprints = [sprint]
        document.intervals = [.init(index: 1, start: 500, end: 600, onTarget: false, timeOnTarget: 0)]
        document.best.speed = 7.123_6
        document.best.speedEnd = 312.25
        document.best.heartRate = 171.5
        document.best.heartRateEnd = 335
        var load = AnalysisDocument.Load(
            zones: [1, 2, 3, 4, 5.5], belowZones: 60.125, edwards: 45.31, banister: nil)
        load.rest = .init(
            rmssd: 42.13, meanInterval: 998.46, differences: 75, artefacts: 1, start: 0.5, end: 80, isBeforeWork: true)
        document.load = load
        return document
    }

    @Test func aDocumentWithoutAnythingHasEveryKeyAndNulls() {
        #expect(
            Self.bare.json(pretty: false) == """
                {"schema":"sprintd.analysis/1",\
                "source":{"kind":"csv","duration_s":0,"sensors":[]},\
                "athlete":{"max_speed_mps":null,"max_hr_bpm":null,"name":null,"resting_hr_bpm":null,\
                "mass_kg":null},\
                "phases":[],"sprints":[],\
                "score":{"target":0.8,"value":null,"sprints":0,"on_target":0,"plan":null,"components":[],\
                "fade":null,"consistency":null,"intervals":0,"intervals_on_target":0},\
                "quality":{"frames":0,"bad_frames":0,"dropped_frames":0,"gaps":[],"lost_messages":0,"hr_artefacts":0,\
                "speed_outliers":0,"notes":[]},\
                "intervals":[],\
                "best":{"speed_5s_mps":null,"speed_end_s":null,"hr_5s_bpm":null,"hr_end_s":null},\
                "load":null}
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
                      "basis": "measured",
                      "origin": null
                    },
                    "max_hr_bpm": {
                      "value": 192,
                      "basis": "estimated",
                      "origin": "208 - 0.7 x age, at 23"
                    },
                    "name": "Ada",
                    "resting_hr_bpm": 52,
                    "mass_kg": 61.5
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
                      "max_speed_mps": 7.25,
                      "target": 0.8,
                      "rest_s": 91.25
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
                          "done_s": 300.5,
                          "target": null,
                          "sprint": null,
                          "interval": null
                        },
                        {
                          "kind": "sprint",
                          "planned_s": 30,
                          "done_s": 30.25,
                          "target": 0.8,
                          "sprint": 1,
                          "interval": null
                        },
                        {
                          "kind": "cooldown",
                          "planned_s": 300,
                          "done_s": null,
                          "target": null,
                          "sprint": null,
                          "interval": null
                        }
                      ],
                      "source": "a coach",
                      "skipped": 1,
                      "added": 2,
                      "work_rest": {
                        "planned": 3,
                        "done": 3.0165,
                        "compliance": 0.2
                      }
                    },
                    "components": [
                      {
                        "name": "effort",
                        "points": 52.13,
                        "of": 60
                      }
                    ],
                    "fade": -0.0125,
                    "consistency": 0.97,
                    "intervals": 1,
                    "intervals_on_target": 0
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
                  },
                  "intervals": [
                    {
                      "index": 1,
                      "start_s": 500,
                      "end_s": 600,
                      "effort": null,
                      "effort_basis": null,
                      "on_target": false,
                      "time_on_target_s": 0,
                      "peak_hr_bpm": null,
                      "hr_recovery_bpm": {
                        "30": null,
                        "60": null,
                        "90": null
                      },
                      "external_effort": null,
                      "internal_effort": null,
                      "hr_reserve_share": null,
                      "mean_speed_mps": null,
                      "max_speed_mps": null,
                      "target": null,
                      "rest_s": null
                    }
                  ],
                  "best": {
                    "speed_5s_mps": 7.124,
                    "speed_end_s": 312.25,
                    "hr_5s_bpm": 171.5,
                    "hr_end_s": 335
                  },
                  "load": {
                    "zone_scheme": "edwards_percent_of_max_hr",
                    "zones_s": [
                      1,
                      2,
                      3,
                      4,
                      5.5
                    ],
                    "below_zones_s": 60.125,
                    "edwards_trimp": 45.3,
                    "banister_trimp": null,
                    "rest": {
                      "rmssd_ms": 42.1,
                      "mean_rr_ms": 998.5,
                      "differences": 75,
                      "artefacts": 1,
                      "start_s": 0.5,
                      "end_s": 80,
                      "before_work": true
                    }
                  }
                }
                """)
    }

    @Test func prettyAndCompactSayTheSame() throws {
        let pretty = try JSONSerialization.jsonObject(with: Data(Self.full.json(pretty: true).utf8))
        let compact = try JSONSerialization.jsonObject(with: Data(Self.full.json(pretty: false).utf8))
        #expect(pretty as? NSDictionary == compact as? NSDictionary)
        #expect((pretty as? NSDictionary)?.count == 10)
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
