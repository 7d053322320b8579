// SPDX-License-Identifier: GPL-3.0-or-later
import Segmentation

/// The part of a sprint that external effort is the mean speed of: at speed, without the acceleration before it and the slowing
/// after it. Seconds from the recording's start.
///
/// It is told from the speed itself, so that an edge that was found half a second early or late changes no effort. A sprint's speed
/// follows v(t) = p (1 − e^(−t/τ)) with τ of about 1.3 s (Furusawa, Hill & Parkinson 1927, Proc. R. Soc. B 102:29; di Prampero et al. 2005,
/// J. Exp. Biol. 208:2809), so after 3 s it has nine tenths of its plateau: there the part begins. It ends where the
/// speed falls below four fifths of the sprint's median, which a braking runner does within half a second, and a tiring one
/// (5 to 12 % from the fifth second of 30 s on) does not.
package struct WorkingPart: Equatable, Sendable {
    package var start: Double
    package var end: Double

    private static let risen = 0.95
    private static let fallen = 0.85
    /// How far beyond the found edges the true ones are looked for, in seconds.
    private static let margin = 2.0

    /// Where speed does not tell: from the end of the acceleration (3 s, or a fifth of a shorter sprint) to the end.
    package init(start: Double, end: Double) {
        self.start = start + min(3, 0.2 * (end - start))
        self.end = end
    }

    /// - Parameter nextWork: where the next work bout began.
    init(start: Double, end: Double, history: History, nextWork: Double?) {
        // Edges are where the runner was; the speed of that moment is told a little later.
        let start = start + Segmenter.speedLag
        let end = end + Segmenter.speedLag
        self.init(start: start, end: end)
        let step = History.resolution
        // Minutes at speed are not changed by a second at their ends, and history may not hold them.
        guard end - start >= 4, end - start <= 120 else { return }
        let first = max(start - Self.margin, 0)
        let last = min(end + Self.margin, nextWork ?? .infinity)
        let speeds = (0..<Int((last - first) / step)).map { index in
            let from = first + Double(index) * step
            return history.meanSpeed(from: from, to: from + step).flatMap { $0.coverage > 0.5 ? $0.mean : nil }
        }
        func index(_ time: Double) -> Int { min(max(Int((time - first) / step), 0), speeds.count) }
        let inside = speeds[index(start)..<index(end)].compactMap { $0 }.sorted()
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
        self.start = first + Double(begin) * step
        self.end = first + Double(stop) * step
    }
}
