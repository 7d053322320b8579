// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement

/// RMSSD of the beat intervals at rest: before the work where there was such a rest, else in the longest rest after it.
///
/// An interval is an artefact when it is not within 300...2000 ms, or differs by more than 20 % from the last good one (the filter of Kleiger et al.
/// 1987, Am J Cardiol 59:256, and Machado et al. 2000, Ann Noninvasive Electrocardiol 5:252); after three such in a row
/// the heart rate has truly changed. Differences count only between two good intervals of which the second followed the first.
/// A minute is the least for RMSSD (Esco & Flatt 2014, J Sports Sci Med 13:535). Memory is fixed.
package struct RestVariability: Sendable {
    package struct Measurement: Equatable, Sendable {
        /// Root of the mean squared difference of successive intervals, ms.
        package var rmssd: Double
        /// ms.
        package var meanInterval: Double
        /// Differences that it is the mean of.
        package var differences: Int
        /// Intervals left out.
        package var artefacts: Int
        /// Seconds from the recording's start.
        package var start: Double
        package var end: Double
        /// Whether no work came before it.
        package var isBeforeWork: Bool
    }

    /// Sums over all beats up to one.
    private struct Sums: Sendable, BitwiseCopyable {
        var time = -Double.infinity
        var squares = 0.0
        var differences = 0
        var length = 0.0
        var good = 0
        var artefacts = 0
    }

    private static let plausible = 300.0...2000.0
    private static let tolerance = 0.2
    private static let mostRejected = 3
    /// The mean interval, in ms, below which nobody rests: the textbook's resting rates of adults end at 100 bpm.
    private static let shortestMean = 600.0
    private static let shortest = 60.0
    private static let fewestDifferences = 30
    /// The share of artefacts beyond which nothing is said.
    private static let mostArtefacts = 0.05
    /// Seconds after movement in which the heart still slows down fast.
    private static let settling = 60.0
    private static let capacity = 1024

    package private(set) var measurement: Measurement?
    private var ring: [Sums] = []
    private var sums = Sums()
    private var lastGood: Double?
    private var rejected = 0
    private var followsGood = false

    package init() {}

    /// - Parameter time: seconds, not falling.
    package mutating func ingest(_ interval: RRInterval, at time: Double) {
        let length = interval.seconds * 1000
        if interval.followsGap { followsGood = false }
        sums.time = time
        if Self.plausible.contains(length), isLike(lastGood, length) {
            if followsGood, let lastGood {
                sums.squares += (length - lastGood) * (length - lastGood)
                sums.differences += 1
            }
            sums.length += length
            sums.good += 1
            lastGood = length
            followsGood = true
            rejected = 0
        } else {
            sums.artefacts += 1
            followsGood = false
            rejected += 1
            if rejected >= Self.mostRejected { lastGood = nil }
        }
        append(sums)
    }

    private func isLike(_ last: Double?, _ length: Double) -> Bool {
        guard let last else { return true }
        return larger(length - last, last - length) <= Self.tolerance * last
    }

    private var next = 0

    private mutating func append(_ sums: Sums) {
        // All of it at the first beat: what there is no beat for yet lies before every time.
        if ring.isEmpty { ring = Array(repeating: Sums(), count: Self.capacity) }
        ring[next] = sums
        next = (next + 1) % Self.capacity
    }

    /// A rest is over, or the recording is.
    ///
    /// - Parameter isFirst: whether nothing was recorded before it, so that the heart need not settle.
    package mutating func restEnded(start: Double, end: Double, isFirst: Bool, isBeforeWork: Bool) {
        let from = isFirst ? start : start + Self.settling
        guard end - from >= Self.shortest, let found = measure(from: from, to: end, isBeforeWork: isBeforeWork) else {
            return
        }
        guard let measurement else {
            measurement = found
            return
        }
        let better =
            measurement.isBeforeWork == found.isBeforeWork
            ? found.end - found.start > measurement.end - measurement.start : found.isBeforeWork
        if better { self.measurement = found }
    }

    private func measure(from start: Double, to end: Double, isBeforeWork: Bool) -> Measurement? {
        var first: Sums?
        var last: Sums?
        for index in ring.indices {
            let entry = ring[(next + index) % ring.count]
            guard entry.time >= start, entry.time <= end else { continue }
            if first == nil { first = entry }
            last = entry
        }
        guard let first, let last, last.time - first.time >= Self.shortest else { return nil }
        let differences = last.differences - first.differences
        let good = last.good - first.good
        let artefacts = last.artefacts - first.artefacts
        guard differences >= Self.fewestDifferences, good > 0,
            Double(artefacts) <= Self.mostArtefacts * Double(good + artefacts),
            last.length - first.length >= Self.shortestMean * Double(good)
        else { return nil }
        return Measurement(
            rmssd: ((last.squares - first.squares) / Double(differences)).squareRoot(),
            meanInterval: (last.length - first.length) / Double(good), differences: differences, artefacts: artefacts,
            start: first.time, end: last.time, isBeforeWork: isBeforeWork)
    }
}
