// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement

/// Recovers the effort behind a lagging heart rate.
///
/// Heart rate follows a step of effort about exponentially, quicker up than down: near 30 s at the onset of hard work, as oxygen uptake does
/// (Bearden & Moffatt 2001, J Appl Physiol 90:2081: 20–40 s), near a minute in recovery (Wang, Su & Celler 2006, IEEE EMBS: 55 s parts
/// the fit from the unfit). Turned round, the rate that the effort would settle at is `rate + constant × slope`. The slope is a
/// least-squares line through the last few seconds, so one odd sample moves it little. What lag is left, that of the demand itself, is
/// the business of the fit behind it (``StepFit``).
package struct HeartRateDemand: Sendable {
    private struct Entry: Sendable, BitwiseCopyable {
        var time = Timestamp.zero
        var rate = 0.0
    }

    /// In seconds.
    package static let riseConstant = 30.0
    /// In seconds.
    package static let fallConstant = 55.0
    /// The slope's window, in seconds: long enough for a rate sent in whole beats per minute.
    package static let window = 7.0
    /// Nanoseconds: 4 Hz straps repeat a value that changes about once a second.
    private static let shortestSpacing: Int64 = 900_000_000
    /// bpm per second. No effort moves a rate faster for longer: (190 − 100) / 30. What jumps is a strap that has found the beat again, and its
    /// excess says nothing of the effort.
    private static let steepest = 3.0
    /// A power of two.
    private static let capacity = 32

    private var entries = [Entry](repeating: Entry(), count: capacity)
    private var next = 0
    private var filled = 0
    /// The sum of all excesses of jumps, in bpm: taken off the rates that the slope is made of.
    private var jumped = 0.0

    package init() {}

    /// - Parameters:
    ///   - rate: bpm.
    ///   - time: not before that of the call before.
    /// - Returns: the rate, in bpm, at which the present effort would settle; `nil` until a slope is known.
    @inline(__always)  // Most rates are repeated.
    package mutating func ingest(_ rate: Double, at time: Timestamp) -> Double? {
        filled > 0 && time.nanoseconds(since: newest.time) < Self.shortestSpacing ? nil : take(rate, at: time)
    }

    private mutating func take(_ rate: Double, at time: Timestamp) -> Double? {
        if filled > 0 {
            let spacing = time.seconds(since: newest.time)
            if spacing > 15 { filled = 0 }
            let change = rate - jumped - newest.rate
            let most = Self.steepest * spacing
            if filled > 0 { jumped += change - min(larger(change, -most), most) }
        }
        entries[next] = Entry(time: time, rate: rate - jumped)
        next = (next + 1) & (Self.capacity - 1)
        filled = min(filled + 1, Self.capacity)
        return slope(at: time).map { rate + ($0 > 0 ? Self.riseConstant : Self.fallConstant) * $0 }
    }

    @inline(__always)
    private var newest: Entry { entries.span[(next - 1) & (Self.capacity - 1)] }

    /// bpm per second.
    @inline(__always)
    private func slope(at time: Timestamp) -> Double? {
        var count = 0.0
        var sumTime = 0.0
        var sumRate = 0.0
        var sumTimeRate = 0.0
        var sumTimeTime = 0.0
        let entries = entries.span
        for age in 0..<filled {
            let entry = entries[(next - 1 - age) & (Self.capacity - 1)]
            let offset = entry.time.seconds(since: time)
            // Sparse recordings still need two points for a line.
            if offset < -Self.window, count >= 3 { break }
            count += 1
            sumTime += offset
            sumRate += entry.rate
            sumTimeRate += offset * entry.rate
            sumTimeTime += offset * offset
        }
        let spread = count * sumTimeTime - sumTime * sumTime
        guard count >= 3, spread > 1e-6 else { return nil }
        return (count * sumTimeRate - sumTime * sumRate) / spread
    }
}
