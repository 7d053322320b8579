// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement

/// Finds runs between walks: repetitions of athletes whose work is simply to run.
///
/// How such a run begins tells nothing: a steady run begins the same way. That it was a repetition is known once the athlete has walked
/// again for a while, and is then said of the whole run at once. The walk–run transition lies near 2 m/s whatever the athlete
/// (Thorstensson & Roberthson 1987, Acta Physiol Scand 131:211), so that no maximum has to be known.
struct RunBlocks: Sendable {
    struct Block: Equatable, Sendable {
        var start: Timestamp
        var end: Timestamp
        /// Metres per second: of the run, and of the walk after it.
        var meanSpeed: Double
        var walkSpeed: Double
        /// Seconds of walking or standing before it; infinite where the recording began with it.
        var slowBefore: Double
    }

    /// The first repetition of a set has nothing but its walks to speak for it: so many seconds there must be of the one before.
    static let walkBeforeFirst = 60.0

    private enum State: Sendable {
        /// `since` is `nil` where the recording began.
        case slow(since: Timestamp?)
        case running(Run)
        /// The run is over if the walk lasts.
        case walkingAfter(Run, since: Timestamp, metres: Double)
    }

    private struct Run: Sendable {
        var start: Timestamp
        /// Seconds of walking or standing before it.
        var slowBefore: Double
        var metres = 0.0
        var seconds = 0.0
        /// The mean speed of the last ten seconds or so, and its largest value.
        var smooth = 0.0
        var peak = 0.0
    }

    /// Metres per second: above the first a walker has begun to run, below the second a runner has begun to walk.
    private static let running = 2.2
    private static let walking = 1.95
    /// Seconds of walking after which a run is over for certain; what is shorter than the second is a stumble or a turn.
    private static let walkAfter = 25.0
    private static let stumble = 10.0
    private static let walkBefore = 25.0
    /// The share of the run's own speed that a walker must reach to be running again.
    private static let backToRunning = 0.7
    /// The lengths of a repetition, in seconds. The upper one keeps it within reach of the back-dating.
    private static let lengths = 60.0...420.0
    /// Who runs so soon, in seconds, after the recording began, may have run before it.
    private static let beginning = 20.0
    /// A run at which the recording began may have begun before it, and is only believed from this length on, in seconds.
    private static let shortestAtBeginning = 120.0
    /// A repetition is run at one pace: its mean is this share of its peak at least.
    private static let evenness = 0.75
    /// A longer silence, in seconds, hides what was done in it.
    private static let longestSilence = 15.0

    private var state = State.slow(since: nil)
    private var firstTime: Timestamp?
    private var lastTime: Timestamp?

    /// Whether a run is over and may turn out to have been a repetition.
    var hasCandidate: Bool {
        guard case .walkingAfter(let run, _, _) = state else { return false }
        return isRepetition(run)
    }

    /// Whether the run that is going on may still turn out to have been a repetition.
    var mayBeRepetition: Bool {
        switch state {
        case .slow: false
        case .running(let run): run.slowBefore >= Self.walkBefore && run.seconds <= Self.lengths.upperBound
        case .walkingAfter(let run, _, _): isRepetition(run)
        }
    }

    mutating func forget(at time: Timestamp) {
        state = .slow(since: time)
    }

    /// - Parameters:
    ///   - speed: metres per second, finite.
    ///   - time: not before that of the call before.
    /// - Returns: a repetition that is now known to have been one.
    mutating func ingest(_ speed: Double, at time: Timestamp) -> Block? {
        let interval = lastTime.map { time.seconds(since: $0) } ?? 0
        let first = firstTime ?? time
        firstTime = first
        lastTime = time
        if interval > Self.longestSilence {
            state = .slow(since: time)
            return nil
        }
        switch state {
        case .slow(let since):
            if speed >= Self.running {
                let isBeginning = time.seconds(since: first) < Self.beginning
                let before = isBeginning ? .infinity : since.map { time.seconds(since: $0) } ?? 0
                state = .running(Run(start: time, slowBefore: before, smooth: speed, peak: speed))
            } else if since == nil {
                // A recording that begins with a walk has a walk before its first run.
                state = .slow(since: time)
            }
        case .running(var run):
            if speed < Self.walking {
                state = .walkingAfter(run, since: time, metres: 0)
            } else {
                run.metres += speed * interval
                run.seconds += interval
                run.smooth += min(1, interval / 10) * (speed - run.smooth)
                run.peak = larger(run.peak, run.smooth)
                state = .running(run)
            }
        case .walkingAfter(let run, let since, let metres):
            let walked = time.seconds(since: since)
            // A few quick steps are no run: it is measured by the one before.
            if speed >= larger(Self.running, Self.backToRunning * run.metres / larger(run.seconds, 1)) {
                state =
                    walked < Self.stumble
                    ? .running(run) : .running(Run(start: time, slowBefore: walked, smooth: speed, peak: speed))
            } else if walked >= Self.walkAfter {
                state = .slow(since: since)
                guard isRepetition(run) else { return nil }
                return Block(
                    start: run.start, end: since, meanSpeed: run.metres / run.seconds,
                    walkSpeed: (metres + speed * interval) / walked, slowBefore: run.slowBefore)
            } else {
                state = .walkingAfter(run, since: since, metres: metres + speed * interval)
            }
        }
        return nil
    }

    private func isRepetition(_ run: Run) -> Bool {
        let shortest = run.slowBefore.isFinite ? Self.lengths.lowerBound : Self.shortestAtBeginning
        return run.seconds >= shortest && run.seconds <= Self.lengths.upperBound
            && run.slowBefore >= Self.walkBefore && run.metres >= Self.evenness * run.peak * run.seconds
    }
}
