// SPDX-License-Identifier: GPL-3.0-or-later

/// How long to wait before the next attempt: twice as long after every failure, up to a limit, and never quite the same, so that
/// sensors that were lost together do not come back in step.
package struct BackOff: Equatable, Sendable, BitwiseCopyable {
    /// Seconds.
    package var first: Double
    /// Seconds.
    package var longest: Double

    package init(first: Double, longest: Double) {
        self.first = first
        self.longest = longest
    }

    /// - Parameters:
    ///   - failures: attempts that have failed since the last success; below 1 counts as 1.
    ///   - random: any number; its upper 53 bits count.
    /// - Returns: seconds, between a half of the step and the whole.
    package func delay(afterFailures failures: Int, random: UInt64) -> Double {
        var step = first
        var doublings = min(max(failures, 1), 64) - 1
        while doublings > 0, step < longest {
            step *= 2
            doublings -= 1
        }
        let share = Double(random >> 11) * 0x1p-53
        return min(step, longest) * (0.5 + 0.5 * share)
    }
}
