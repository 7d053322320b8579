// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement

/// What a block of samples has been fused to, on its way to the next stages.
package struct FusedBlock: Sendable {
    /// A beat interval, and how many of the block's samples had come out before it.
    package struct Interval: Sendable, BitwiseCopyable {
        package var interval: RRInterval
        package var time: Timestamp
        package var samplesBefore: Int
    }

    /// The first ``count`` are this block's.
    private var storage: [FusedSample] = []
    private var count = 0
    /// In the order in which they became known.
    package private(set) var intervals: [Interval] = []

    package init() {}

    /// In time order.
    package var samples: Span<FusedSample> {
        @_lifetime(borrow self)
        get { storage.span.extracting(first: count) }
    }

    /// Empties the block, and makes room for what so many samples may come to.
    mutating func begin(of count: Int) {
        removeAll()
        if storage.count < count {
            storage += repeatElement(FusedSample(time: .zero), count: count - storage.count)
        }
    }

    mutating func append(_ sample: FusedSample) {
        storage[count] = sample
        count += 1
    }

    mutating func append(_ interval: RRInterval, at time: Timestamp) {
        intervals.append(Interval(interval: interval, time: time, samplesBefore: count))
    }

    /// For many samples at once: where they are to be written, how many there are, and the intervals.
    @inline(__always)
    mutating func extend<Result>(
        _ body: (inout MutableSpan<FusedSample>, inout Int, inout [Interval]) -> Result
    ) -> Result {
        Self.extend(&storage, &count, &intervals, body)
    }

    @inline(__always)
    private static func extend<Result>(
        _ storage: inout [FusedSample], _ count: inout Int, _ intervals: inout [Interval],
        _ body: (inout MutableSpan<FusedSample>, inout Int, inout [Interval]) -> Result
    ) -> Result {
        var fused = storage.mutableSpan
        return body(&fused, &count, &intervals)
    }

    package mutating func removeAll() {
        count = 0
        intervals.removeAll(keepingCapacity: true)
    }
}
