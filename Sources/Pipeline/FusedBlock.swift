// SPDX-License-Identifier: GPL-3.0-or-later
import Fusion
import Measurement

/// What a block of samples has been fused to, on its way to the next stages.
struct FusedBlock: Sendable {
    /// A beat interval, and how many of the block's samples had come out before it.
    struct Interval: Sendable {
        var interval: RRInterval
        var time: Timestamp
        var samplesBefore: Int
    }

    private(set) var samples: [FusedSample] = []
    /// In the order in which they became known.
    private(set) var intervals: [Interval] = []

    mutating func append(_ sample: FusedSample) { samples.append(sample) }

    mutating func append(_ interval: RRInterval, at time: Timestamp) {
        intervals.append(Interval(interval: interval, time: time, samplesBefore: samples.count))
    }

    mutating func removeAll() {
        samples.removeAll(keepingCapacity: true)
        intervals.removeAll(keepingCapacity: true)
    }
}
