// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement

/// Tells speeds that a runner reaches from those that a sensor makes up.
///
/// Usain Bolt ran at most 12.2 to 12.4 m/s (radar and laser, Berlin 2009 and Brussels 2011) and left the blocks with
/// 9.5 m/s² (Hernández Gómez et al., Eur. J. Phys. 34, 2013). A sprint from standing follows v = V(1 − e^(−t/τ)); with
/// V = 12.5 m/s and τ = 1.25 s it starts with 10 m/s², so from any speed u no runner exceeds V − (V − u)e^(−t/τ).
struct SpeedGate {
    /// Metres per second.
    static let highest = 12.5
    /// Seconds.
    static let timeConstant = 1.25
    /// m/s²: harder than any measured stop.
    static let braking = 10.0
    /// Metres per second: what a sensor may be off.
    static let slack = 0.5
    /// Seconds. Footpods send four times a second but compute a new speed about twice.
    private static let shortestSpacing = 0.5
    private static let formerTime: Int64 = 10_000_000_000
    private static let formerReach = 2.0

    private var hasTrack = false
    private var level = 0.0
    private var levelTime: Int64 = 0
    private var jumping = false
    private var former = 0.0
    private var formerUntil = Int64.min

    /// - Parameters:
    ///   - value: metres per second, finite.
    ///   - now: nanoseconds, not before the last call's.
    @inline(__always)
    mutating func isOutlier(_ value: Double, at now: Int64) -> Bool {
        guard value >= 0, value <= Self.highest else { return true }
        guard hasTrack else {
            hasTrack = true
            level = value
            levelTime = now
            return false
        }
        let spacing = larger(Double(now &- levelTime) / 1e9, Self.shortestSpacing)
        if value > level + Self.slack {
            let x = spacing / Self.timeConstant
            // e^x cut after its cubic term: short by less than the slack for all x.
            let reachable =
                Self.highest - (Self.highest - level) / (1 + x + x * x * (1.0 / 2 + x * (1.0 / 6)))
            guard value <= reachable + Self.slack else { return !returns(to: value, at: now) }
        } else if value < level - Self.slack {
            // A pod notices a stop late and all at once, so that a fall to standing is no outlier.
            guard value <= Self.slack || value >= level - Self.braking * spacing - Self.slack else {
                return !returns(to: value, at: now)
            }
        }
        if jumping, abs(value - level) > Self.formerReach {
            former = level
            formerUntil = now &+ Self.formerTime
        }
        jumping = false
        level = value
        levelTime = now
        return false
    }

    /// Whether the value is back at a level that was left by a jump; notes a jump if not.
    private mutating func returns(to value: Double, at now: Int64) -> Bool {
        guard now <= formerUntil, abs(value - former) <= Self.formerReach else {
            jumping = true
            return false
        }
        jumping = false
        level = value
        levelTime = now
        return true
    }
}
