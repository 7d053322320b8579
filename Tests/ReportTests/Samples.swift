// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import Scoring
import Segmentation

/// Documents as the pipeline would hand them over.
enum Samples {
    static let empty = AnalysisDocument(
        source: .init(kind: "pcapng", duration: 0), athlete: .init(),
        score: .init(target: 0.8, value: nil, sprints: 0, onTarget: 0), quality: .init())

    /// 5 min warm-up, sprints of 30 s with 90 s recovery, 5 min cool-down. The second sprint misses the target.
    static func session(sprints count: Int, basis: Evidence = .speed) -> AnalysisDocument {
        let end = 300 + 120 * Double(count)
        var source = AnalysisDocument.Source(kind: "pcapng", duration: end + 300)
        var strap = AnalysisDocument.Sensor(id: "ant:120:16815", kind: "heart_rate", name: "HRM")
        strap.battery = 80
        source.sensors = [strap, .init(id: "ant:124:7", kind: "footpod", used: basis == .speed)]
        let hasSpeed = basis == .speed
        var phases: [AnalysisDocument.Phase] = []
        func add(_ kind: PhaseKind, _ start: Double, _ end: Double, speed: Double, heartRate: Double) {
            var phase = AnalysisDocument.Phase(
                kind: kind, start: start, end: end, decided: start + 2, evidence: basis, confidence: 0.9)
            phase.meanSpeed = hasSpeed ? speed : nil
            phase.maxSpeed = hasSpeed ? speed + 1 : nil
            phase.distance = hasSpeed ? speed * (end - start) : nil
            phase.meanHeartRate = heartRate
            phase.peakHeartRate = heartRate + 5
            phases.append(phase)
        }
        var sprints: [AnalysisDocument.Sprint] = []
        var plan = AnalysisDocument.PlanResult(name: "sprint-\(count)x30-90", compliance: 0.934)
        plan.steps = [.init(kind: .warmup, planned: 300, done: 300)]
        add(.warmup, 0, 300, speed: 2.5, heartRate: 120)
        for index in 0..<count {
            let start = 300 + 120 * Double(index)
            add(.sprint, start, start + 30, speed: 6.8, heartRate: 160)
            add(.recovery, start + 30, start + 120, speed: 1.25, heartRate: 140)
            plan.steps.append(.init(kind: .sprint, planned: 30, done: index == 2 ? nil : 30))
            plan.steps.append(.init(kind: .recovery, planned: 90, done: 88))
            let reached = index != 1
            var sprint = AnalysisDocument.Sprint(
                index: index + 1, start: start, end: start + 30, onTarget: reached, timeOnTarget: reached ? 25 : 4)
            sprint.effort = reached ? 0.84 : 0.7996
            sprint.effortBasis = basis
            sprint.meanSpeed = hasSpeed ? 6.8 : nil
            sprint.maxSpeed = hasSpeed ? 7.8 : nil
            sprint.peakHeartRate = 171
            sprint.recovery30 = 12
            sprint.recovery60 = 28
            sprints.append(sprint)
        }
        add(.cooldown, end, end + 300, speed: 2, heartRate: 130)
        plan.steps.append(.init(kind: .cooldown, planned: 300, done: 280))
        var score = AnalysisDocument.Score(target: 0.8, value: 87.4, sprints: count, onTarget: count - 1)
        score.components = [.init(name: "effort", points: 54.1, of: 60), .init(name: "length", points: 17.3, of: 20)]
        score.fade = 0.061
        score.consistency = 0.97
        score.plan = plan
        var quality = AnalysisDocument.Quality(frames: 9600, badFrames: 3)
        quality.gaps = [.init(sensor: "ant:124:7", start: 733, end: 741)]
        var document = AnalysisDocument(
            source: source,
            athlete: .init(
                name: "Ada", maxSpeed: .init(value: 8.1, basis: .estimated),
                maxHeartRate: .init(value: 192, basis: .estimated)),
            score: score, quality: quality)
        document.phases = phases
        document.sprints = sprints
        return document
    }

    /// Four minutes at a heart rate that the plan asks for, twice, with the load of it.
    static var intervals: AnalysisDocument {
        var document = session(sprints: 2, basis: .heartRate)
        document.intervals = document.sprints
        document.intervals[0].target = 0.9
        document.intervals[1].target = 0.95
        document.sprints = []
        document.score.sprints = 0
        document.score.intervals = 2
        document.score.intervalsOnTarget = 1
        for index in document.phases.indices where document.phases[index].kind == .sprint {
            document.phases[index].kind = .interval
        }
        document.score.plan?.steps[1].interval = 1
        document.score.plan?.skipped = 1
        document.score.plan?.added = 2
        document.score.plan?.workRest = .init(planned: 3, done: 2.91, compliance: 0.875)
        var load = AnalysisDocument.Load(
            zones: [100, 200, 300, 400, 59.4], belowZones: 0, edwards: 52.4, banister: 33.6)
        load.rest = .init(
            rmssd: 42.4, meanInterval: 1000, differences: 88, artefacts: 1, start: 2, end: 92, isBeforeWork: true)
        document.load = load
        return document
    }

    static var steady: AnalysisDocument {
        var document = empty
        document.source = .init(kind: "fit", duration: 3421)
        document.source.sensors = [.init(id: "file:footpod", kind: "footpod")]
        var phase = AnalysisDocument.Phase(
            kind: .steady, start: 0, end: 3400, decided: 20, evidence: .speed, confidence: 0.9)
        phase.meanSpeed = 3
        phase.cadence = 172
        document.phases = [phase]
        document.quality.frames = 3421
        return document
    }
}
