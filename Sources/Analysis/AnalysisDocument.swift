// SPDX-License-Identifier: GPL-3.0-or-later
package import Scoring
package import Segmentation

/// What one recording says of one athlete: the contents of `analysis.json`, schema `sprintd.analysis/1`.
///
/// Times are seconds from the recording's first frame, speeds m/s, heart rates bpm, cadences steps/min, distances m. Absent is `nil`
/// and becomes `null`.
package struct AnalysisDocument: Equatable, Sendable {
    package static let schema = "sprintd.analysis/1"

    package var source: Source
    package var athlete: AthleteMaxima
    package var phases: [Phase] = []
    package var sprints: [Sprint] = []
    /// Work bouts beyond 60 s, measured as sprints are.
    package var intervals: [Sprint] = []
    package var best = Best()
    /// `nil` where no heart rate was measured.
    package var load: Load?
    package var score: Score
    package var quality: Quality

    package init(source: Source, athlete: AthleteMaxima, score: Score, quality: Quality) {
        self.source = source
        self.athlete = athlete
        self.score = score
        self.quality = quality
    }
}

extension AnalysisDocument {
    package struct Source: Equatable, Sendable {
        /// `pcapng`, `pcap`, `btsnoop`, `fit`, `csv` or `tcx`.
        package var kind: String
        package var duration: Double
        package var sensors: [Sensor] = []
        package init(kind: String, duration: Double) {
            self.kind = kind
            self.duration = duration
        }
    }

    package struct Sensor: Equatable, Sendable {
        package var id: String
        /// `heart_rate` or `footpod`.
        package var kind: String
        /// As the device calls itself.
        package var name: String?
        /// Whether its samples went into this analysis; `false` for a sensor that was seen but belongs to nobody here.
        package var used: Bool
        /// Charge in percent.
        package var battery: Int?
        /// `steps` or `strides` where cadence came, and how the rule was found: `stated` or `inferred`.
        package var cadenceConvention: String?
        /// The other radio identity of the same device, when two were recognised as one.
        package var sameAs: String?
        package init(id: String, kind: String, name: String? = nil, used: Bool = true) {
            self.id = id
            self.kind = kind
            self.name = name
            self.used = used
        }
    }

    package struct AthleteMaxima: Equatable, Sendable {
        package var name: String?
        /// Best 5 s mean speed, m/s.
        package var maxSpeed: Maximum?
        package var maxHeartRate: Maximum?
        /// bpm.
        package var restingHeartRate: Double?
        /// Kilograms.
        package var mass: Double?
        package init(name: String? = nil, maxSpeed: Maximum? = nil, maxHeartRate: Maximum? = nil) {
            self.name = name
            self.maxSpeed = maxSpeed
            self.maxHeartRate = maxHeartRate
        }
    }

    package struct Maximum: Equatable, Sendable {
        package var value: Double
        package var basis: Basis
        /// What it rests on: the session that it was seen in, or a formula; `nil` when nothing more is known.
        package var origin: String?
        package init(value: Double, basis: Basis, origin: String? = nil) {
            self.value = value
            self.basis = basis
            self.origin = origin
        }
    }

    /// The best 5 s means of the session: what later sessions know as observed.
    package struct Best: Equatable, Sendable {
        /// m/s.
        package var speed: Double?
        /// Where those 5 s ended.
        package var speedEnd: Double?
        /// bpm.
        package var heartRate: Double?
        package var heartRateEnd: Double?
        package init() {}
    }

    /// How much the session asked of the heart.
    package struct Load: Equatable, Sendable {
        /// Seconds in the five zones that begin at 50, 60, 70, 80 and 90 % of maximum heart rate.
        package var zones: [Double]
        package var belowZones: Double
        /// Edwards' and Banister's training impulse; the latter is `nil` without sex and resting rate. Both have the one decimal that the
        /// JSON has, so that who rounds further comes to the same from either.
        package var edwards: Double
        package var banister: Double?
        package var rest: Rest?
        package init(zones: [Double], belowZones: Double, edwards: Double, banister: Double?) {
            self.zones = zones
            self.belowZones = belowZones
            self.edwards = Self.asKept(edwards)
            self.banister = banister.map(Self.asKept)
        }

        private static func asKept(_ impulse: Double) -> Double { (impulse * 10).rounded() / 10 }
    }

    /// Beat intervals at rest.
    package struct Rest: Equatable, Sendable {
        /// ms.
        package var rmssd: Double
        package var meanInterval: Double
        package var differences: Int
        package var artefacts: Int
        package var start: Double
        package var end: Double
        package var isBeforeWork: Bool
        package init(
            rmssd: Double, meanInterval: Double, differences: Int, artefacts: Int, start: Double, end: Double,
            isBeforeWork: Bool
        ) {
            self.rmssd = rmssd
            self.meanInterval = meanInterval
            self.differences = differences
            self.artefacts = artefacts
            self.start = start
            self.end = end
            self.isBeforeWork = isBeforeWork
        }
    }

    package struct Phase: Equatable, Sendable {
        package var kind: PhaseKind
        package var start: Double
        package var end: Double
        /// The input time at which the start was known.
        package var decided: Double
        /// The input time at which a sprint turned out to be an interval; `nil` for all other phases.
        package var becameInterval: Double?
        package var evidence: Evidence
        /// 0...1.
        package var confidence: Double
        package var meanSpeed: Double?
        package var maxSpeed: Double?
        package var meanHeartRate: Double?
        package var peakHeartRate: Double?
        package var cadence: Double?
        package var distance: Double?
        package init(
            kind: PhaseKind, start: Double, end: Double, decided: Double, evidence: Evidence,
            confidence: Double
        ) {
            self.kind = kind
            self.start = start
            self.end = end
            self.decided = decided
            self.evidence = evidence
            self.confidence = confidence
        }
    }

    package struct Sprint: Equatable, Sendable {
        /// From 1.
        package var index: Int
        package var start: Double
        package var end: Double
        /// The effort on the stated basis, as a share of the athlete's maximum (1 = maximum); `nil` when nothing could be measured.
        package var effort: Double?
        package var effortBasis: Evidence?
        package var onTarget: Bool
        /// The share of maximum that was asked for; `nil` when it is the session's.
        package var target: Double?
        /// Seconds to the next work bout; `nil` after the last one.
        package var rest: Double?
        /// Seconds at or above the target, on the stated basis.
        package var timeOnTarget: Double
        /// Mean speed of the working part / maximum speed.
        package var externalEffort: Double?
        /// Peak heart rate / maximum heart rate.
        package var internalEffort: Double?
        /// (Peak − resting) / (maximum − resting) heart rate, where a resting rate is known.
        package var heartRateReserve: Double?
        package var meanSpeed: Double?
        package var maxSpeed: Double?
        package var peakHeartRate: Double?
        /// The fall of heart rate from its peak, in bpm, 30, 60 and 90 s after the sprint's end.
        package var recovery30: Double?
        package var recovery60: Double?
        package var recovery90: Double?
        package init(index: Int, start: Double, end: Double, onTarget: Bool, timeOnTarget: Double) {
            self.index = index
            self.start = start
            self.end = end
            self.onTarget = onTarget
            self.timeOnTarget = timeOnTarget
        }
    }

    package struct Score: Equatable, Sendable {
        /// The share of maximum that a sprint is asked for, 0...1.
        package var target: Double
        /// 0...100; `nil` when there is no sprint to score and none was planned.
        package var value: Double?
        package var sprints: Int
        package var onTarget: Int
        package var intervals = 0
        package var intervalsOnTarget = 0
        /// What the value is made of; they add up to it.
        package var components: [Component] = []
        /// (First − last sprint's effort) / first, positive when the athlete tires; `nil` below two sprints.
        package var fade: Double?
        /// 1 − coefficient of variation of the efforts, 0...1; `nil` below two sprints.
        package var consistency: Double?
        package var plan: PlanResult?
        package init(target: Double, value: Double?, sprints: Int, onTarget: Int) {
            self.target = target
            self.value = value
            self.sprints = sprints
            self.onTarget = onTarget
        }
    }

    package struct Component: Equatable, Sendable {
        /// `effort`, `length` or `recovery`.
        package var name: String
        /// Points reached, of `of`.
        package var points: Double
        package var of: Double
        package init(name: String, points: Double, of: Double) {
            self.name = name
            self.points = points
            self.of = of
        }
    }

    package struct PlanResult: Equatable, Sendable {
        package var name: String
        /// 0...1: the share of the plan's steps that were done as planned, by time.
        package var compliance: Double
        package var steps: [PlanStep] = []
        /// Where the workout comes from.
        package var source: String?
        /// Bouts that were asked for and not done, and bouts done that nobody asked for.
        package var skipped = 0
        package var added = 0
        package var workRest: WorkRest?
        package init(name: String, compliance: Double) {
            self.name = name
            self.compliance = compliance
        }
    }

    /// Seconds of rest a second of work.
    package struct WorkRest: Equatable, Sendable {
        package var planned: Double
        package var done: Double
        /// 0...1.
        package var compliance: Double
        package init(planned: Double, done: Double, compliance: Double) {
            self.planned = planned
            self.done = done
            self.compliance = compliance
        }
    }

    /// One step of the plan, with what was done for it.
    package struct PlanStep: Equatable, Sendable {
        package var kind: PhaseKind
        /// Seconds asked for.
        package var planned: Double
        /// Seconds done; `nil` when the step was left out.
        package var done: Double?
        /// The share of maximum that a bout is asked for.
        package var target: Double?
        /// What the target is a share of; `nil` where the plan leaves that open. Not in the JSON.
        package var targetBasis: Evidence?
        /// Which of the session's sprints or intervals it was, from 1.
        package var sprint: Int?
        package var interval: Int?
        package init(kind: PhaseKind, planned: Double, done: Double?) {
            self.kind = kind
            self.planned = planned
            self.done = done
        }
    }

    package struct Quality: Equatable, Sendable {
        /// Frames of a radio, or records of a file.
        package var frames: Int
        package var badFrames: Int
        package var droppedFrames: Int
        /// Messages that sensors sent and nobody heard, where they can be counted.
        package var lostMessages = 0
        package var gaps: [Gap] = []
        /// Heart-rate samples that were marked as artefacts, and speed samples marked as outliers.
        package var heartRateArtefacts: Int
        package var speedOutliers: Int
        /// What a person should know about the recording: a torn end, a guess, a missing sensor.
        package var notes: [String] = []
        package init(
            frames: Int = 0, badFrames: Int = 0, droppedFrames: Int = 0,
            heartRateArtefacts: Int = 0, speedOutliers: Int = 0
        ) {
            self.frames = frames
            self.badFrames = badFrames
            self.droppedFrames = droppedFrames
            self.heartRateArtefacts = heartRateArtefacts
            self.speedOutliers = speedOutliers
        }
    }

    package struct Gap: Equatable, Sendable {
        package var sensor: String
        package var start: Double
        package var end: Double
        package init(sensor: String, start: Double, end: Double) {
            self.sensor = sensor
            self.start = start
            self.end = end
        }
    }
}
