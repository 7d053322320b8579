// SPDX-License-Identifier: GPL-3.0-or-later
import Histogram

/// Durations in nanoseconds, one for each round trip.
final class Samples: @unchecked Sendable {
    // SAFETY: one thread writes; read after it was joined.
    var values: [UInt64]
    private var histogram: Histogram<UInt64>?

    init(count: Int) { values = Array(repeating: 0, count: count) }

    func append(_ other: Samples) {
        values += other.values
        histogram = nil
    }

    func percentile(_ percentile: Double) -> UInt64 {
        if histogram == nil {
            var fresh = Histogram<UInt64>(numberOfSignificantValueDigits: .three)
            for value in values { fresh.record(value) }
            histogram = fresh
        }
        return histogram!.valueAtPercentile(percentile)
    }
}
