// SPDX-License-Identifier: GPL-3.0-or-later
import Segmentation

/// The part of a sprint that external effort is the mean speed of: from 3 s after its start, or a fifth of a sprint of less than 15 s, to
/// where the slowing begins. Seconds from the recording's start, on the runner's clock: a speed is told a little later.
///
/// A sprint's speed follows v(t) = p (1 − e^(−t/τ)) with τ of about 1.3 s (Furusawa, Hill & Parkinson 1927, Proc. R. Soc. B 102:29; di
/// Prampero et al. 2005, J. Exp. Biol. 208:2809), so after 3 s it has nine tenths of its plateau. A long sprint's part is told from
/// the speed itself: from 95 % of its median to 85 % of it, which a braking runner falls below within half a second, and a tiring one
/// (5 to 12 % from the fifth second of 30 s on) does not. So edges that were found half a second off, and a sensor that is slower than
/// most, change no effort. A shorter sprint has no such plateau; its part goes by the edges, and its speed by
/// undoing the sensor's lag.
///
/// Where a footpod dates its distance, all that is not needed: the strides tell where the runner began to accelerate, and the way
/// from there is free of any lag.
package struct WorkingPart: Equatable, Sendable {
    package var start: Double
    package var end: Double
    /// m/s; `nil` where none is known.
    package private(set) var meanSpeed: Double?

    private static let risen = 0.95
    private static let fallen = 0.85
    /// How far beyond the found edges the true ones are looked for, in seconds.
    private static let margin = 2.0
    /// Shorter sprints, in seconds, are still accelerating in a part of what counts.
    private static let shortest = 15.0
    /// By how much of it the mean of a sensor's speeds, with its lag, may differ from its strides'; more is another sensor's distance, or one
    /// that was set back.
    private static let likeness = 0.2
    /// How late a speed is told, as far as a constant speed is concerned.
    private static let late = Segmenter.speedDelay + Segmenter.speedLag

    /// Where speed does not tell.
    package init(start: Double, end: Double) {
        self.start = start + min(3, 0.2 * (end - start))
        self.end = end
    }

    /// When the speed of the beginning of a long bout's working part is told.
    static func toldStart(of start: Double) -> Double { WorkingPart(start: start, end: .infinity).start + late }

    /// Of a bout that history may not reach any more: minutes at speed are not changed by a second at their ends.
    init(_ bout: LongBout, end: Double, history: History) {
        self.init(start: bout.start, end: end)
        meanSpeed = history.totals(at: end + Self.late).meanSpeed(since: bout.beforeWorking)
    }

    /// - Parameter nextWork: where the next work bout began.
    init(start: Double, end: Double, history: History, nextWork: Double?) {
        self.init(start: start, end: end)
        meanSpeed = history.meanSpeed(from: self.start + Self.late, to: self.end + Self.late)?.mean
        // Minutes at speed are not changed by a second at their ends, and history may not hold them.
        guard end - start >= 4, end - start <= 120 else { return }
        if followStrides(history.datedDistances, from: start) { return }
        if end - start < Self.shortest {
            meanSpeed = speedOfTheRunner(in: history) ?? meanSpeed
        } else {
            fit(start: start + Self.late, end: end + Self.late, history: history, nextWork: nextWork)
        }
    }

    /// - Returns: whether the strides are known, and tell the same speed as the sensor does, but for its lag.
    private mutating func followStrides(_ distances: DatedDistances, from start: Double) -> Bool {
        guard let meanSpeed else { return false }
        let start = AccelerationFit.start(near: start, before: end, distances) ?? start
        let part = WorkingPart(start: start, end: end)
        guard let first = distances.distance(at: part.start), let last = distances.distance(at: part.end)
        else { return false }
        let speed = (last - first) / (part.end - part.start)
        guard abs(speed - meanSpeed) <= Self.likeness * meanSpeed else { return false }
        self.start = part.start
        self.meanSpeed = speed
        return true
    }

    /// The mean over the part, m/s; `nil` where too little is known.
    ///
    /// The sensor tells y, the runner's x behind a delay d and a first-order lag T: T y′ = x(t − d) − y. So the integral of x is that of y, d
    /// later, and T times what y has grown by: the lag is undone for the mean without being undone for each reading, which would
    /// multiply the noise.
    private func speedOfTheRunner(in history: History) -> Double? {
        let first = start + Segmenter.speedDelay
        let last = end + Segmenter.speedDelay
        let half = 0.5 * History.resolution
        guard let mean = history.meanSpeed(from: first, to: last), mean.coverage >= 0.9,
            let before = history.meanSpeed(from: first - half, to: first + half),
            let after = history.meanSpeed(from: last - half, to: last + half)
        else { return nil }
        return mean.mean + Segmenter.speedLag * (after.mean - before.mean) / (last - first)
    }

    private mutating func fit(start: Double, end: Double, history: History, nextWork: Double?) {
        let step = History.resolution
        let first = max(start - Self.margin, 0)
        let last = min(end + Self.margin, nextWork ?? .infinity)
        let count = max(Int((last - first) / step), 0)
        var speeds: [Double?] = []
        speeds.reserveCapacity(count)
        history.quarterMeans(from: first, count: count) { speed, _ in
            speeds.append(speed.flatMap { $0.coverage > 0.5 ? $0.mean : nil })
        }
        func index(_ time: Double) -> Int { min(max(Int((time - first) / step), 0), speeds.count) }
        var inside: [Double] = []
        inside.reserveCapacity(count)
        for case let speed? in speeds[index(start)..<index(end)] { inside.append(speed) }
        inside.sort()
        guard Double(inside.count) * step >= 0.8 * (end - start) else { return }
        let median = inside[inside.count / 2]
        let length = end - start
        // From within the sprint outwards, so that a second run up or a stumble beyond an edge is no part of it.
        var begin = index(start + min(6, 0.4 * length))
        var stop = index(end - min(4, 0.3 * length))
        guard let fromBegin = speeds[begin...].first ?? nil, fromBegin >= Self.risen * median,
            let fromStop = speeds[stop...].first ?? nil, fromStop >= Self.fallen * median
        else { return }
        while begin > 0, let speed = speeds[begin - 1], speed >= Self.risen * median { begin -= 1 }
        while stop < speeds.count, let speed = speeds[stop], speed >= Self.fallen * median { stop += 1 }
        // The quarter seconds at its ends hold a part of the acceleration and of the slowing.
        begin += 1
        stop -= 1
        guard stop - begin >= 4 else { return }
        let told = (start: first + Double(begin) * step, end: first + Double(stop) * step)
        self.start = told.start - Self.late
        self.end = told.end - Self.late
        meanSpeed = history.meanSpeed(from: told.start, to: told.end)?.mean ?? meanSpeed
    }
}
