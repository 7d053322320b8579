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

        /// The mean of the speed that was known since earlier totals, m/s; `nil` where none was.
        func meanSpeed(since first: Totals) -> Double? {
            let time = speedTime - first.speedTime
            return time > 0 ? (speedIntegral - first.speedIntegral) / time : nil
        }
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
        var peaks = Highest()
    }

    /// As ``Peaks``, for comparing without asking what is known: the largest of nothing is less than every value.
    private struct Highest: Sendable, BitwiseCopyable {
        var speed = -Double.infinity
        var heartRate = -Double.infinity

        @inline(__always)
        mutating func merge(_ other: Highest) {
            speed = larger(speed, other.speed)
            heartRate = larger(heartRate, other.heartRate)
        }

        var known: Peaks {
            Peaks(
                speed: speed > -.infinity ? speed : nil, heartRate: heartRate > -.infinity ? heartRate : nil)
        }
    }

    /// Speed, cadence and heart rate in the first three lanes, as ``FusedSample/values`` has them; what is not known is 0.
    private struct Values: Sendable, BitwiseCopyable {
        var values = SIMD4<Double>.zero
        /// A bit for each lane, the lowest for the first.
        var known: UInt8 = 0
        var distance: Double?

        init() {}

        @inline(__always)
        init(_ sample: FusedSample) {
            values = sample.values
            known = sample.knownLanes & 0b111
            distance = sample.distance
        }

        @inline(__always)
        func knows(_ lane: Int) -> Bool { known & 1 << lane != 0 }

        @inline(__always)
        mutating func forget(_ lane: Int) {
            values[lane] = 0
            known &= ~(1 << lane)
        }

        @inline(__always)
        mutating func take(_ lane: Int, from other: Values) {
            values[lane] = other.values[lane]
            known = known & ~(1 << lane) | other.known & 1 << lane
        }
    }

    /// What changes between two samples.
    private struct Spacing {
        var seconds: Double
        /// 1 in the lanes that are known at both ends, else 0; the values at its start, and by how much they change.
        var known: SIMD4<Double>
        var old: SIMD4<Double>
        var change: SIMD4<Double>
    }

    /// Seconds.
    package static let resolution = 0.25
    private static let capacity = 2304
    /// How far back can be asked for at least, in seconds.
    static let reach = Double(capacity - 1) * resolution
    /// Beyond this spacing, in seconds, nothing is known between two samples: the sparsest recording has one in 8 s.
    static let longestSpacing = 10.0

    /// Those that have ended, each at its index mod ``capacity``.
    private var quarters = [Quarter](repeating: Quarter(), count: capacity)
    /// The quarter that is being filled, counted from the recording's start.
    private var openIndex = 0
    /// `openIndex` mod ``capacity``, and the open quarter's end in seconds: asked for with every sample.
    private var openSlot = 0
    private var openEnd = resolution
    private var openPeaks = Highest()
    /// The running totals: lanes as in ``Values``. All three grow by one operation, those that are not known by 0.
    private var times = SIMD4<Double>.zero
    private var integrals = SIMD4<Double>.zero
    private var distance: Double?
    private var lastTime: Double?
    private var values = Values()
    private var spreadBits: UInt8 = 0
    private var spreadLanes = SIMD4<Double>.zero
    /// The distances whose own time is known.
    private(set) var datedDistances = DatedDistances()

    package init() {}

    /// - Parameter sample: times not falling, from 0 at the recording's start.
    package mutating func ingest(_ sample: FusedSample) {
        ingest(sample, at: larger(sample.time.seconds, lastTime ?? 0))
    }

    /// As ``ingest(_:)``, where it is known to be in order.
    ///
    /// - Parameter time: the sample's, in seconds.
    @inline(__always)
    mutating func ingest(_ sample: FusedSample, at time: Double) {
        var fresh = Values(sample)
        // What is marked as doubtful is shown to the athlete but not averaged.
        if !sample.doubts.isEmpty {
            if sample.doubts.contains(.speedOutlier) { fresh.take(FusedSample.speedLane, from: values) }
            if !sample.doubts.isDisjoint(with: [.heartRateArtefact, .noSkinContact]) {
                fresh.forget(FusedSample.heartRateLane)
            }
            if sample.doubts.contains(.cadenceOutlier) { fresh.take(FusedSample.cadenceLane, from: values) }
        }
        integrate(to: time, fresh)
        values = fresh
        lastTime = time
        if let age = sample.distanceAge, let distance = sample.distance {
            datedDistances.note(distance, at: time - age)
        }
        if sample.updated.contains(.speed), !sample.doubts.contains(.speedOutlier), fresh.knows(FusedSample.speedLane) {
            openPeaks.speed = larger(openPeaks.speed, fresh.values[FusedSample.speedLane])
        }
        if sample.updated.contains(.heartRate), fresh.knows(FusedSample.heartRateLane) {
            openPeaks.heartRate = larger(openPeaks.heartRate, fresh.values[FusedSample.heartRateLane])
        }
    }

    @inline(__always)
    private mutating func integrate(to time: Double, _ fresh: Values) {
        guard let start = lastTime, time > start else {
            if lastTime == nil { skip(to: time) }
            distance = fresh.distance ?? distance
            return
        }
        let span = time - start
        guard span <= Self.longestSpacing else {
            skip(to: time)
            distance = fresh.distance ?? distance
            return
        }
        let spacing = Spacing(
            seconds: span, known: lanes(values.known & fresh.known), old: values.values,
            change: fresh.values - values.values)
        var from = 0.0
        // Most spacings end within the quarter in which they begin, or in the next.
        while openEnd <= time {
            let to = (openEnd - start) / span
            add(spacing, from: from, to: to)
            follow(fresh.distance, to: to)
            from = to
            close()
        }
        add(spacing, from: from, to: 1)
        follow(fresh.distance, to: 1)
    }

    /// What is known changes rarely, and to spread bits over lanes takes long.
    @inline(__always)
    private mutating func lanes(_ bits: UInt8) -> SIMD4<Double> {
        if bits != spreadBits { spread(bits) }
        return spreadLanes
    }

    @inline(never)
    private mutating func spread(_ bits: UInt8) {
        spreadBits = bits
        for lane in 0..<4 { spreadLanes[lane] = bits & 1 << lane != 0 ? 1 : 0 }
    }

    /// Adds the part of a spacing between two samples, `from` and `to` as shares of it.
    @inline(__always)
    private mutating func add(_ spacing: Spacing, from: Double, to: Double) {
        let seconds = (to - from) * spacing.seconds
        guard seconds > 0 else { return }
        let middle = 0.5 * (from + to)
        let known = seconds * spacing.known
        times += known
        integrals += known * (spacing.old + middle * spacing.change)
    }

    /// Brings the distance to a share of a spacing that ends at `new`.
    @inline(__always)
    private mutating func follow(_ new: Double?, to share: Double) {
        guard let new else { return }
        let old = values.distance ?? new
        distance = old + share * (new - old)
    }

    private var totals: Totals {
        Totals(
            speedTime: times[FusedSample.speedLane], speedIntegral: integrals[FusedSample.speedLane],
            heartRateTime: times[FusedSample.heartRateLane], heartRateIntegral: integrals[FusedSample.heartRateLane],
            cadenceTime: times[FusedSample.cadenceLane], cadenceIntegral: integrals[FusedSample.cadenceLane],
            distance: distance)
    }

    private mutating func close() {
        quarters[openSlot] = Quarter(totals: totals, peaks: openPeaks)
        open(openIndex + 1)
    }

    private mutating func open(_ index: Int) {
        let isNext = index == openIndex + 1
        openSlot = isNext ? (openSlot + 1 == Self.capacity ? 0 : openSlot + 1) : index % Self.capacity
        openIndex = index
        openEnd = Double(index + 1) * Self.resolution
        openPeaks = Highest()
    }

    /// Over a silence nothing adds up, so only the quarters that history still reaches are written.
    private mutating func skip(to time: Double) {
        let target = Self.index(of: time)
        guard target > openIndex else { return }
        if target - openIndex > Self.capacity {
            for slot in quarters.indices { quarters[slot] = Quarter(totals: totals, peaks: Highest()) }
            open(target)
        } else {
            while openIndex < target { close() }
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
        let clamped = larger(time, oldest)
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
        let share = min(larger(share, 0), 1)
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
        let first = max(Self.index(of: start), openIndex - Self.capacity + 1, 0)
        let last = min(Self.index(of: end), openIndex)
        guard first <= last else { return Peaks() }
        let quarters = quarters.span
        var highest = Highest()
        var slot = slot(first)
        // Field by field: see `meanParts(at:)`.
        for _ in first..<max(min(last + 1, openIndex), first) {
            highest.speed = larger(highest.speed, quarters[slot].peaks.speed)
            highest.heartRate = larger(highest.heartRate, quarters[slot].peaks.heartRate)
            slot += 1
            if slot == Self.capacity { slot = 0 }
        }
        if last == openIndex { highest.merge(openPeaks) }
        return highest.known
    }

    /// A mean over a span, and the share of the span in which there was anything to average.
    package typealias Mean = (mean: Double, coverage: Double)

    /// The means over a span; `nil` where nothing was known.
    package func means(from start: Double, to end: Double) -> (speed: Mean?, heartRate: Mean?) {
        guard end > start else { return (nil, nil) }
        return Self.means(from: meanParts(at: start), to: meanParts(at: end), over: end - start)
    }

    /// The means of some quarter seconds, one after the other: where one ends, the next begins, and is asked for once.
    ///
    /// - Parameter take: receives the speed's and the heart rate's, as ``means(from:to:)`` does.
    func quarterMeans(from start: Double, count: Int, take: (Mean?, Mean?) -> Void) {
        var first = meanParts(at: start)
        for index in 0..<max(count, 0) {
            let from = start + Double(index) * Self.resolution
            let to = from + Self.resolution
            let last = meanParts(at: to)
            let means = Self.means(from: first, to: last, over: to - from)
            take(means.speed, means.heartRate)
            first = last
        }
    }

    @inline(__always)
    private static func means(
        from first: MeanParts, to last: MeanParts, over span: Double
    ) -> (speed: Mean?, heartRate: Mean?) {
        func mean(_ integral: Double, over time: Double) -> Mean? { time > 0 ? (integral / time, time / span) : nil }
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
    }

    @inline(__always)
    private static func meanParts(_ totals: Totals) -> MeanParts {
        MeanParts(
            speedTime: totals.speedTime, speedIntegral: totals.speedIntegral, heartRateTime: totals.heartRateTime,
            heartRateIntegral: totals.heartRateIntegral)
    }

    /// As ``totals(at:)``, for it is asked for four times a second, and most of the answer by nobody.
    private func meanParts(at time: Double) -> MeanParts {
        guard let lastTime, time < lastTime else {
            return MeanParts(
                speedTime: times[FusedSample.speedLane], speedIntegral: integrals[FusedSample.speedLane],
                heartRateTime: times[FusedSample.heartRateLane], heartRateIntegral: integrals[FusedSample.heartRateLane]
            )
        }
        let place = time / Self.resolution
        // Between two quarters' ends that history reaches.
        guard place < Double(openIndex), place >= Double(max(0, openIndex - Self.capacity + 1) + 1) else {
            return Self.meanParts(interpolated(at: time))
        }
        let index = Int(place)
        // Read field by field: what is read whole is copied whole.
        let quarters = quarters.span
        let after = slot(index)
        let before = after == 0 ? Self.capacity - 1 : after - 1
        let share = place - Double(index)
        func mix(_ from: Double, _ to: Double) -> Double { from + share * (to - from) }
        return MeanParts(
            speedTime: mix(quarters[before].totals.speedTime, quarters[after].totals.speedTime),
            speedIntegral: mix(quarters[before].totals.speedIntegral, quarters[after].totals.speedIntegral),
            heartRateTime: mix(quarters[before].totals.heartRateTime, quarters[after].totals.heartRateTime),
            heartRateIntegral: mix(
                quarters[before].totals.heartRateIntegral, quarters[after].totals.heartRateIntegral))
    }

    /// Mean speed over a span, and the share of it in which speed was known.
    package func meanSpeed(from start: Double, to end: Double) -> Mean? { means(from: start, to: end).speed }

    /// Mean heart rate over a span, and the share of it in which heart rate was known.
    package func meanHeartRate(from start: Double, to end: Double) -> Mean? { means(from: start, to: end).heartRate }
}
