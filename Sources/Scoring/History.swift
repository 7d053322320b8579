// SPDX-License-Identifier: GPL-3.0-or-later
package import Fusion
import Measurement

/// The last minutes of an athlete's stream, kept so that means and peaks between two back-dated times can be had exactly.
///
/// Running totals are noted at every quarter of a second, so a mean over any span is a difference of two of them, however long
/// the span; peaks are kept per quarter second. Memory is fixed: 2 304 quarters, 9.6 min, which is longer than any back-dating.
package struct History: Sendable {
    /// Integrals over the time that the quantity was known.
    package struct Totals: Equatable, Sendable, BitwiseCopyable {
        /// Seconds with a speed, and metres.
        package var speedTime = 0.0
        package var speedIntegral = 0.0
        /// Seconds with a heart rate, and bpm × s.
        package var heartRateTime = 0.0
        package var heartRateIntegral = 0.0
        /// Seconds with a cadence, and steps/min × s.
        package var cadenceTime = 0.0
        package var cadenceIntegral = 0.0
        /// Metres as the sensors count them; `nil` as long as none did.
        package var distance: Double?
    }

    /// The largest values of a span; `nil` where nothing was known.
    package struct Peaks: Equatable, Sendable, BitwiseCopyable {
        package var speed: Double?
        package var heartRate: Double?

        package mutating func merge(_ other: Peaks) {
            speed = Self.larger(speed, other.speed)
            heartRate = Self.larger(heartRate, other.heartRate)
        }

        private static func larger(_ left: Double?, _ right: Double?) -> Double? {
            guard let left else { return right }
            return right.map { max(left, $0) } ?? left
        }
    }

    private struct Quarter: Sendable, BitwiseCopyable {
        /// Totals at this quarter's end.
        var totals = Totals()
        var peaks = Peaks()
    }

    private struct Values: Equatable, Sendable, BitwiseCopyable {
        var speed: Double?
        var heartRate: Double?
        var cadence: Double?
        var distance: Double?
    }

    /// Seconds.
    package static let resolution = 0.25
    private static let capacity = 2304
    /// Beyond this spacing, in seconds, nothing is known between two samples: the sparsest recording has one in 8 s.
    private static let longestSpacing = 10.0

    /// Those that have ended, each at its index mod ``capacity``.
    private var quarters = [Quarter](repeating: Quarter(), count: capacity)
    /// The quarter that is being filled, counted from the recording's start.
    private var openIndex = 0
    /// `openIndex` mod ``capacity``, and the open quarter's end in seconds: asked for with every sample.
    private var openSlot = 0
    private var openEnd = resolution
    private var openPeaks = Peaks()
    private var totals = Totals()
    private var lastTime: Double?
    private var values = Values()

    package init() {}

    /// - Parameters:
    ///   - sample: times not falling, from 0 at the recording's start.
    ///   - completed: called for each quarter second that has just ended, with its peaks and its end in seconds.
    package mutating func ingest(_ sample: FusedSample, completed: (Peaks, Double) -> Void = { _, _ in }) {
        let time = max(sample.time.seconds, lastTime ?? 0)
        var fresh = Values(
            speed: sample.speed, heartRate: sample.heartRate, cadence: sample.cadence, distance: sample.distance)
        // What is marked as doubtful is shown to the athlete but not averaged.
        if sample.doubts.contains(.speedOutlier) { fresh.speed = values.speed }
        if !sample.doubts.isDisjoint(with: [.heartRateArtefact, .noSkinContact]) { fresh.heartRate = nil }
        if sample.doubts.contains(.cadenceOutlier) { fresh.cadence = values.cadence }
        integrate(to: time, fresh, completed: completed)
        values = fresh
        lastTime = time
        if sample.updated.contains(.speed), !sample.doubts.contains(.speedOutlier) {
            openPeaks.merge(Peaks(speed: fresh.speed))
        }
        if sample.updated.contains(.heartRate) { openPeaks.merge(Peaks(heartRate: fresh.heartRate)) }
    }

    private mutating func integrate(to time: Double, _ fresh: Values, completed: (Peaks, Double) -> Void) {
        guard let start = lastTime, time > start else {
            if lastTime == nil { skip(to: time) }
            totals.distance = fresh.distance ?? totals.distance
            return
        }
        let span = time - start
        guard span <= Self.longestSpacing else {
            skip(to: time)
            totals.distance = fresh.distance ?? totals.distance
            return
        }
        // Most spacings end within the quarter in which they begin.
        if openEnd > time { return add(from: 0, to: 1, span: span, fresh) }
        var from = 0.0
        while openEnd <= time {
            let to = (openEnd - start) / span
            add(from: from, to: to, span: span, fresh)
            from = to
            close(completed)
        }
        add(from: from, to: 1, span: span, fresh)
    }

    /// Adds the part of a spacing between two samples, `from` and `to` as shares of it.
    @inline(__always)
    private mutating func add(from: Double, to: Double, span: Double, _ fresh: Values) {
        let seconds = (to - from) * span
        guard seconds > 0 else { return }
        let middle = 0.5 * (from + to)
        if let old = values.speed, let new = fresh.speed {
            totals.speedTime += seconds
            totals.speedIntegral += seconds * (old + middle * (new - old))
        }
        if let old = values.heartRate, let new = fresh.heartRate {
            totals.heartRateTime += seconds
            totals.heartRateIntegral += seconds * (old + middle * (new - old))
        }
        if let old = values.cadence, let new = fresh.cadence {
            totals.cadenceTime += seconds
            totals.cadenceIntegral += seconds * (old + middle * (new - old))
        }
        if let new = fresh.distance {
            let old = values.distance ?? new
            totals.distance = old + to * (new - old)
        }
    }

    private mutating func close(_ completed: (Peaks, Double) -> Void) {
        quarters[openSlot] = Quarter(totals: totals, peaks: openPeaks)
        completed(openPeaks, openEnd)
        open(openIndex + 1)
    }

    private mutating func open(_ index: Int) {
        let isNext = index == openIndex + 1
        openSlot = isNext ? (openSlot + 1 == Self.capacity ? 0 : openSlot + 1) : index % Self.capacity
        openIndex = index
        openEnd = Double(index + 1) * Self.resolution
        openPeaks = Peaks()
    }

    /// Over a silence nothing adds up, so only the quarters that history still reaches are written.
    private mutating func skip(to time: Double) {
        let target = Self.index(of: time)
        guard target > openIndex else { return }
        if target - openIndex > Self.capacity {
            for slot in quarters.indices { quarters[slot] = Quarter(totals: totals, peaks: Peaks()) }
            open(target)
        } else {
            while openIndex < target { close { _, _ in } }
        }
    }

    private static func index(of time: Double) -> Int {
        Int(min(max(time / resolution, 0), 1e15))
    }

    // MARK: Questions

    /// The oldest time that can be asked for, in seconds.
    package var oldest: Double { Double(max(0, openIndex - Self.capacity + 1)) * Self.resolution }

    /// The totals up to a time (clamped to what is known), linear within a quarter.
    package func totals(at time: Double) -> Totals { interpolated(at: time) }

    private func interpolated(at time: Double) -> Totals {
        guard let lastTime, time < lastTime else { return totals }
        let clamped = max(time, oldest)
        let index = Self.index(of: clamped)
        guard index < openIndex else {
            let start = index > 0 ? quarters[slot(index - 1)].totals : Totals()
            let openStart = Double(openIndex) * Self.resolution
            return Self.between(start, totals, share: (clamped - openStart) / max(lastTime - openStart, 1e-9))
        }
        let end = quarters[slot(index)].totals
        guard index > max(0, openIndex - Self.capacity + 1) else { return index == 0 ? Self.scaled(end, clamped) : end }
        let start = quarters[slot(index - 1)].totals
        return Self.between(start, end, share: clamped / Self.resolution - Double(index))
    }

    /// The place of a quarter that history reaches; `openIndex` is one of them.
    @inline(__always)
    private func slot(_ index: Int) -> Int {
        let slot = openSlot - (openIndex - index)
        return slot < 0 ? slot + Self.capacity : slot
    }

    @inline(__always)
    private static func scaled(_ end: Totals, _ time: Double) -> Totals {
        between(Totals(distance: end.distance), end, share: time / resolution)
    }

    @inline(__always)
    private static func between(_ start: Totals, _ end: Totals, share: Double) -> Totals {
        let share = min(max(share, 0), 1)
        func mix(_ from: Double, _ to: Double) -> Double { from + share * (to - from) }
        var mixed = Totals()
        mixed.speedTime = mix(start.speedTime, end.speedTime)
        mixed.speedIntegral = mix(start.speedIntegral, end.speedIntegral)
        mixed.heartRateTime = mix(start.heartRateTime, end.heartRateTime)
        mixed.heartRateIntegral = mix(start.heartRateIntegral, end.heartRateIntegral)
        mixed.cadenceTime = mix(start.cadenceTime, end.cadenceTime)
        mixed.cadenceIntegral = mix(start.cadenceIntegral, end.cadenceIntegral)
        mixed.distance = end.distance.map { mix(start.distance ?? $0, $0) }
        return mixed
    }

    /// The peaks of the quarters from that of `start` to that of `end`, both clamped to what history reaches.
    package func peaks(from start: Double, to end: Double) -> Peaks {
        var result = Peaks()
        let first = max(Self.index(of: start), openIndex - Self.capacity + 1, 0)
        let last = min(Self.index(of: end), openIndex)
        guard first <= last else { return result }
        let quarters = quarters.span
        // Field by field: see `meanParts(at:)`.
        for index in first..<min(last + 1, openIndex) {
            let slot = slot(index)
            if let speed = quarters[slot].peaks.speed { result.merge(Peaks(speed: speed)) }
            if let rate = quarters[slot].peaks.heartRate { result.merge(Peaks(heartRate: rate)) }
        }
        if last == openIndex { result.merge(openPeaks) }
        return result
    }

    /// A mean over a span, and the share of the span in which there was anything to average.
    package typealias Mean = (mean: Double, coverage: Double)

    /// The means over a span; `nil` where nothing was known.
    package func means(from start: Double, to end: Double) -> (speed: Mean?, heartRate: Mean?) {
        guard end > start else { return (nil, nil) }
        let first = meanParts(at: start)
        let last = meanParts(at: end)
        func mean(_ integral: Double, over time: Double) -> Mean? {
            time > 0 ? (integral / time, time / (end - start)) : nil
        }
        return (
            mean(last.speedIntegral - first.speedIntegral, over: last.speedTime - first.speedTime),
            mean(last.heartRateIntegral - first.heartRateIntegral, over: last.heartRateTime - first.heartRateTime)
        )
    }

    /// What of ``Totals`` means are made of.
    private struct MeanParts {
        var speedTime: Double
        var speedIntegral: Double
        var heartRateTime: Double
        var heartRateIntegral: Double

        @inline(__always)
        init(_ totals: Totals) {
            speedTime = totals.speedTime
            speedIntegral = totals.speedIntegral
            heartRateTime = totals.heartRateTime
            heartRateIntegral = totals.heartRateIntegral
        }
    }

    /// As ``totals(at:)``, for it is asked for four times a second, and most of the answer by nobody.
    @inline(__always)
    private func meanParts(at time: Double) -> MeanParts {
        guard let lastTime, time < lastTime else { return MeanParts(totals) }
        let clamped = max(time, oldest)
        let index = Self.index(of: clamped)
        guard index < openIndex, index > max(0, openIndex - Self.capacity + 1) else {
            return MeanParts(interpolated(at: time))
        }
        // Read field by field: what is read whole is copied whole.
        let quarters = quarters.span
        let (before, after) = (slot(index - 1), slot(index))
        let share = min(max(clamped / Self.resolution - Double(index), 0), 1)
        func mix(_ from: Double, _ to: Double) -> Double { from + share * (to - from) }
        var parts = MeanParts(totals)
        parts.speedTime = mix(quarters[before].totals.speedTime, quarters[after].totals.speedTime)
        parts.speedIntegral = mix(quarters[before].totals.speedIntegral, quarters[after].totals.speedIntegral)
        parts.heartRateTime = mix(quarters[before].totals.heartRateTime, quarters[after].totals.heartRateTime)
        parts.heartRateIntegral = mix(
            quarters[before].totals.heartRateIntegral, quarters[after].totals.heartRateIntegral)
        return parts
    }

    /// Mean speed over a span, and the share of it in which speed was known.
    package func meanSpeed(from start: Double, to end: Double) -> Mean? { means(from: start, to: end).speed }

    /// Mean heart rate over a span, and the share of it in which heart rate was known.
    package func meanHeartRate(from start: Double, to end: Double) -> Mean? { means(from: start, to: end).heartRate }
}
