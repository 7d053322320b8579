// SPDX-License-Identifier: GPL-3.0-or-later
package import Fusion
import Measurement

/// How long the heart beat at each rate: what a session's load is computed from, against any maximum, also later.
package struct HeartRateTimes: Equatable, Sendable {
    /// Seconds at each whole rate, 0...255 bpm, to the nearest.
    package var seconds: [Double] {
        var all = settled
        if let open { Self.add(open.last.nanoseconds(since: open.first), at: open.rate, to: &all) }
        return all.map { Double($0) / 1e9 }
    }

    /// Nanoseconds at each whole rate.
    private var settled = [Int64](repeating: 0, count: 256)
    /// The samples of late that have all told one rate, without a silence: a heart keeps its rate for some samples, and only a change is work.
    private var open: (rate: Double, first: Timestamp, last: Timestamp)?
    /// Beyond this spacing, in nanoseconds, nothing is known between two samples, as in ``History``.
    private static let longestSpacing: Int64 = 10_000_000_000

    package init() {}

    package static func == (left: HeartRateTimes, right: HeartRateTimes) -> Bool { left.seconds == right.seconds }

    /// As ``ingest(_:)`` for each of many samples.
    package mutating func ingest(_ samples: Span<FusedSample>) {
        for index in samples.indices { ingest(samples[index]) }
    }

    /// - Parameter sample: times not falling. A rate that is marked as doubtful is not counted.
    package mutating func ingest(_ sample: FusedSample) {
        let rate = sample.doubts.isDisjoint(with: [.heartRateArtefact, .noSkinContact]) ? sample.heartRate : nil
        if let open, open.rate == rate, sample.time.nanoseconds(since: open.last) <= Self.longestSpacing {
            self.open?.last = sample.time
        } else {
            change(to: rate, at: sample.time)
        }
    }

    /// The rate before lasted until now.
    @inline(never)
    private mutating func change(to rate: Double?, at time: Timestamp) {
        if let open {
            let isHeard = time.nanoseconds(since: open.last) <= Self.longestSpacing
            Self.add((isHeard ? time : open.last).nanoseconds(since: open.first), at: open.rate, to: &settled)
        }
        open = rate.map { ($0, time, time) }
    }

    /// - Parameter rate: bpm; out of 0...255 it is not counted.
    package mutating func add(_ seconds: Double, at rate: Double) {
        Self.add(Timestamp(seconds: seconds).nanoseconds, at: rate, to: &settled)
    }

    private static func add(_ nanoseconds: Int64, at rate: Double, to all: inout [Int64]) {
        guard rate >= 0, rate < 255 else { return }
        all[Int(rate + 0.5)] &+= nanoseconds
    }

    package var total: Double { seconds.reduce(0, +) }
}
