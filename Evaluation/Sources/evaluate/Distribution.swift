// SPDX-License-Identifier: GPL-3.0-or-later

/// Numbers, and what is asked of them.
struct Distribution {
    private(set) var values: [Double] = []

    mutating func add(_ value: Double) { values.append(value) }
    mutating func add(_ other: Distribution) { values += other.values }

    var count: Int { values.count }
    var absolute: Distribution { Distribution(values: values.map(abs)) }

    /// The value that a share of the numbers does not exceed (nearest rank); `nil` of none.
    func quantile(_ share: Double) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let rank = Int((share * Double(sorted.count)).rounded(.up))
        return sorted[min(max(rank, 1), sorted.count) - 1]
    }

    var median: Double? { quantile(0.5) }
    var p95: Double? { quantile(0.95) }
    var largest: Double? { values.max() }

    /// The share of the numbers that lie within ± `limit`.
    func share(within limit: Double) -> Double? {
        values.isEmpty ? nil : Double(values.count { abs($0) <= limit }) / Double(values.count)
    }
}
