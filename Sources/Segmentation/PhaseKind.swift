// SPDX-License-Identifier: GPL-3.0-or-later

/// What an athlete is doing over a stretch of time. The raw value is the contract's spelling.
package enum PhaseKind: String, Sendable, CaseIterable {
    /// Standing, or too slow to be a walk.
    case rest
    /// Moving before the first work bout.
    case warmup
    /// A work bout of at most 60 s.
    case sprint
    /// A work bout beyond 60 s.
    case interval
    /// Moving slower, or standing, between work bouts.
    case recovery
    /// Moving at a settled speed with no work bout around.
    case steady
    /// Moving after the last work bout.
    case cooldown

    package var isWork: Bool { self == .sprint || self == .interval }
}
