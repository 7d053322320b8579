// SPDX-License-Identifier: GPL-3.0-or-later

/// Finds out whether two sensors on different radios are one strap: whether they tell the same beats.
///
/// That six of the last eight intervals agree does not suffice: at a hard effort intervals vary by only a few
/// milliseconds, and two runners side by side would agree by chance. So the two series are laid over each other at
/// every shift of up to ``IntervalHistory/longestShift`` beats. One strap's series agree at one shift; how often they
/// agree at all the others says how much an agreement is worth. The best shift must reach a likelihood ratio of e^20
/// (about 5·10^8) between "the same beats, one in twenty disturbed" and "chance", and the finding must repeat until a
/// whole window of other beats has said the same. That takes 40 beats where intervals vary; where they hardly vary,
/// nothing is ever found.
struct StrapRecognition: BitwiseCopyable {
    /// Logarithm of the likelihood ratio that is asked for.
    static let evidence = 20.0
    /// The same where the Bluetooth name carries the ANT number, which one in 65 536 strangers does: less by the logarithm of that.
    static let hintedEvidence = 20.0 - 11.09
    static let hintedFindings = 2
    /// Findings in a row that are asked for, and new beats between two.
    static let findings = 4
    static let beatsBetween = 8
    /// Share of beats that both radios of a strap tell alike.
    private static let likeness = 0.95
    private static let longestWindow = 32
    /// Nanoseconds by which the radios of a strap may be apart: Bluetooth's intervals come up to 4 s late.
    private static let longestDelay: Int64 = 5_000_000_000

    private var beats = 0
    private var found = 0

    /// Takes notice of a new beat of the candidate.
    ///
    /// - Returns: whether it is time to compare, so that most beats cost nothing.
    mutating func isDue() -> Bool {
        beats &+= 1
        guard beats >= Self.beatsBetween else { return false }
        beats = 0
        return true
    }

    /// Takes notice of a comparison.
    ///
    /// - Returns: whether both are now known to be one.
    mutating func conclude(_ agree: Bool, isHinted: Bool = false) -> Bool {
        found = agree ? found &+ 1 : 0
        return found >= (isHinted ? Self.hintedFindings : Self.findings)
    }

    /// Whether the newest beats of both are the same beats.
    static func agree(
        _ candidate: borrowing IntervalHistory, _ reference: borrowing IntervalHistory, isHinted: Bool = false
    ) -> Bool {
        guard min(candidate.count, reference.count) >= 8 else { return false }
        var best = (shift: 0, agreeing: 0, compared: 0)
        var agreeing = 0
        var compared = 0
        for shift in -IntervalHistory.longestShift...IntervalHistory.longestShift {
            let pairs = reference.agreement(with: candidate, shift: shift, longest: longestWindow)
            guard pairs.compared >= 8 else { continue }
            agreeing &+= pairs.agreeing
            compared &+= pairs.compared
            if pairs.agreeing > best.agreeing {
                best = (shift, pairs.agreeing, pairs.compared)
            }
        }
        let delay =
            reference.time(max(0, best.shift)) &- candidate.time(max(0, 0 &- best.shift))
        guard best.agreeing >= 8, delay.magnitude <= longestDelay.magnitude else { return false }
        let recent = reference.agreement(with: candidate, shift: best.shift, longest: 8)
        guard recent.agreeing >= 6 else { return false }
        let others = Double(compared &- best.compared)
        let chance = (Double(agreeing &- best.agreeing) + 1) / (others + 2)
        guard chance < likeness else { return false }
        let misses = Double(best.compared &- best.agreeing)
        let ratio =
            Double(best.agreeing) * (likeness / chance).naturalLogarithm
            + misses * ((1 - likeness) / (1 - chance)).naturalLogarithm
        return ratio >= (isHinted ? hintedEvidence : evidence)
    }
}

extension Double {
    /// The natural logarithm of a positive normal number, to about 10^-7: the core has no C library to call.
    var naturalLogarithm: Double {
        guard self > 0, isNormal else { return self > 0 ? -708 : -Double.infinity }
        var mantissa = significand
        var power = Double(exponent)
        if mantissa > 1.414_213_562_373_095 {
            mantissa /= 2
            power += 1
        }
        // ln m = 2 artanh((m − 1)/(m + 1)); the argument is at most 0.1716.
        let z = (mantissa - 1) / (mantissa + 1)
        let square = z * z
        let series =
            1 + square * (1.0 / 3 + square * (1.0 / 5 + square * (1.0 / 7 + square / 9)))
        return power * 0.693_147_180_559_945 + 2 * z * series
    }
}
