// SPDX-License-Identifier: GPL-3.0-or-later
import Segmentation

/// The mean of a quantity in each quarter second of a bout, where it was known; or, where it is settled what will be asked, the answers alone.
///
/// The means are as many as the bout is long, four bytes each: what grew most in a session of a day was these. How many of them reach the
/// few limits that a session's targets make is some bytes.
package struct QuarterSecondMeans: Equatable, Sendable {
    /// In place of a value that was not known; speeds and rates are never negative.
    private static let unknown: Float = -1

    private var values: [Float] = []
    /// What may be asked; empty while the values are there.
    private let limits: [Double]
    /// The answers in the same order. Most sessions have one limit, and then nothing that would have to be allocated.
    private var firstCount: Int32 = 0
    private var otherCounts: [Int32] = []

    /// - Parameter limits: all that will ever be asked for, above 0; `nil` where that is not known.
    init(limits: [Double]?) {
        self.limits = limits ?? []
        if self.limits.count > 1 { otherCounts = Array(repeating: 0, count: self.limits.count - 1) }
    }

    /// - Parameter values: m/s or bpm, not negative.
    package init(_ values: [Double?] = []) {
        limits = []
        self.values = values.map { $0.map(Float.init) ?? Self.unknown }
    }

    /// - Parameter count: of values that will be appended.
    mutating func reserveCapacity(_ count: Int) {
        if limits.isEmpty { values.reserveCapacity(count) }
    }

    mutating func append(_ value: Double?) {
        let value = value.map(Float.init) ?? Self.unknown
        guard let first = limits.first else { return values.append(value) }
        if Self.reaches(value, first) { firstCount &+= 1 }
        for index in otherCounts.indices where Self.reaches(value, limits[index + 1]) { otherCounts[index] &+= 1 }
    }

    private static func reaches(_ value: Float, _ limit: Double) -> Bool { value >= 0 && Double(value) >= limit }

    /// Seconds in which the quantity was known to reach a limit.
    ///
    /// - Parameter limit: above 0; one of those that were settled, if they were.
    func time(atLeast limit: Double) -> Double {
        let count =
            switch limits.firstIndex(of: limit) {
            case nil: values.count { Self.reaches($0, limit) }
            case 0?: Int(firstCount)
            case let index?: Int(otherCounts[index - 1])
            }
        return Double(count) * History.resolution
    }
}

extension QuarterSecondMeans {
    func pack(into numbers: inout PackedNumbers) {
        guard limits.isEmpty else {
            numbers.append(Double(firstCount), near: 0)
            for count in otherCounts { numbers.append(Double(count), near: 0) }
            return
        }
        numbers.append(Double(values.count), near: 0)
        for value in values { numbers.append(Double(value), near: 0) }
    }

    /// - Parameter limits: those that were settled when it was packed, if they were.
    init(unpacking numbers: inout PackedNumbers.Reader, limits: [Double]?) {
        self.init(limits: limits)
        let first = numbers.number(near: 0) ?? 0
        guard self.limits.isEmpty else {
            firstCount = Int32(first)
            for index in otherCounts.indices { otherCounts[index] = Int32(numbers.number(near: 0) ?? 0) }
            return
        }
        values.reserveCapacity(Int(first))
        for _ in 0..<Int(first) { values.append(Float(numbers.number(near: 0) ?? 0)) }
    }
}
