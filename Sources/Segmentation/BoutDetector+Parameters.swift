// SPDX-License-Identifier: GPL-3.0-or-later

extension BoutDetector {
    /// Shares of the athlete's maximum, and seconds, unless said otherwise. Where each comes from: docs/segmentation.md.
    package struct Parameters: Sendable {
        /// No bout below this is believed at its start.
        var floor: Double
        /// No bout below this at all; between the two it is for its length to tell (``Endurance``).
        var sustainedFloor: Double
        /// No repetition that is known only by the walks around it below this.
        var blockFloor: Double
        /// No bout below this as long as no easy level is known, as at a recording's start.
        var unknownEasyFloor: Double
        /// How far a bout lies above the athlete's easy running, as a ratio of levels.
        var ratioToEasy: Double
        /// The same for one that has lasted a minute.
        var sustainedRatio: Double
        /// How far a bout lies above the level just before it.
        var contrast: Double
        /// From this on a pace that lasts needs less contrast; out of reach where none is surely hard.
        var surelyHard: Double
        /// A bout ends below this share of its own level.
        var endShare: Double
        /// Where the maximum is a guess: easy running times this is one as well, once it is known, and the lesser of the two counts.
        var easyScale: Double?
        /// Above this the athlete is running rather than walking, so the easy level learns.
        var runningFloor: Double
        /// The odds, as a natural logarithm, at which a step to a level of work is believed.
        var odds: Double
        /// The share of the bound that must have been seen; the rest may be told by the step's shape.
        var extrapolation: Double
        /// The noise of one observation, as a standard deviation.
        var noise: Double
        /// A pace that is built up evenly, and no steeper than this share of the maximum a second, may be a stride; 0 where none is looked for.
        var buildUpSlope: Double
        /// The cumulative sum, in seconds of full evidence, that decides a start without a step.
        var decisionSeconds: Double
        /// The same for an end.
        var endSeconds: Double
        /// The time constant at which the level outside of bouts rises.
        var levelUpSeconds: Double
        /// How much longer than at a start the signal takes to answer at an end.
        var endDelay: Double
        /// How far back an edge is looked for, beyond eight observations.
        var reach: Double
        /// How a change of pace looks behind the sensor: its time constants, quickest first, and the sensor's delay and lag.
        var responses: StepResponses
        /// The longest silence that a bout survives; longer when the signal itself is sparse.
        var silenceSeconds: Double

        /// Seconds: half a stride and half a message, and the pod's mean over some strides.
        static let footpodDelay = 0.2
        static let footpodLag = 0.7
        // Made once: a session more costs no table.
        private static let footpod = StepResponses(times: [1.1, 2, 5], delay: footpodDelay, lag: footpodLag)

        /// - Parameters:
        ///   - maximum: metres per second.
        ///   - isKnown: whether the maximum is the athlete's own, not a guess for anybody.
        static func speed(maximum: Double, isKnown knowsMaximum: Bool) -> Parameters {
            Parameters(
                floor: knowsMaximum ? 0.59 : 0.62, sustainedFloor: knowsMaximum ? 0.45 : 0.62,
                blockFloor: knowsMaximum ? 0.52 : 0.40,
                unknownEasyFloor: 0.65, ratioToEasy: 1.25, sustainedRatio: knowsMaximum ? 1.15 : 1.25, contrast: 0.13,
                surelyHard: knowsMaximum ? 0.5 : .infinity,
                endShare: 0.72, easyScale: knowsMaximum ? nil : 2.45,
                runningFloor: 2.0 / maximum, odds: 3,
                extrapolation: knowsMaximum ? 0.72 : 0.95, noise: 0.02, buildUpSlope: 0.065, decisionSeconds: 3,
                endSeconds: 1.3,
                levelUpSeconds: 20, endDelay: 0, reach: 10, responses: footpod, silenceSeconds: 12)
        }

        /// Cadence rises little with speed, so its scale runs from a stroll to a sprint: see ``Segmenter``.
        static let cadence = Parameters(
            floor: 0.80, sustainedFloor: 0.80, blockFloor: 1, unknownEasyFloor: 0.85, ratioToEasy: 1.10,
            sustainedRatio: 1.10, contrast: 0.12, surelyHard: .infinity,
            endShare: 0.85,
            easyScale: nil, runningFloor: 0.55, odds: 8, extrapolation: 0.9, noise: 0.03, buildUpSlope: 0,
            decisionSeconds: 2.5, endSeconds: 2.5,
            levelUpSeconds: 20, endDelay: 0, reach: 10,
            responses: StepResponses(times: [1.1, 2, 5], delay: 0.3, lag: 0.9), silenceSeconds: 12)
        /// The demand lags behind the effort itself and is seen through a slope of some seconds; after a 30 s sprint the rate begins to
        /// fall 5.2 ± 1.0 s after its end (Mladenović et al. 2016, Med Sport 69:184), later than it begins to rise.
        static let demand = Parameters(
            floor: 0.70, sustainedFloor: 0.70, blockFloor: 1, unknownEasyFloor: 0.75, ratioToEasy: 1.18,
            sustainedRatio: 1.18, contrast: 0.20, surelyHard: .infinity,
            endShare: 0.70,
            easyScale: nil, runningFloor: 0.25, odds: 4, extrapolation: 0.6, noise: 0.06, buildUpSlope: 0,
            decisionSeconds: 4, endSeconds: 4,
            levelUpSeconds: 6, endDelay: 2.5, reach: 20,
            responses: StepResponses(times: [5, 8, 13], delay: 1.5, lag: 2.5), silenceSeconds: 20)
    }
}
