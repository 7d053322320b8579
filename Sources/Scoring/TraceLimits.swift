// SPDX-License-Identifier: GPL-3.0-or-later

/// All limits that the bouts of a session will be held against: known when it begins, because they are shares of the athlete's maxima.
package struct TraceLimits: Equatable, Sendable {
    /// m/s; of each target, once.
    package let speeds: [Double]
    /// bpm; the same.
    package let heartRates: [Double]

    /// - Parameter targets: shares of maximum, 0...1.
    package init(targets: [Double], maxima: Maxima) {
        // Multiplied as SprintScore does it, so that the same number comes of it.
        let shares = Set(targets).sorted()
        speeds = shares.map { $0 * maxima.speed.value }
        heartRates = shares.map { $0 * maxima.heartRate.value }
    }
}
