// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement

/// What is known of an athlete's levels in one signal, as shares of the maximum: outside of bouts, at easy running, and in the set that
/// is being run. All of it is learnt from the day's own samples; nothing is carried over from elsewhere.
struct Levels: Sendable {
    /// What the athlete is doing outside of bouts, a slow average that a ramp hardly moves; `nil` before the first sample.
    private(set) var outside: Double?
    /// Easy running; `nil` as long as nobody ran.
    private(set) var easy: Double?
    private var easySeconds = 0.0
    /// The levels of the set: of its bouts, and of what lies between them.
    private(set) var fast: Double?
    private(set) var slow: Double?
    /// The levels of the last three bouts, newest first.
    private var lastLevels: (Double?, Double?, Double?) = (nil, nil, nil)
    /// The lengths of the last two bouts, in seconds, newest first.
    private var lengths: (newer: Double?, older: Double?) = (nil, nil)

    /// The set's bouts; a long one that was known from its first seconds counts for two.
    private var setBouts = 0
    private var lastBoutEnd: Timestamp?
    /// What was done between the last bout and now: integral and seconds.
    private var between = (integral: 0.0, seconds: 0.0)

    private let parameters: BoutDetector.Parameters

    /// Seconds of easy running after which its level is known.
    private static let easyKnown = 60.0

    init(_ parameters: BoutDetector.Parameters) {
        self.parameters = parameters
    }

    /// Whether the bouts so far make a set whose levels can be relied on.
    var isSet: Bool { setBouts >= 2 }

    var knowsEasy: Bool { easySeconds >= Self.easyKnown }

    /// Whether a level is a run rather than a walk.
    @inline(__always)
    func isRun(_ level: Double) -> Bool { level >= parameters.runningFloor }

    /// The least level of a bout that is believed at its start.
    @inline(__always)
    var workFloor: Double { workFloor(from: parameters.floor, ratio: parameters.ratioToEasy) }

    /// The least level of a bout that has lasted long enough.
    @inline(__always)
    var sustainedFloor: Double { workFloor(from: parameters.sustainedFloor, ratio: parameters.sustainedRatio) }

    /// The least level of a bout that has lasted some seconds.
    func workFloor(after seconds: Double) -> Double {
        let held = min(max((seconds - Self.shortestHeld) / Self.shortestHeld, 0), 1)
        return workFloor(
            from: max(parameters.sustainedFloor, min(parameters.floor, Endurance.hard(for: seconds))),
            ratio: parameters.ratioToEasy + held * (parameters.sustainedRatio - parameters.ratioToEasy))
    }

    /// What the shares of the maximum are to be taken of: 1, unless the maximum is a guess and easy running says that it is too high.
    @inline(__always)
    private var scale: Double {
        guard let scale = parameters.easyScale, let easy, knowsEasy else { return 1 }
        return min(1, scale * easy)
    }

    @inline(__always)
    private func workFloor(from floor: Double, ratio: Double) -> Double {
        let easyPart = easy.map { $0 * ratio } ?? 0
        let general = larger(larger(floor * scale, easyPart), knowsEasy ? 0 : parameters.unknownEasyFloor)
        guard let (slow, fast) = ofSet else { return general }
        // A set of its own says better than any rule what its bouts are.
        let ownFloor = min(general, slow + (fast - slow) * 2 / 3)
        // What is nearer to the set's recoveries than to the slowest of its last three bouts is none of its bouts.
        return slowest.map { larger(ownFloor, 0.5 * (slow + $0)) } ?? ownFloor
    }

    /// The set's levels, where they can be relied on. They have to lie as far apart as the least of bouts stands out: a set that a hill has begun would
    /// else take every hill. Where the maximum is a guess, nobody knows how far that is.
    @inline(__always)
    private var ofSet: (slow: Double, fast: Double)? {
        guard let fast, let slow = slow ?? betweenSoFar, isSet else { return nil }
        let knowsMaximum = parameters.easyScale == nil
        return knowsMaximum && fast - slow < Self.lessContrast * parameters.contrast ? nil : (slow, fast)
    }

    /// The level since the last bout, as long as there has been no other pause to learn from.
    @inline(__always)
    private var betweenSoFar: Double? {
        between.seconds >= Self.easyKnown ? between.integral / between.seconds : nil
    }

    /// How far a bout lies above what was before it.
    @inline(__always)
    var contrast: Double {
        guard let (slow, fast) = ofSet else { return parameters.contrast }
        return min(parameters.contrast, 0.5 * (fast - slow))
    }

    /// The level at which a bout is over.
    ///
    /// - Parameters:
    ///   - before: the level before the bout.
    ///   - level: the bout's own.
    ///   - elapsed: seconds since the bout's start.
    @inline(__always)
    func endThreshold(before: Double, level: Double, elapsed: Double) -> Double {
        var threshold = larger(before + 0.45 * (level - before), parameters.endShare * level)
        // Who came from a walk may go on at his easy running.
        if let easy, easy < level {
            threshold = larger(threshold, min(easy + 0.45 * (level - easy), 0.8 * level))
        }
        // Who came from a run goes back to one that is much like it.
        if isRun(before) { threshold = min(threshold, before + 0.45 * (level - before)) }
        // The set's bouts have a length: before most of it is over, nothing but the set's own recovery ends one.
        if let usual = usualLength, elapsed < 0.75 * usual, let slow, slow < level {
            threshold = min(threshold, slow + 0.33 * (level - slow))
        }
        return threshold
    }

    /// The lowest of the last three bouts' levels.
    @inline(__always)
    private var slowest: Double? {
        guard let first = lastLevels.0, let second = lastLevels.1, let third = lastLevels.2 else { return nil }
        return min(first, min(second, third))
    }

    /// The length of the set's bouts in seconds, if the last two were alike.
    @inline(__always)
    private var usualLength: Double? {
        guard let newer = lengths.newer, let older = lengths.older, min(newer, older) > 0.75 * larger(newer, older)
        else { return nil }
        return 0.5 * (newer + older)
    }

    /// How long a bout of the set is to be expected to be, in seconds: as the last two, or as the one there was; `nil` where they differ.
    var expectedLength: Double? { lengths.older == nil ? lengths.newer : usualLength }

    /// Learns what is done outside of bouts. To be called only while nothing speaks for a bout, so that a ramp does not raise what it is
    /// measured against.
    @inline(__always)
    mutating func learn(_ value: Double, interval: Double, at time: Timestamp) {
        if let lastBoutEnd {
            let since = time.seconds(since: lastBoutEnd)
            if since > Self.longestRecovery {
                forgetSet()
            } else if since > Self.slowing {
                between.integral += value * interval
                between.seconds += interval
            }
        }
        if let old = outside {
            outside = old + min(1, interval / (value > old ? parameters.levelUpSeconds : 6)) * (value - old)
        } else {
            outside = value
        }
        guard isRun(value), value < workFloor else { return }
        easySeconds += interval
        if let old = easy {
            // Up within a minute; down slowly, because a runner who walks or tires has not forgotten how to run.
            let seconds = value > old ? 60.0 : 900.0
            easy = old + min(1, interval / seconds) * (value - old)
        } else if let outside, isRun(outside) {
            easy = outside
        }
    }

    mutating func noteBoutBegan() {
        if between.seconds > 0 { noteBetween(between.integral / between.seconds) }
    }

    /// - Parameter level: the mean level between two bouts of the set.
    mutating func noteBetween(_ level: Double) {
        slow = slow.map { 0.5 * ($0 + level) } ?? level
    }

    mutating func noteBoutEnded(level: Double, at time: Timestamp, seconds: Double, wasKnownEarly: Bool) {
        between = (0, 0)
        guard seconds >= Self.shortestOfSet else { return }
        lastBoutEnd = time
        setBouts += wasKnownEarly && seconds >= 60 ? 2 : 1
        fast = fast.map { 0.5 * ($0 + level) } ?? level
        lastLevels = (level, lastLevels.0, lastLevels.1)
        lengths = (seconds, lengths.newer)
    }

    mutating func noteSilence() { between = (0, 0) }

    private mutating func forgetSet() {
        fast = nil
        slow = nil
        lengths = (nil, nil)
        lastLevels = (nil, nil, nil)
        setBouts = 0
        lastBoutEnd = nil
        between = (0, 0)
    }

    /// What follows a bout is learnt afresh: a walk after a jog, a jog after a walk.
    mutating func resume(at level: Double) {
        outside = level
    }

    mutating func resumeIfUnknown(at level: Double) {
        if outside == nil { outside = level }
    }

    /// The share of the contrast that is enough for ``BoutDetector/Parameters/surelyHard``.
    static let lessContrast = 0.7
    /// Seconds for which the wander of an easy pace may last; of twice as long the mean is steadier.
    private static let shortestHeld = 30.0
    /// Shorter bouts, in seconds, say nothing of the set.
    private static let shortestOfSet = 8.0
    /// After so many seconds without a bout the set is over.
    private static let longestRecovery = 600.0
    /// Seconds in which a bout's slowing is over.
    private static let slowing = 8.0
}
