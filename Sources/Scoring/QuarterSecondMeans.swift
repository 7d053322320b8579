// SPDX-License-Identifier: GPL-3.0-or-later
import Segmentation

/// The mean of a quantity in each quarter second of a bout, where it was known; or, once it is settled what will be asked, the answers alone.
///
/// The means are as many as the bout is long, four bytes each: what grew most in a session of a day was these. How many of them reach the
/// few limits that a session's targets make is some bytes.
package struct QuarterSecondMeans: Equatable, Sendable {
    /// In place of a value that was not known; speeds and rates are never negative.
    private static let unknown: Float = -1

    private var values: [Float] = []
    /// What may be asked, and the answers in the same order; empty while the values are there.
    private var limits: [Double] = []
    private var counts: [Int32] = []

    package init() {}

    /// - Parameter values: m/s or bpm, not negative.
    package init(_ values: [Double?]) {
        self.values = values.map { $0.map(Float.init) ?? Self.unknown }
    }

    mutating func reserveCapacity(_ count: Int) { values.reserveCapacity(count) }

    mutating func append(_ value: Double?) {
        let value = value.map(Float.init) ?? Self.unknown
        guard limits.isEmpty else {
            for index in limits.indices where Self.reaches(value, limits[index]) { counts[index] &+= 1 }
            return
        }
        values.append(value)
    }

    /// Gives the values up for the answers, to which later values are added. Where those would be more, or that is done already, nothing is done.
    ///
    /// - Parameter limits: all that will ever be asked for, above 0; kept, so that many bouts can share one array.
    mutating func condense(to limits: [Double]) {
        guard limits.count < values.count else { return }
        counts = limits.map { Int32(truncatingIfNeeded: count(atLeast: $0)) }
        self.limits = limits
        values = []
    }

    private func count(atLeast limit: Double) -> Int { values.count { Self.reaches($0, limit) } }

    private static func reaches(_ value: Float, _ limit: Double) -> Bool { value >= 0 && Double(value) >= limit }

    /// Seconds in which the quantity was known to reach a limit.
    ///
    /// - Parameter limit: above 0; one of those that it was condensed to, if it was.
    func time(atLeast limit: Double) -> Double {
        let count = limits.firstIndex(of: limit).map { Int(counts[$0]) } ?? count(atLeast: limit)
        return Double(count) * History.resolution
    }
}
