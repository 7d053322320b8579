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

    /// - Parameter sample: times not falling. A rate that is marked as doubtful is not counted.
    package mutating func ingest(_ sample: FusedSample) {
        if let open, Self.goesOn(sample, open.rate, since: open.last) {
            self.open?.last = sample.time
        } else {
            change(to: Self.rate(of: sample), at: sample.time)
        }
    }

    /// As ``ingest(_:)`` for each of many samples.
    package mutating func ingest(_ samples: Span<FusedSample>) {
        var next = 0
        while next < samples.count {
            if let open {
                var last = open.last
                while next < samples.count, Self.goesOn(samples[next], open.rate, since: last) {
                    last = samples[next].time
                    next += 1
                }
                self.open?.last = last
                if next == samples.count { return }
            }
            change(to: Self.rate(of: samples[next]), at: samples[next].time)
            next += 1
        }
    }

    @inline(__always)
    private static func rate(of sample: FusedSample) -> Double? {
        sample.doubts.isDisjoint(with: [.heartRateArtefact, .noSkinContact]) ? sample.heartRate : nil
    }

    @inline(__always)
    private static func goesOn(_ sample: FusedSample, _ rate: Double, since last: Timestamp) -> Bool {
        Self.rate(of: sample) == rate && sample.time.nanoseconds(since: last) <= longestSpacing
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
