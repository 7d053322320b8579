// SPDX-License-Identifier: GPL-3.0-or-later
import Segmentation

/// What was measured of one sprint, kept so that it can be scored later: against any maximum, or if it was condensed, against the session's
/// own targets.
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

    /// - Parameter nextWork: where the next work bout began; a recovery reading after it would be none.
    package init(start: Double, end: Double, history: History, nextWork: Double?) {
        let quarter = History.resolution
        var speeds = QuarterSecondMeans()
        var rates = QuarterSecondMeans()
        // As long as history is: of a longer interval the first nine minutes.
        let count = Int(min(max((end - start) / quarter, 0), 540 / quarter))
        speeds.reserveCapacity(count)
        rates.reserveCapacity(count)
        history.quarterMeans(from: start, count: count) { speed, rate in
            speeds.append(speed?.mean)
            rates.append(rate?.mean)
        }
        let all = history.meanSpeed(from: start, to: end)
        let part = WorkingPart(start: start, end: end, history: history, nextWork: nextWork)
        let peakEnd = min(end + Self.peakWindow, nextWork ?? .infinity)
        func rate(after seconds: Double) -> Double? {
            let middle = end + seconds
            // The lag of heart rate makes a reading at the very start of the next sprint still one of recovery.
            if let nextWork, middle > nextWork + 5 { return nil }
            let window = history.meanHeartRate(
                from: middle - Self.recoveryHalfWindow, to: middle + Self.recoveryHalfWindow)
            return window.flatMap { $0.coverage >= 0.5 ? $0.mean : nil }
        }
        self.init(
            start: start, end: end, quarterSpeeds: speeds, quarterHeartRates: rates,
            workingSpeed: part.meanSpeed, meanSpeed: all?.mean,
            maxSpeed: history.peaks(from: start, to: end).speed, speedCoverage: all?.coverage ?? 0,
            peakHeartRate: history.peaks(from: start, to: peakEnd).heartRate,
            rateAfter30: rate(after: 30), rateAfter60: rate(after: 60), rateAfter90: rate(after: 90))
    }

    /// Gives up what no question about these limits needs.
    mutating func condense(to limits: TraceLimits) {
        quarterSpeeds.condense(to: limits.speeds)
        quarterHeartRates.condense(to: limits.heartRates)
    }
}
