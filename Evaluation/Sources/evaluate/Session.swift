// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import Segmentation

/// A true bout, with what is known of it beside its ends.
struct TrueBout {
    var bout: Bout
    /// Working speed as a share of the athlete's maximum; `nil` where no maximum is known.
    var externalEffort: Double?
    /// Peak heart rate as a share of the athlete's maximum; `nil` where it is not known, or where the next bout begins within the 30 s
    /// in which the peak may come.
    var internalEffort: Double?
}

/// The signals as they come out of fusion, for pictures and for methods that see the whole recording.
struct Trace {
    var time: [Double] = []
    /// m/s.
    var speed: [Double?] = []
    /// Steps (both feet) per minute.
    var cadence: [Double?] = []
    /// bpm.
    var heartRate: [Double?] = []
}

/// One recording: what truly happened in it, and what the pipeline made of it.
struct Session {
    enum Half: String, CaseIterable {
        /// Odd seeds: what a segmenter may be tuned on.
        case tuning
        /// Even seeds.
        case heldOut = "held out"
        /// A real recording.
        case real
    }
    var name: String
    var condition: String
    var half: Half
    var aim: Condition.Aim
    /// Whether the pipeline was told the athlete's maxima.
    var knowsMaxima: Bool
    var duration: Double
    /// `nil` for a real recording whose truth is not known; then it is only drawn.
    var truth: [TrueBout]?
    /// What the athlete did all along; empty where that is not known.
    var truePhases: [(kind: String, start: Double, end: Double)] = []
    /// Strides of the warm-up: not to be found.
    var strides: [(start: Double, end: Double)] = []
    var analysis: AnalysisDocument
    var trace: Trace

    var found: [Bout] {
        analysis.phases.compactMap { phase in
            switch phase.kind {
            case .sprint: Bout(kind: .sprint, start: phase.start, end: phase.end)
            case .interval: Bout(kind: .interval, start: phase.start, end: phase.end)
            case .rest, .warmup, .recovery, .steady, .cooldown: nil
            }
        }
    }
}
