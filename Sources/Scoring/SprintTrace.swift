// SPDX-License-Identifier: GPL-3.0-or-later
import Segmentation

/// What was measured of one sprint, kept so that it can be scored later: against any maximum, or if it was settled before what will be asked, against
/// the session's own targets.
package struct SprintTrace: Equatable, Sendable {
    /// Seconds from the recording's start.
    package var start: Double
    package var end: Double
    /// Mean speed of each quarter second from `start`, m/s.
    package var quarterSpeeds: QuarterSecondMeans
    /// Mean heart rate of each quarter second from `start`, bpm.
    package var quarterHeartRates: QuarterSecondMeans
    /// Mean speed of the working part (``WorkingPart``), m/s.
    package var workingSpeed: Double?
    package var meanSpeed: Double?
    package var maxSpeed: Double?
    /// The share of the sprint in which speed was known, 0...1.
    package var speedCoverage: Double
    /// The largest rate from the start to 30 s after the end: heart rate peaks at a short sprint's end or after it.
    package var peakHeartRate: Double?
    /// Mean rate around 30, 60 and 90 s after the end, bpm; `nil` where too little was heard or work had begun again.
    package var rateAfter30: Double?
    package var rateAfter60: Double?
    package var rateAfter90: Double?
}

extension SprintTrace {
    /// Half the window, in seconds, over which the rate after a sprint is averaged.
    static let recoveryHalfWindow = 2.5
    /// How long after the end the peak is looked for, in seconds (the design's effort rule).
    package static let peakWindow = 30.0

    /// - Parameters:
    ///   - nextWork: where the next work bout began; a recovery reading after it would be none.
    ///   - limits: where the session's targets are known, only what they ask is kept.
    package init(start: Double, end: Double, history: History, nextWork: Double?, limits: TraceLimits? = nil) {
        let quarter = History.resolution
        var speeds = QuarterSecondMeans(limits: limits?.speeds)
        var rates = QuarterSecondMeans(limits: limits?.heartRates)
        // What is longer than history is a ``LongBout``, or mostly silence.
        let count = Int(min(max((end - start) / quarter, 0), History.reach / quarter))
        speeds.reserveCapacity(count)
        rates.reserveCapacity(count)
        history.quarterMeans(from: start, count: count) { speed, rate in
            speeds.append(speed?.mean)
            rates.append(rate?.mean)
        }
        let all = history.meanSpeed(from: start, to: end)
        let part = WorkingPart(start: start, end: end, history: history, nextWork: nextWork)
        let afterwards = Afterwards(end: end, history: history, nextWork: nextWork)
        let peaks = history.peaks(from: start, to: end)
        self.init(
            start: start, end: end, quarterSpeeds: speeds, quarterHeartRates: rates,
            workingSpeed: part.meanSpeed, meanSpeed: all?.mean, maxSpeed: peaks.speed,
            speedCoverage: all?.coverage ?? 0, afterwards, peaks)
    }

    /// - Parameters:
    ///   - bout: followed to its end.
    ///   - peaks: of the bout.
    ///   - history: reaching the bout's last seconds.
    init(_ bout: LongBout, end: Double, peaks: History.Peaks, history: History, nextWork: Double?) {
        let totals = history.totals(at: end)
        self.init(
            start: bout.start, end: end, quarterSpeeds: bout.speeds, quarterHeartRates: bout.heartRates,
            workingSpeed: WorkingPart(bout, end: end, history: history).meanSpeed,
            meanSpeed: totals.meanSpeed(since: bout.before), maxSpeed: peaks.speed,
            speedCoverage: (totals.speedTime - bout.before.speedTime) / (end - bout.start),
            Afterwards(end: end, history: history, nextWork: nextWork), peaks)
    }

    private init(
        start: Double, end: Double, quarterSpeeds: QuarterSecondMeans, quarterHeartRates: QuarterSecondMeans,
        workingSpeed: Double?, meanSpeed: Double?, maxSpeed: Double?, speedCoverage: Double, _ afterwards: Afterwards,
        _ peaks: History.Peaks
    ) {
        var peaks = peaks
        peaks.merge(afterwards.peaks)
        self.init(
            start: start, end: end, quarterSpeeds: quarterSpeeds, quarterHeartRates: quarterHeartRates,
            workingSpeed: workingSpeed, meanSpeed: meanSpeed, maxSpeed: maxSpeed, speedCoverage: speedCoverage,
            peakHeartRate: peaks.heartRate, rateAfter30: afterwards.after30, rateAfter60: afterwards.after60,
            rateAfter90: afterwards.after90)
    }
}

extension SprintTrace {
    /// - Parameter phase: the bout's own, which tells most of the same.
    func pack(into numbers: inout PackedNumbers, of phase: PhaseRecord) {
        numbers.append(start, near: phase.start)
        numbers.append(end, near: phase.end)
        numbers.append(meanSpeed, near: phase.meanSpeed)
        numbers.append(workingSpeed, near: meanSpeed)
        numbers.append(maxSpeed, near: phase.maxSpeed)
        numbers.append(speedCoverage, near: 1)
        numbers.append(peakHeartRate, near: phase.peakHeartRate)
        numbers.append(rateAfter30, near: peakHeartRate)
        numbers.append(rateAfter60, near: rateAfter30)
        numbers.append(rateAfter90, near: rateAfter60)
        quarterSpeeds.pack(into: &numbers)
        quarterHeartRates.pack(into: &numbers)
    }

    /// - Parameter limits: those of the session.
    init(unpacking numbers: inout PackedNumbers.Reader, of phase: PhaseRecord, limits: TraceLimits?) {
        start = numbers.number(near: phase.start) ?? phase.start
        end = numbers.number(near: phase.end) ?? phase.end
        meanSpeed = numbers.number(near: phase.meanSpeed)
        workingSpeed = numbers.number(near: meanSpeed)
        maxSpeed = numbers.number(near: phase.maxSpeed)
        speedCoverage = numbers.number(near: 1) ?? 0
        peakHeartRate = numbers.number(near: phase.peakHeartRate)
        rateAfter30 = numbers.number(near: peakHeartRate)
        rateAfter60 = numbers.number(near: rateAfter30)
        rateAfter90 = numbers.number(near: rateAfter60)
        quarterSpeeds = QuarterSecondMeans(unpacking: &numbers, limits: limits?.speeds)
        quarterHeartRates = QuarterSecondMeans(unpacking: &numbers, limits: limits?.heartRates)
    }
}

/// The heart rate after a bout.
private struct Afterwards {
    /// Of the ``SprintTrace/peakWindow``.
    let peaks: History.Peaks
    /// bpm around 30, 60 and 90 s after the end.
    let after30: Double?
    let after60: Double?
    let after90: Double?

    init(end: Double, history: History, nextWork: Double?) {
        peaks = history.peaks(from: end, to: min(end + SprintTrace.peakWindow, nextWork ?? .infinity))
        func rate(after seconds: Double) -> Double? {
            let middle = end + seconds
            // The lag of heart rate makes a reading at the very start of the next sprint still one of recovery.
            if let nextWork, middle > nextWork + 5 { return nil }
            let half = SprintTrace.recoveryHalfWindow
            let window = history.meanHeartRate(from: middle - half, to: middle + half)
            return window.flatMap { $0.coverage >= 0.5 ? $0.mean : nil }
        }
        after30 = rate(after: 30)
        after60 = rate(after: 60)
        after90 = rate(after: 90)
    }
}
