// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement

/// Finds work bouts in one effort signal (speed, cadence, or the demand behind a heart rate), online.
///
/// The signal is a share of the athlete's maximum. A bout begins when a step of the runner's pace, seen through the sensor's own lag
/// (``StepFit``), reaches the level of work with sufficient odds against one that does not; the same fit says where the step began. What
/// comes on too slowly for a step is caught by a one-sided cumulative sum (Page 1954, Biometrika 41:100) in seconds of evidence. A
/// bout ends when the same kind of sum says that the signal has left the bout's level, and the fit says where the slowing began.
/// What counts as work follows the athlete's own levels (``Levels``).
///
/// Cost per sample is bounded, memory is fixed, nothing is allocated after `init`.
package struct BoutDetector: Sendable {
    package enum Change: Equatable, Sendable {
        /// `start` is where the acceleration began; never before the last change.
        case began(start: Timestamp, confidence: Double)
        /// `end` is where the slowing began.
        case ended(end: Timestamp, confidence: Double)
    }

    private struct Bout {
        var before: Double
        var level: Double
        /// As ``level``, but slow: what most of the bout was like.
        var usual: Double
        /// Seconds for which the signal has been well below ``usual``.
        var slowFor = 0.0
        var start: Timestamp
    }

    /// What has risen and been held, and is work if it goes on for long enough.
    private struct Candidate {
        var start: Timestamp
        var before: Double
        /// Of the level since: integral and seconds.
        var integral = 0.0
        var seconds = 0.0

        var level: Double { integral / seconds }
    }

    private let parameters: Parameters
    /// As the parameters have it, in nanoseconds.
    private let silence: Int64
    private var recent = RecentValues()
    private var fit = StepFit()
    private var levels: Levels

    /// Of the newest sample that was not thinned out.
    private(set) var lastTime: Timestamp?
    /// What comes later comes after a silence that is longer than a bout survives.
    private var patientUntil = Timestamp(nanoseconds: -Timestamp.limit)
    private var typicalInterval = 1.0
    private var bout: Bout?
    private var candidate: Candidate?
    private var sum = 0.0
    private var sumSamples = 0
    /// How many samples in a row stood out from the level outside of bouts.
    private var raised = 0
    private var lastChange: Timestamp?
    /// No edge is dated back beyond this: the last change, or the end of the last silence.
    private var earliest = Timestamp(nanoseconds: -Timestamp.limit)

    /// Nanoseconds. Denser samples add nothing to edges of a tenth of a second and would shorten the history.
    private static let shortestInterval: Int64 = 190_000_000
    /// Nanoseconds for which a repeated value may be a footpod that has not taken another stride.
    private static let longestStride: Int64 = 1_400_000_000
    /// Seconds after a change in which the signal still settles, so that the next fit need not explain it.
    private static let settling = 4.0

    /// How far a change of pace differs from the model's, as a share of its height.
    private static let misfit = 0.05
    /// How much less likely, as a natural logarithm, a change to another easy pace is to be as quick as a sprint's start.
    private static let quickPenalty = 2.5
    /// As a multiple of what decides: what has gone on for longer is over as soon as what has not.
    private static let mostEvidence = 2.0
    /// A bout that is heard of again after a silence has gone on all the time, up to so many times its usual length.
    private static let longestUnseen = 1.25
    private static let unseenConfidence = 0.3
    /// Seconds within which a step is known.
    private static let longestRise = 10.0
    /// Seconds at a much slower pace after which a bout is over, however slowly it got there.
    private static let slowingSeconds = 20.0

    package init(_ parameters: Parameters) {
        self.parameters = parameters
        silence = Timestamp(seconds: parameters.silenceSeconds).nanoseconds
        levels = Levels(parameters)
    }

    package var inBout: Bool { bout != nil }

    /// Whether a pace is being held that is work if it lasts.
    var hasCandidate: Bool { candidate != nil }

    /// Whether the signal has just begun to stand out: what that is will be known in some seconds.
    var isRising: Bool { raised > 0 && Double(raised) * typicalInterval < Self.longestRise }

    /// Whether there has been a bout of the present set.
    var knowsBouts: Bool { levels.fast != nil }

    /// Whether the open bout may be over: evidence has begun to add up.
    @inline(__always)
    package var isEnding: Bool { bout != nil && sum > 0 }

    /// Whether the signal has been silent for longer than a bout survives.
    @inline(__always)
    package func isSilent(at time: Timestamp) -> Bool { time > patientUntil }

    /// Notes that the signal was heard. Asked for with every sample of any signal, so that it is one comparison then.
    @inline(__always)
    private mutating func note(_ time: Timestamp) {
        lastTime = time
        let sparse = 2.5 * typicalInterval
        patientUntil =
            sparse > parameters.silenceSeconds
            ? time.advanced(bySeconds: sparse) : Timestamp(nanoseconds: time.nanoseconds &+ silence)
    }

    /// - Parameters:
    ///   - value: the effort as a share of maximum, finite.
    ///   - time: not before that of the call before.
    ///   - mayBegin: whether other evidence allows a bout to begin now.
    @inline(__always)  // Every second speed is repeated.
    package mutating func ingest(_ value: Double, at time: Timestamp, mayBegin: Bool = true) -> Change? {
        isNew(value, at: time) ? take(value, at: time, mayBegin: mayBegin) : nil
    }

    @inline(__always)
    private func isNew(_ value: Double, at time: Timestamp) -> Bool {
        guard let lastTime else { return true }
        let elapsed = time.nanoseconds(since: lastTime)
        return elapsed >= Self.longestStride || elapsed >= Self.shortestInterval && value != recent[0].value
    }

    private mutating func take(_ value: Double, at time: Timestamp, mayBegin: Bool) -> Change? {
        var interval = 0.0
        if let lastTime {
            if isSilent(at: time) { return restart(after: lastTime, value, at: time) }
            interval = min(time.seconds(since: lastTime), 10)
            typicalInterval += 0.1 * (interval - typicalInterval)
        } else {
            earliest = time
        }
        note(time)
        recent.append(value, at: time)
        let smooth = recent.median
        return bout == nil
            ? lookForStart(value, smooth, at: time, interval: interval, mayBegin: mayBegin)
            : lookForEnd(smooth, at: time, interval: interval)
    }

    /// Takes a bout that was found by other means into what is known of the set.
    ///
    /// - Returns: whether it is of the level of the set's bouts, or of work at all where there is no set.
    mutating func adopt(level: Double, between: Double, from start: Timestamp, to end: Timestamp) -> Bool {
        guard bout == nil, level >= parameters.blockFloor, level >= 0.8 * (levels.fast ?? 0) else { return false }
        levels.noteBoutEnded(level: level, at: end, seconds: end.seconds(since: start), wasKnownEarly: false)
        levels.noteBetween(between)
        lastChange = end
        earliest = end
        return true
    }

    /// Time passes without a sample of this signal: a bout does not outlive a long silence.
    @inline(__always)
    package mutating func pass(to time: Timestamp) -> Change? {
        bout != nil && isSilent(at: time) ? passSilently(to: time) : nil
    }

    private mutating func passSilently(to time: Timestamp) -> Change? {
        guard let bout, let lastTime else { return nil }
        // It may still be going on where nothing is heard of it.
        if let length = levels.expectedLength, time.seconds(since: bout.start) < length { return nil }
        return endBout(at: unseenEnd(of: bout, from: lastTime, to: time), confidence: Self.unseenConfidence)
    }

    /// Where a bout that went on when a silence began, and was over when it ended, is most likely to have ended: where the set's bouts do.
    private func unseenEnd(of bout: Bout, from silence: Timestamp, to time: Timestamp) -> Timestamp {
        guard let length = levels.expectedLength else { return silence }
        return min(max(bout.start.advanced(bySeconds: length), silence), time)
    }

    // MARK: Start

    @inline(__always)
    private mutating func lookForStart(
        _ value: Double, _ smooth: Double, at time: Timestamp, interval: Double, mayBegin: Bool
    ) -> Change? {
        let contrast = levels.contrast
        if mayBegin, let change = lookForStep(value, contrast, at: time) { return change }
        let before = levels.outside ?? 0
        // What is hard for anybody need not stand out as much.
        let standingOut = min(before + contrast, larger(parameters.surelyHard, before + Levels.lessContrast * contrast))
        let threshold = larger(levels.sustainedFloor, standingOut)
        // Full evidence is half a contrast above the threshold's foot; a wild sample counts no more than that.
        let evidence = min((smooth - threshold) / (0.5 * contrast) + 0.5, 1)
        sum = min(larger(0, sum + evidence * interval), Self.mostEvidence * parameters.decisionSeconds)
        sumSamples = sum > 0 ? sumSamples + 1 : 0
        guard sum > 0 else {
            candidate = nil
            levels.learn(smooth, interval: interval, at: time)
            return nil
        }
        if sum >= parameters.decisionSeconds, sumSamples >= 2, smooth >= threshold {
            noteHeld(smooth, bound: threshold, rise: contrast, before: before, at: time, interval: interval)
        }
        guard mayBegin, let candidate, candidate.level >= levels.workFloor(after: time.seconds(since: candidate.start)),
            smooth >= threshold
        else { return nil }
        let margin = (candidate.level - threshold) / max(contrast, 1e-6)
        return beginBout(
            at: candidate.start, before: before, level: candidate.level, confidence: min(0.9, 0.6 + 0.3 * margin))
    }

    /// The signal is where work may be, and has been long enough to be no spike.
    private mutating func noteHeld(
        _ value: Double, bound: Double, rise: Double, before: Double, at time: Timestamp, interval: Double
    ) {
        if candidate == nil {
            var span = 0.0
            if mayBeStride {
                // Measured from easy running, which a walker takes up in a moment.
                let base = max(before, min(levels.easy ?? before, bound)) + 0.1 * rise
                guard let seconds = BuildUp.held(recent, above: base) else { return }
                span = seconds
            }
            let finding = compare(
                bound: bound, rise: rise, since: settled(after: lastChange), at: time, reaching: span + Self.settling)
            candidate = Candidate(start: max(time.advanced(bySeconds: -finding.age), earliest), before: before)
        }
        candidate?.integral += value * max(interval, 1e-3)
        candidate?.seconds += max(interval, 1e-3)
    }

    private mutating func lookForStep(_ value: Double, _ contrast: Double, at time: Timestamp) -> Change? {
        guard let outside = levels.outside, value > outside + 0.4 * contrast else {
            raised = 0
            return nil
        }
        raised += 1
        let bound = levels.workFloor
        // As long as the athlete's easy running is unknown, the start of a run looks like that of a bout.
        guard raised >= 2, value > (levels.knowsEasy ? parameters.extrapolation : 0.95) * bound else { return nil }
        // No runner follows the model's shape exactly: the misfit grows with the rise.
        let misfit = Self.misfit * (value - outside)
        let total = variance + misfit * misfit
        let question = ask(
            bound: bound, rise: contrast, since: settled(after: lastChange), at: time,
            penalty: 2 * total * Self.quickPenalty)
        guard fit.count >= 4,
            fit.reaches(question, odds: parameters.odds, scale: 2 * total, responses: parameters.responses)
        else { return nil }
        let finding = fit.compare(question, responses: parameters.responses)
        guard isStep(at: time) else { return nil }
        let odds = (finding.staying - finding.reaching) / (2 * total)
        return beginBout(
            at: time.advanced(bySeconds: -finding.age), before: outside, level: value, confidence: 1 - 1 / (1 + odds))
    }

    /// Strides belong to the warm-up: where there is a set, who builds up his pace to its level is at work.
    private var mayBeStride: Bool { parameters.buildUpSlope > 0 && !levels.isSet }

    /// Whether the rise is a step, and not a pace that is or was built up evenly, as in a stride: whether that is held is to be waited for.
    private mutating func isStep(at time: Timestamp) -> Bool {
        guard mayBeStride else { return true }
        let question = ask(
            bound: 0, rise: 1, since: settled(after: lastChange), at: time, reaching: BuildUp.longest,
            noLessThan: min(levels.easy ?? 0, levels.workFloor))
        return fit.isStep(
            question, slope: parameters.buildUpSlope, margin: 2 * variance * BuildUp.stepOdds,
            settled: BuildUp.settledStep, proof: 2 * variance * parameters.odds,
            latest: BuildUp.latestStep + 3 * typicalInterval, responses: parameters.responses)
    }

    private mutating func beginBout(at dated: Timestamp, before: Double, level: Double, confidence: Double) -> Change {
        let start = max(dated, earliest)
        bout = Bout(before: before, level: level, usual: level, start: start)
        levels.noteBoutBegan()
        clearEvidence()
        lastChange = start
        earliest = start
        return .began(start: start, confidence: confidence)
    }

    private mutating func clearEvidence() {
        raised = 0
        sum = 0
        sumSamples = 0
        candidate = nil
    }

    // MARK: Fit

    @inline(__always)
    private var variance: Double { parameters.noise * parameters.noise }

    private func settled(after time: Timestamp?) -> Timestamp? {
        time?.advanced(bySeconds: Self.settling)
    }

    /// Takes the observations into the fit.
    ///
    /// - Parameters:
    ///   - since: what came before is left out, but for a handful of samples.
    ///   - span: seconds that the observations are to reach back: of dense ones some are left out then.
    private mutating func ask(
        bound: Double, rise: Double, since: Timestamp?, at time: Timestamp, reaching span: Double = 0,
        noLessThan least: Double = 0, penalty: Double = 0
    ) -> StepFit.Question {
        fit.observe(
            recent, at: time, since: since, spacing: span / Double(StepFit.capacity), noLessThan: least)
        return StepFit.Question(
            bound: bound, rise: rise, oldest: max(parameters.reach + 8 * typicalInterval, span),
            spacing: typicalInterval, variance: variance, penalty: penalty)
    }

    private mutating func compare(
        bound: Double, rise: Double, since: Timestamp?, at time: Timestamp, reaching span: Double = 0
    ) -> StepFit.Finding {
        let question = ask(bound: bound, rise: rise, since: since, at: time, reaching: span)
        return fit.compare(question, responses: parameters.responses)
    }

    // MARK: End

    @inline(__always)
    private mutating func lookForEnd(_ value: Double, at time: Timestamp, interval: Double) -> Change? {
        guard var current = bout else { return nil }
        let elapsed = time.seconds(since: current.start)
        let threshold = levels.endThreshold(before: current.before, level: current.level, elapsed: elapsed)
        let half = larger(current.level - threshold, 1e-6)
        let evidence = min((threshold - value) / half + 0.5, 1)
        sum = larger(0, sum + evidence * interval)
        sumSamples = sum > 0 ? sumSamples + 1 : 0
        // A turn or a stumble of a few seconds does not cut a long repetition in two.
        let longer = elapsed > 60 ? 3.0 : 1.0
        if sum >= longer * parameters.endSeconds, sumSamples >= 2, value < threshold {
            let finding = compare(
                bound: current.level, rise: -0.5 * levels.contrast, since: settled(after: current.start), at: time)
            return endBout(
                at: time.advanced(bySeconds: -finding.age - parameters.endDelay),
                confidence: min(1, 0.7 + 0.3 * (threshold - value) / half))
        }
        if let change = lookForSlowing(value, &current, at: time, interval: interval) { return change }
        if value > threshold {
            // Up with the acceleration at once, down with fatigue slowly.
            let seconds = value > current.level ? 1.0 : 8.0
            current.level += min(1, interval / seconds) * (value - current.level)
        }
        let usualSeconds = value > current.usual ? 15.0 : 600
        current.usual += min(1, interval / usualSeconds) * (value - current.usual)
        bout = current
        return nil
    }

    /// A long bout whose level has crept down with the slowing itself, too slowly for the sum.
    private mutating func lookForSlowing(
        _ value: Double, _ current: inout Bout, at time: Timestamp, interval: Double
    ) -> Change? {
        // Who came from a run goes back to one; its share of the bout may be more.
        let bound =
            levels.isRun(current.before)
            ? levels.endThreshold(
                before: current.before, level: current.usual, elapsed: time.seconds(since: current.start))
            : parameters.endShare * current.usual
        guard value < bound else {
            current.slowFor = 0
            return nil
        }
        current.slowFor += interval
        guard current.slowFor >= Self.slowingSeconds else { return nil }
        // The level has gone down with the slowing.
        bout?.level = current.usual
        return endBout(at: recent.last(above: 0.9 * current.usual) ?? time, confidence: 0.7)
    }

    private mutating func endBout(at dated: Timestamp, confidence: Double) -> Change {
        let start = bout?.start ?? dated
        let end = max(dated, start)
        if let bout {
            levels.noteBoutEnded(level: bout.level, at: end, seconds: end.seconds(since: start), wasKnownEarly: true)
        }
        bout = nil
        clearEvidence()
        levels.resume(at: recent.minimum(since: end))
        lastChange = end
        earliest = end
        return .ended(end: end, confidence: confidence)
    }

    private mutating func restart(after silenceStart: Timestamp, _ value: Double, at time: Timestamp) -> Change? {
        var change: Change?
        if let bout {
            let elapsed = time.seconds(since: bout.start)
            let isOver =
                value < levels.endThreshold(before: bout.before, level: bout.level, elapsed: elapsed)
                || elapsed > Self.longestUnseen * (levels.expectedLength ?? 0)
            if isOver {
                change = endBout(
                    at: unseenEnd(of: bout, from: silenceStart, to: time), confidence: Self.unseenConfidence)
            }
        }
        recent.removeAll()
        clearEvidence()
        note(time)
        earliest = time
        levels.noteSilence()
        recent.append(value, at: time)
        // The level before the silence stays: a runner who pauses the watch comes back to what he did.
        levels.resumeIfUnknown(at: value)
        return change
    }
}
