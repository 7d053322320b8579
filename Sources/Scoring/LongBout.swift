// SPDX-License-Identifier: GPL-3.0-or-later

/// What was measured of a bout that may outlast ``History``, taken down while history still reached it.
struct LongBout: Sendable {
    /// Seconds from the recording's start.
    let start: Double
    /// Of the quarter seconds from `start` on that are taken down.
    private(set) var speeds: QuarterSecondMeans
    private(set) var heartRates: QuarterSecondMeans
    /// How many quarter seconds are done with, known or not.
    private var count = 0
    /// The totals where the bout began, and where its working part began.
    let before: History.Totals
    let beforeWorking: History.Totals

    /// - Parameters:
    ///   - history: reaching the bout's start, and some seconds into it.
    ///   - limits: where the session's targets are known, only what they ask is kept.
    init(start: Double, history: History, limits: TraceLimits?) {
        self.start = start
        speeds = QuarterSecondMeans(limits: limits?.speeds)
        heartRates = QuarterSecondMeans(limits: limits?.heartRates)
        before = history.totals(at: start)
        beforeWorking = history.totals(at: WorkingPart.toldStart(of: start))
    }

    /// Takes down the quarter seconds that end by a time.
    ///
    /// - Parameters:
    ///   - end: seconds; what is taken down already stays.
    ///   - history: reaching what is not taken down yet.
    mutating func follow(to end: Double, _ history: History) {
        let quarters = Self.quarters(from: start, to: end)
        // What a long silence moved out of history's reach was not known.
        count = max(count, min(quarters, Self.quarters(from: start, to: history.oldest)))
        let first = start + Double(count) * History.resolution
        history.quarterMeans(from: first, count: quarters - count) { speed, rate in
            speeds.append(speed?.mean)
            heartRates.append(rate?.mean)
        }
        count = max(count, quarters)
    }

    /// Those that lie in a span whole.
    private static func quarters(from start: Double, to end: Double) -> Int {
        Int(min(max((end - start) / History.resolution, 0), 1e15))
    }
}
