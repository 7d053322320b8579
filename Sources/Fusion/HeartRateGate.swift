// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement

/// Tells heart rates that a heart makes from those that a strap makes up.
///
/// Three rules, all causal:
/// - **Range.** 25 bpm is below the lowest resting rates of trained people; 220 is what the oldest formula, 220 − age
///   (Fox, Naughton and Haskell 1971), gives at birth, and 20 bpm above Tanaka's 208 − 0.7 × age (2001) for the young,
///   about twice its standard deviation of 7 to 11 bpm. A known maximum, plus that one deviation, replaces it.
/// - **Jump.** A rate may lead a change of 4 bpm per second by 8 bpm. In public recordings of runs the fastest rises of
///   clean stretches were 13 bpm in 3 s, 27 in 5 s and 34 in 10 s. What exceeds it is marked, and measured against the
///   last believed level, so that what comes back is not. A level that stays is believed after the time that a heart
///   would have needed to get there, a lower one after 5 s at most: straps read high far more often than low, so that a
///   fall is mostly an artefact's end. If the old level then returns within a minute, it is believed at once.
/// - **Distrust.** For 3 minutes after a jump, rates above 200 bpm are marked: a dry strap climbs there in small steps,
///   while a strap that never jumped is believed up to the range's end. A fall from marked rates is believed.
struct HeartRateGate {
    static let lowest = 25.0
    static let highestUnknown = 220.0
    static let aboveKnownMaximum = 10.0
    /// bpm per second.
    static let rate = 4.0
    /// bpm.
    static let slack = 8.0
    static let distrustedAbove = 200.0
    private static let distrustTime: Int64 = 180_000_000_000
    private static let formerTime: Int64 = 60_000_000_000
    private static let formerReach = 25.0
    /// A track younger than this yields to what contradicts it: the first value may be the wrong one.
    private static let establishedTime: Int64 = 5_000_000_000
    private static let fallTime: Int64 = 10_000_000_000
    private static let longestFall: Int64 = 5_000_000_000
    /// After this silence a heart can be anywhere.
    private static let silence: Int64 = 30_000_000_000

    private let highest: Double
    private let distrusted: Double

    private var hasTrack = false
    private var began: Int64 = 0
    private var level = 0.0
    private var levelTime: Int64 = 0
    /// By how much the level leads what `rate` allows, in bpm, upwards and downwards.
    private var rise = 0.0
    private var fall = 0.0
    /// Whether values were marked as jumps since the level was last believed.
    private var jumping = false
    /// Since when every value was marked as fallen too fast.
    private var fallingSince: Int64?
    private var former = 0.0
    private var formerUntil = Int64.min
    private var distrustUntil = Int64.min
    /// Falls are believed until then.
    private var fallUntil = Int64.min

    /// - Parameter maximum: the athlete's maximum heart rate in bpm, where known.
    init(maximum: Double?) {
        if let maximum, maximum.isFinite, maximum > 100 {
            highest = maximum + Self.aboveKnownMaximum
            distrusted = min(Self.distrustedAbove, maximum)
        } else {
            highest = Self.highestUnknown
            distrusted = Self.distrustedAbove
        }
    }

    /// - Parameters:
    ///   - value: beats per minute, finite.
    ///   - now: nanoseconds, not before the last call's.
    @inline(__always)
    mutating func isArtefact(_ value: Double, at now: Int64) -> Bool {
        guard value >= Self.lowest, value <= highest else {
            distrustUntil = now &+ Self.distrustTime
            if value > highest { fallUntil = now &+ Self.fallTime }
            return true
        }
        guard hasTrack, now &- levelTime <= Self.silence else {
            begin(value, at: now)
            return isDistrusted(value, at: now)
        }
        let allowed = Self.rate * Double(now &- levelTime) / 1e9
        let nextRise = larger(0, rise + value - level - allowed)
        let nextFall = larger(0, fall + level - value - allowed)
        if nextRise <= Self.slack, nextFall <= Self.slack {
            if jumping, abs(value - level) > Self.slack {
                former = level
                formerUntil = now &+ Self.formerTime
            }
            jumping = false
            fallingSince = nil
            level = value
            levelTime = now
            rise = nextRise
            fall = nextFall
            return isDistrusted(value, at: now)
        }
        if now <= formerUntil, abs(value - former) <= Self.formerReach {
            restart(value, at: now)
            return isDistrusted(value, at: now)
        }
        if nextFall > Self.slack, now <= fallUntil {
            restart(value, at: now)
            return isDistrusted(value, at: now)
        }
        if nextFall > Self.slack {
            let since = fallingSince ?? now
            fallingSince = since
            if now &- since >= Self.longestFall {
                former = level
                formerUntil = now &+ Self.formerTime
                restart(value, at: now)
                return false
            }
        } else {
            fallingSince = nil
        }
        distrustUntil = now &+ Self.distrustTime
        if now &- began < Self.establishedTime {
            begin(value, at: now)
        } else {
            jumping = true
        }
        return true
    }

    private mutating func isDistrusted(_ value: Double, at now: Int64) -> Bool {
        guard value > distrusted, now <= distrustUntil else { return false }
        fallUntil = now &+ Self.fallTime
        return true
    }

    private mutating func begin(_ value: Double, at now: Int64) {
        hasTrack = true
        began = now
        formerUntil = .min
        restart(value, at: now)
    }

    private mutating func restart(_ value: Double, at now: Int64) {
        jumping = false
        fallingSince = nil
        level = value
        levelTime = now
        rise = 0
        fall = 0
    }
}
