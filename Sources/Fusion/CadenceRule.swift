// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement

/// How one sensor's cadence is read: as steps (both feet) or as strides (one foot) per minute.
///
/// A configured convention wins, then the one that the reading states. Where the reading leaves it open (Bluetooth),
/// the sensor's values are held against speed: a reading is a vote when it makes a human gait in exactly one
/// convention. Six votes of lead, four fifths of all, over at least 4 s decide once and for all. Until then a value
/// is read as steps, or is not told at all when it is itself a vote for strides.
///
/// Gaits, in steps per minute: walking at 1.0 to 1.8 m/s 85 to 140; running from 2.2 m/s on 125 to 220; sprinting from
/// 6 m/s on 150 to 300 (elite sprinters make 4.5 to 5 steps a second). So a raw 100 at a walk is steps, and a raw 95 at
/// a run is strides. Between walking and running, below 1 m/s and without a speed nobody votes, except that 150 and
/// more is steps at any speed below a sprint's.
///
/// A stated convention that movement contradicts is kept: which of the two is wrong is a person's decision. It is
/// counted and reported, and values beyond any gait are marked by their range.
struct CadenceRule {
    /// Of steps and strides, the lead that decides.
    static let lead = 6
    private static let shortestSpan: Int64 = 4_000_000_000
    /// Readings repeat between two strides: votes closer than this are one.
    private static let voteSpacing: Int64 = 500_000_000

    /// This module's own: comparing an enumeration of another module is a call through a witness table.
    private enum Rule {
        case unknown
        case steps
        case strides

        init(_ convention: Cadence.Convention) {
            switch convention {
            case .unknown: self = .unknown
            case .steps: self = .steps
            case .strides: self = .strides
            }
        }
    }

    private let configured: Rule
    private var convention = Rule.unknown
    private var basis = CadenceFinding.Basis.assumed
    private var votesForSteps = 0
    private var votesForStrides = 0
    private var firstVote: Int64 = 0
    private var lastVote = Int64.min
    private var contradicted = false
    private var heard = false

    /// - Parameter configured: what a person stated; `.unknown` if nothing.
    init(configured: Cadence.Convention) {
        self.configured = Rule(configured)
    }

    /// `nil` when the sensor gave no cadence.
    var finding: CadenceFinding? {
        guard heard else { return nil }
        return CadenceFinding(
            convention: convention == .strides ? .strides : .steps, basis: basis,
            contradicted: contradicted)
    }

    enum Reading: Equatable {
        /// Steps per minute.
        case steps(Double)
        /// The same, although movement speaks for the other convention.
        case contradicted(Double)
        /// It cannot be known yet.
        case unknown
    }

    /// - Parameters:
    ///   - cadence: finite, not negative.
    ///   - speed: metres per second; `nil` when not known at this time.
    ///   - now: nanoseconds, not before the last call's.
    mutating func read(_ cadence: Cadence, speed: Double?, at now: Int64) -> Reading {
        heard = true
        if configured != .unknown {
            convention = configured
            basis = .configured
        } else {
            let stated = Rule(cadence.convention)
            if stated != .unknown {
                convention = stated
                basis = .stated
            }
        }
        let vote = Self.vote(cadence.perMinute, speed: speed)
        count(vote, at: now)
        switch convention {
        case .steps:
            return vote == .strides
                ? .contradicted(cadence.perMinute) : .steps(cadence.perMinute)
        case .strides:
            return vote == .steps
                ? .contradicted(cadence.perMinute * 2) : .steps(cadence.perMinute * 2)
        case .unknown:
            return vote == .strides ? .unknown : .steps(cadence.perMinute)
        }
    }

    private mutating func count(_ vote: Rule, at now: Int64) {
        guard vote != .unknown else { return }
        // `lastVote` starts at Int64.min, where a difference would overflow.
        guard lastVote == .min || now &- lastVote >= Self.voteSpacing else { return }
        if lastVote == .min { firstVote = now }
        lastVote = now
        if vote == .steps { votesForSteps &+= 1 } else { votesForStrides &+= 1 }
        guard now &- firstVote >= Self.shortestSpan else { return }
        let winner: Rule
        let (more, fewer): (Int, Int)
        if votesForSteps > votesForStrides {
            (winner, more, fewer) = (.steps, votesForSteps, votesForStrides)
        } else {
            (winner, more, fewer) = (.strides, votesForStrides, votesForSteps)
        }
        guard more &- fewer >= Self.lead, more >= fewer &* 4 else { return }
        if convention == .unknown {
            convention = winner
            basis = .inferred
        } else if winner != convention, basis != .inferred {
            contradicted = true
        }
    }

    /// The one convention in which the value is a gait; `.unknown` when both are or neither is.
    private static func vote(_ raw: Double, speed: Double?) -> Rule {
        guard raw > 0 else { return .unknown }
        let gait: ClosedRange<Double>
        switch speed {
        case .some(1.0...1.8): gait = 85...140
        case .some(2.2..<6): gait = 125...220
        case .some(6...): gait = 150...300
        case .some(..<6), nil: return raw >= 150 && raw <= 220 ? .steps : .unknown
        case .some: return .unknown
        }
        let asSteps = gait.contains(raw)
        let asStrides = gait.contains(raw * 2)
        if asSteps == asStrides { return .unknown }
        return asSteps ? .steps : .strides
    }
}
