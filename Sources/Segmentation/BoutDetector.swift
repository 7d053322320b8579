// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement

/// Finds work bouts in one effort signal (speed, cadence, or the demand behind a heart rate), online.
///
/// The signal is a share of the athlete's maximum. A bout begins when the signal stays above a threshold that adapts to what
/// the athlete has been doing; it ends when the signal stays nearer to the level before the bout than to the bout's own. Both
/// are one-sided cumulative sums (Page 1954, Biometrika 41:100) in units of seconds, whose steps are bounded so that one wild
/// sample decides nothing; both are back-dated along the samples to where the change began.
///
/// Cost per sample is constant, memory is fixed, nothing is allocated after `init`.
package struct BoutDetector: Sendable {
    /// Shares of the athlete's maximum, unless said otherwise.
    package struct Parameters: Sendable {
        /// No bout below this.
        var floor: Double
        /// No bout below this as long as no easy level is known, as at a recording's start.
        var unknownEasyFloor: Double
        /// How far a bout lies above the athlete's easy running, as a ratio of levels.
        var ratioToEasy: Double
        /// How far a bout lies above the level just before it.
        var contrast: Double
        /// A bout ends where the signal falls below this share of the bout's own level, or nearer to the level before it.
        var endShare: Double
        /// Above this the athlete is running rather than walking, so the easy level learns.
        var runningFloor: Double
        /// The sum, in seconds of full evidence, that decides.
        var decisionSeconds: Double
        /// How many seconds the signal follows the effort by; edges are dated back by as much.
        var delay: Double
        /// The same for an end.
        var endSeconds: Double
        /// The time constant at which the level outside of bouts rises.
        var levelUpSeconds: Double
        /// The odds, as a natural logarithm, at which a step to a work level is believed.
        var odds: Double
        /// The noise of one observation, as a standard deviation.
        var noise: Double
        /// The longest silence that a bout survives, in seconds; longer when the signal itself is sparse.
        var silenceSeconds: Double

        package static let speed = Parameters(
            floor: 0.52, unknownEasyFloor: 0.65, ratioToEasy: 1.25, contrast: 0.13, endShare: 0.72, runningFloor: 0.27,
            decisionSeconds: 3, delay: 0, endSeconds: 1.3, levelUpSeconds: 20, odds: 4, noise: 0.02, silenceSeconds: 12)
        /// Cadence rises little with speed, so its scale runs from a stroll to a sprint: see ``Segmenter``.
        package static let cadence = Parameters(
            floor: 0.80, unknownEasyFloor: 0.85, ratioToEasy: 1.10, contrast: 0.12, endShare: 0.85, runningFloor: 0.55,
            decisionSeconds: 2.5, delay: 0, endSeconds: 2.5, levelUpSeconds: 20, odds: .infinity, noise: 0.03, silenceSeconds: 12)
        package static let demand = Parameters(
            floor: 0.70, unknownEasyFloor: 0.75, ratioToEasy: 1.18, contrast: 0.20, endShare: 0.70, runningFloor: 0.25,
            decisionSeconds: 4, delay: HeartRateDemand.delay, endSeconds: 4, levelUpSeconds: 6, odds: .infinity, noise: 0.05, silenceSeconds: 20)
    }

    package enum Change: Equatable, Sendable {
        /// `start` is where the acceleration began; never before the last change.
        case began(start: Timestamp, confidence: Double)
        /// `end` is where the slowing began.
        case ended(end: Timestamp, confidence: Double)
    }

    private struct Entry: Sendable, BitwiseCopyable {
        var time = Timestamp.zero
        var value = 0.0
    }

    private let parameters: Parameters
    private let responses: StepResponses
    private let slowings: StepResponses
    private var fit = StepFit()
    private var raised = 0
    /// The last accepted samples, newest at `(next − 1) mod capacity`, a power of two.
    private var recent: [Entry]
    private var next = 0
    private var filled = 0
    /// Enough for 25 s at the 10 Hz to which denser signals are thinned.
    private static let capacity = 256

    private var lastRaw = (older: 0.0, newer: 0.0)
    private var rawCount = 0
    /// Of the newest sample that was not thinned out.
    private(set) var lastTime: Timestamp?
    private var typicalInterval = 1.0
    /// What the athlete is doing outside of bouts, a slow average that a ramp hardly moves.
    private var level: Double?
    private var easy: Double?
    private var easySeconds = 0.0
    /// Seconds of easy running after which its level is known.
    private static let easyKnown = 60.0
    private var bout: Bout?
    private var sum = 0.0
    private var sumSamples = 0
    private var lastChange: Timestamp?

    private struct Bout {
        var before: Double
        var level: Double
        var start: Timestamp
    }

    package init(_ parameters: Parameters) {
        self.parameters = parameters
        recent = Array(repeating: Entry(), count: Self.capacity)
        responses = StepResponses(times: [1.1, 2.0, 5], delay: 0.3, lag: 0.7)
        slowings = StepResponses(times: [1.1, 2.0, 5], delay: 0.3, lag: 0.7)
    }

    package var inBout: Bool { bout != nil }

    /// Whether the open bout may be over: evidence has begun to add up.
    @inline(__always)
    package var isEnding: Bool { bout != nil && sum > 0 }

    /// The level outside of bouts, as a share of maximum; `nil` before the first sample.
    package var restingLevel: Double? { level }

    /// Whether the signal has been silent for longer than a bout survives.
    @inline(__always)
    package func isSilent(at time: Timestamp) -> Bool {
        guard let lastTime else { return true }
        return time.seconds(since: lastTime) > patience
    }

    @inline(__always)
    private var patience: Double { max(parameters.silenceSeconds, 2.5 * typicalInterval) }

    /// - Parameters:
    ///   - value: the effort as a share of maximum, finite.
    ///   - time: not before that of the call before.
    package mutating func ingest(_ value: Double, at time: Timestamp) -> Change? {
        if let lastTime {
            let interval = time.seconds(since: lastTime)
            // Denser than 10 Hz adds nothing to edges of a tenth of a second and would shorten the history.
            if interval < 0.19 { return nil }
            // A footpod that says the same number again has not taken another stride.
            if parameters.odds.isFinite, interval < 1.4, value == entry(0).value { return nil }
            if interval > patience {
                return restart(after: lastTime, value, at: time)
            }
            typicalInterval += 0.1 * (min(interval, 10) - typicalInterval)
        }
        let interval = lastTime.map { min(time.seconds(since: $0), 10) } ?? 0
        lastTime = time
        append(Entry(time: time, value: value))
        let smooth = median(with: value)
        return bout == nil
            ? lookForStart(smooth, at: time, interval: interval)
            : lookForEnd(smooth, at: time, interval: interval)
    }

    /// Time passes without a sample of this signal: a bout does not outlive a long silence.
    package mutating func pass(to time: Timestamp) -> Change? {
        guard bout != nil, let lastTime, time.seconds(since: lastTime) > patience else { return nil }
        return endBout(at: lastTime, confidence: 0.3)
    }

    // MARK: Start

    @inline(__always)
    private var startThreshold: Double {
        return max(workFloor, (level ?? 0) + parameters.contrast)
    }

    /// The least level of a bout.
    private var workFloor: Double {
        let easyPart = easy.map { $0 * parameters.ratioToEasy } ?? 0
        return max(parameters.floor, easyPart, easySeconds < Self.easyKnown ? parameters.unknownEasyFloor : 0)
    }

    private mutating func lookForStart(_ value: Double, at time: Timestamp, interval: Double) -> Change? {
        if let change = lookForStep(value: entry(0).value, at: time) { return change }
        let threshold = startThreshold
        // Full evidence is one contrast above the threshold's foot; a wild sample counts no more than that.
        let evidence = min((value - threshold) / (0.5 * parameters.contrast) + 0.5, 1)
        sum = max(0, sum + evidence * interval)
        sumSamples = sum > 0 ? sumSamples + 1 : 0
        if sum >= parameters.decisionSeconds, sumSamples >= 2, value >= threshold {
            let before = level ?? 0
            let start = rampStart(from: before, to: value)
            bout = Bout(before: before, level: value, start: start)
            sum = 0
            sumSamples = 0
            lastChange = start
            let margin = (value - threshold) / max(parameters.contrast, 1e-6)
            return .began(start: start, confidence: min(1, 0.6 + 0.4 * margin))
        }
        if sum == 0 { learn(value, interval: interval) }
        return nil
    }

    private mutating func lookForStep(value: Double, at time: Timestamp) -> Change? {
        guard parameters.odds.isFinite, let level else { return nil }
        guard value > level + 0.4 * parameters.contrast else {
            raised = 0
            return nil
        }
        raised += 1
        let bound = workFloor
        // As long as the athlete's easy running is unknown, a start to a run cannot be told from one to a bout by how it begins.
        guard raised >= 2, value > (easySeconds < Self.easyKnown ? 0.95 : 0.6) * bound else { return nil }
        fillFit(at: time, since: lastChange?.advanced(bySeconds: 4))
        guard fit.count >= 4 else { return nil }
        let variance = parameters.noise * parameters.noise
        let finding = fit.compare(
            bound: bound, rise: parameters.contrast, oldest: 10 + 8 * typicalInterval, spacing: typicalInterval,
            variance: variance, responses: responses)
        let odds = (finding.staying - finding.reaching) / (2 * variance)
        guard odds >= parameters.odds else { return nil }
        let dated = time.advanced(bySeconds: -finding.age)
        let start = lastChange.map { max($0, dated) } ?? dated
        bout = Bout(before: finding.before, level: value, start: start)
        raised = 0
        sum = 0
        sumSamples = 0
        lastChange = start
        return .began(start: start, confidence: 1 - 1 / (1 + odds))
    }

    private mutating func fillFit(at time: Timestamp, since: Timestamp?) {
        fit.removeAll()
        for age in 0..<min(filled, StepFit.capacity) {
            let candidate = entry(age)
            if let since, candidate.time < since, fit.count >= 6 { break }
            fit.append(age: time.seconds(since: candidate.time), value: candidate.value)
        }
    }

    /// The levels learn only while nothing speaks for a bout, so that a ramp does not raise its own threshold.
    private mutating func learn(_ value: Double, interval: Double) {
        if let old = level {
            // Down at once, up slowly: a ramp must not pull up what it is measured against.
            level = old + min(1, interval / (value > old ? parameters.levelUpSeconds : 6)) * (value - old)
        } else {
            level = value
        }
        guard value >= parameters.runningFloor else { return }
        easySeconds += interval
        if let old = easy {
            // Up within a minute; down slowly, because a runner who walks or tires has not forgotten how to run.
            let seconds = value > old ? 60.0 : 900.0
            easy = old + min(1, interval / seconds) * (value - old)
        } else if let level, level >= parameters.runningFloor {
            easy = level
        }
    }

    // MARK: End

    private mutating func lookForEnd(_ value: Double, at time: Timestamp, interval: Double) -> Change? {
        guard var current = bout else { return nil }
        let threshold = max(0.5 * (current.level + current.before), parameters.endShare * current.level)
        let half = max(current.level - threshold, 1e-6)
        let evidence = min((threshold - value) / half + 0.5, 1)
        sum = max(0, sum + evidence * interval)
        sumSamples = sum > 0 ? sumSamples + 1 : 0
        // A turn or a stumble of a few seconds does not cut a long repetition in two.
        let patience = time.seconds(since: current.start) > 60 ? 3.0 : 1.0
        if sum >= patience * parameters.endSeconds, sumSamples >= 2, value < threshold {
            let end = parameters.odds.isFinite ? slowing(from: current.level, at: time) : slowingStart(from: current.level, to: value)
            return endBout(at: end, confidence: min(1, 0.7 + 0.3 * (threshold - value) / half))
        }
        if value > threshold {
            // Up with the acceleration at once, down with fatigue slowly.
            let seconds = value > current.level ? 1.0 : 8.0
            current.level += min(1, interval / seconds) * (value - current.level)
            bout = current
        }
        return nil
    }

    private mutating func endBout(at end: Timestamp, confidence: Double) -> Change {
        let start = bout?.start ?? end
        bout = nil
        sum = 0
        sumSamples = 0
        // What follows a bout is learnt afresh: a walk after a jog, a jog after a walk.
        level = recentMinimum(since: end)
        lastChange = end
        return .ended(end: max(end, start), confidence: confidence)
    }

    private mutating func restart(after silenceStart: Timestamp, _ value: Double, at time: Timestamp) -> Change? {
        let change = bout == nil ? nil : endBout(at: silenceStart, confidence: 0.3)
        filled = 0
        next = 0
        rawCount = 0
        sum = 0
        sumSamples = 0
        lastTime = time
        append(Entry(time: time, value: value))
        _ = median(with: value)
        // The level before the silence stays: a runner who pauses the watch comes back to what he did.
        if level == nil { level = value }
        return change
    }

    // MARK: History

    private mutating func append(_ entry: Entry) {
        recent[next] = entry
        next = (next + 1) & (Self.capacity - 1)
        filled = min(filled + 1, Self.capacity)
    }

    /// - Parameter age: 0 is the newest.
    private func entry(_ age: Int) -> Entry {
        recent[(next - 1 - age) & (Self.capacity - 1)]
    }

    /// The median of the last three values: a lone spike vanishes, an edge is kept and comes one sample late.
    private mutating func median(with value: Double) -> Double {
        let (older, newer) = lastRaw
        lastRaw = (newer, value)
        rawCount = min(rawCount + 1, 3)
        switch rawCount {
        case 1: return value
        case 2: return min(newer, value)
        default: return max(min(older, newer), min(max(older, newer), value))
        }
    }

    /// Back from now to the sample after which the signal left the level before.
    private func rampStart(from before: Double, to now: Double) -> Timestamp {
        let low = before + 0.18 * max(now - before, parameters.contrast)
        return edge { $0 <= low }
    }

    private func slowingStart(from level: Double, to now: Double) -> Timestamp {
        let high = level - 0.15 * max(level - now, parameters.contrast)
        return edge { $0 >= high }
    }

    /// The newest sample for which `isBefore` holds twice in a row, or the oldest known, less the signal's delay; never before
    /// the last change.
    private func edge(_ isBefore: (Double) -> Bool) -> Timestamp {
        var found = entry(0).time
        for age in 0..<filled {
            let candidate = entry(age)
            if let lastChange, candidate.time < lastChange { break }
            found = candidate.time
            if isBefore(candidate.value), age + 1 >= filled || isBefore(entry(age + 1).value) { break }
        }
        let dated = found.advanced(bySeconds: -parameters.delay)
        return lastChange.map { max($0, dated) } ?? dated
    }

    private mutating func slowing(from level: Double, at time: Timestamp) -> Timestamp {
        fillFit(at: time, since: bout?.start.advanced(bySeconds: 4))
        let finding = fit.compare(
            bound: level, rise: -0.5 * parameters.contrast, oldest: 10 + 2 * typicalInterval, spacing: typicalInterval,
            variance: parameters.noise * parameters.noise, responses: slowings)
        let dated = time.advanced(bySeconds: -finding.age)
        return lastChange.map { max($0, dated) } ?? dated
    }

    private func recentMinimum(since time: Timestamp) -> Double {
        var minimum = entry(0).value
        for age in 0..<filled {
            let candidate = entry(age)
            if candidate.time < time { break }
            minimum = min(minimum, candidate.value)
        }
        return minimum
    }
}
