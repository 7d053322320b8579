// SPDX-License-Identifier: GPL-3.0-or-later

/// What the segmenter knows of the athlete before the first sample. It only sets scales; the levels of the day are learnt.
package struct SegmenterConfiguration: Equatable, Sendable {
    /// The athlete's best 5 s mean speed, m/s.
    package var maxSpeed: Double
    /// Whether ``maxSpeed`` is the athlete's own rather than a guess.
    package var knowsMaxSpeed: Bool
    /// bpm.
    package var maxHeartRate: Double
    /// bpm.
    package var restingHeartRate: Double

    /// - Parameters: a value that is not a positive number, or a resting rate not below the maximum, falls back to the
    ///   provisional figure of ``provisionalMaxSpeed``, ``provisionalMaxHeartRate``, ``provisionalRestingHeartRate``.
    package init(maxSpeed: Double? = nil, maxHeartRate: Double? = nil, restingHeartRate: Double? = nil) {
        func positive(_ value: Double?) -> Double? {
            value.flatMap { $0.isFinite && $0 > 0 ? $0 : nil }
        }
        knowsMaxSpeed = positive(maxSpeed) != nil
        self.maxSpeed = positive(maxSpeed) ?? Self.provisionalMaxSpeed
        self.maxHeartRate = positive(maxHeartRate) ?? Self.provisionalMaxHeartRate
        let resting = positive(restingHeartRate) ?? Self.provisionalRestingHeartRate
        self.restingHeartRate = min(resting, self.maxHeartRate * 0.6)
    }

    /// 6.5 m/s: near the slow end of the 6.2–11.1 m/s that Weyand et al. (2000, J Appl Physiol 89:1991) measured as the top
    /// speeds of 33 physically active adults, because a set of sprints is missed by a maximum set too high.
    package static let provisionalMaxSpeed = 6.5
    /// 180 bpm: 208 − 0.7 × age (Tanaka et al. 2001, J Am Coll Cardiol 37:153) at the age of 40.
    package static let provisionalMaxHeartRate = 180.0
    /// 60 bpm: the lower bound of the textbook's adult range.
    package static let provisionalRestingHeartRate = 60.0
}
