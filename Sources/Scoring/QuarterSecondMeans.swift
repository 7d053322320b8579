// SPDX-License-Identifier: GPL-3.0-or-later
import Segmentation

/// The mean of a quantity in each quarter second of a bout, where it was known.
///
/// The only thing kept of a bout that is as long as the bout: four bytes a value where an array of optionals takes eight.
package struct QuarterSecondMeans: Equatable, Sendable {
    /// In place of a value that was not known; speeds and rates are never negative.
    private static let unknown: Float = -1

    private var values: [Float] = []

    package init() {}

    /// - Parameter values: m/s or bpm, not negative.
    package init(_ values: [Double?]) {
        self.values = values.map { $0.map(Float.init) ?? Self.unknown }
    }

    mutating func reserveCapacity(_ count: Int) { values.reserveCapacity(count) }

    mutating func append(_ value: Double?) { values.append(value.map(Float.init) ?? Self.unknown) }

    /// Seconds in which the quantity was known to reach a limit.
    ///
    /// - Parameter limit: above 0.
    func time(atLeast limit: Double) -> Double {
        Double(values.count { $0 >= 0 && Double($0) >= limit }) * History.resolution
    }
}
