// SPDX-License-Identifier: GPL-3.0-or-later

/// What the set's recoveries have been like, and so for how long a pause may still be one of them.
///
/// A pause that goes on for longer than those before it is the cool-down, or a repetition was left out. What the athlete does in it tells
/// the two apart: who has walked between all repetitions and now jogs is on the way home, who goes on as before may come back. Where nothing is known, the
/// pause may be as long as coaches prescribe: up to ten times a sprint's length, twice a long repetition's.
struct Recoveries: Sendable {
    /// Seconds.
    private(set) var last: Double?
    /// The shorter of the last two, in seconds, so that a repetition that was left out makes none longer; `nil` where none is known.
    private var usual: Double?
    private var newest: Double?
    private var wereJogged = false

    /// The shortest time, in seconds, after which going on without work is no recovery any more.
    static let shortestWait = 150.0
    /// The same where the set's own recoveries are not known.
    private static let firstWait = 300.0
    /// How much longer than the others a recovery may be, without a repetition that was left out: a factor, and seconds.
    private static let stretch = 1.6
    private static let margin = 15.0

    /// - Parameters:
    ///   - seconds: from one bout's end to the next one's start.
    ///   - wasJogged: whether it was a jog after a walk.
    mutating func note(_ seconds: Double, wasJogged: Bool) {
        last = seconds
        // What is longer is a pause between two sets.
        guard seconds <= Segmenter.longestBackdating else { return }
        usual = min(seconds, newest ?? seconds)
        newest = seconds
        wereJogged = wereJogged || wasJogged
    }

    /// - Parameters:
    ///   - length: of the last bout, in seconds.
    ///   - isJogging: whether a jog has followed the walk.
    ///   - isFirst: whether no bout came before the last one.
    /// - Returns: seconds after the bout's end.
    func wait(afterBoutOf length: Double, isJogging: Bool, isFirst: Bool) -> Double {
        let wait: Double
        if !isFirst, let usual {
            // As long as a repetition that was left out takes, with the pauses on either side of it.
            wait =
                isJogging && !wereJogged
                ? max(Self.shortestWait, Self.stretch * usual + Self.margin, 1.2 * length)
                : max(Self.shortestWait, 2 * usual + length + Self.margin)
        } else {
            wait = max(Self.firstWait, 2 * length)
        }
        return min(wait, Segmenter.longestBackdating)
    }
}
