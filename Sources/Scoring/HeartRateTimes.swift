// SPDX-License-Identifier: GPL-3.0-or-later
package import Fusion
import Measurement

/// How long the heart beat at each rate: what a session's load is computed from, against any maximum, also later.
package struct HeartRateTimes: Equatable, Sendable {
    /// Seconds at each whole rate, 0...255 bpm, to the nearest.
    package var seconds: [Double] {
        var all = settled
        if let open { all[open.rate] = open.seconds }
        return all
    }

    private var settled = [Double](repeating: 0, count: 256)
    /// The rate that was last added to, and its seconds, which are not in `settled` yet: a heart keeps its rate for some samples.
    private var open: (rate: Int, seconds: Double)?
    private var last: (time: Double, rate: Double)?
    /// Beyond this spacing, in seconds, nothing is known between two samples, as in ``History``.
    private static let longestSpacing = 10.0

    package init() {}

    package static func == (left: HeartRateTimes, right: HeartRateTimes) -> Bool { left.seconds == right.seconds }

    /// - Parameter sample: times not falling. A rate that is marked as doubtful is not counted.
    package mutating func ingest(_ sample: FusedSample) {
        let time = sample.time.seconds
        if let last, time > last.time, time - last.time <= Self.longestSpacing {
            add(time - last.time, at: last.rate)
        }
        guard let rate = sample.heartRate, sample.doubts.isDisjoint(with: [.heartRateArtefact, .noSkinContact]) else {
            last = nil
            return
        }
        last = (time, rate)
    }

    /// - Parameter rate: bpm; out of 0...255 it is not counted.
    @inline(__always)
    package mutating func add(_ time: Double, at rate: Double) {
        guard rate >= 0, rate < 255 else { return }
        let whole = Int(rate + 0.5)
        if let open, open.rate == whole {
            self.open = (whole, open.seconds + time)
        } else {
            settle()
            open = (whole, settled[whole] + time)
        }
    }

    @inline(never)
    private mutating func settle() {
        if let open { settled[open.rate] = open.seconds }
    }

    package var total: Double { seconds.reduce(0, +) }
}
