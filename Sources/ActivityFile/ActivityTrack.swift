// SPDX-License-Identifier: GPL-3.0-or-later
package import Fusion
package import Measurement

/// An athlete's stream, one point a second, and the beats between: what activity files and pictures are made from.
///
/// The point of second k is the athlete's state at k: the last that was said in (k − 1, k], the end included. A second in which no sensor said
/// anything has no point. What fusion marked as doubtful is absent, and so is what its sensor has not said for two seconds: fusion goes on
/// with an old value for longer, but marks it as old, which a file cannot.
package struct ActivityTrack: Equatable, Sendable {
    package struct Point: Equatable, Sendable, BitwiseCopyable {
        /// From the recording's first frame.
        package var second: Int
        /// Metres per second.
        package var speed: Double?
        /// Steps (both feet) per minute.
        package var cadence: Double?
        /// Beats per minute.
        package var heartRate: Double?
        /// Metres since the start; never falls.
        package var distance: Double?
        package init(second: Int) { self.second = second }
    }

    package struct Beat: Equatable, Sendable, BitwiseCopyable {
        /// The second of the point that it belongs to.
        package var second: Int
        /// In 1/1024 s.
        package var ticks: UInt16
        package init(second: Int, ticks: UInt16) {
            self.second = second
            self.ticks = ticks
        }
    }

    /// 11 days of seconds; what comes after is left out.
    private static let limit = 1_000_000

    /// In time order.
    package private(set) var points: [Point] = []
    /// Clean beats, in time order; seconds without a point may have some.
    package private(set) var beats: [Beat] = []
    private var open: Point?
    /// When each quantity was last said, in seconds.
    private var lastSpeed = -Double.infinity
    private var lastCadence = -Double.infinity
    private var lastHeartRate = -Double.infinity
    /// Seconds. A sensor that speaks once a second skips one now and then.
    private static let longestHold = 2.0
    private var filter = BeatFilter()

    package init() {}

    private static func second(_ time: Timestamp) -> Int {
        let seconds = max(time.seconds, 0)
        let whole = Int(seconds)
        return Double(whole) < seconds ? whole + 1 : whole
    }

    /// - Parameter sample: times not falling, from 0 at the recording's first frame.
    package mutating func ingest(_ sample: FusedSample) {
        let second = Self.second(sample.time)
        if let open, open.second < second { close() }
        let time = sample.time.seconds
        if sample.updated.contains(.speed) { lastSpeed = time }
        if sample.updated.contains(.cadence) { lastCadence = time }
        if sample.updated.contains(.heartRate) { lastHeartRate = time }
        var point = open ?? Point(second: second)
        if !sample.doubts.contains(.speedOutlier) { point.speed = sample.speed }
        if !sample.doubts.contains(.cadenceOutlier) { point.cadence = sample.cadence }
        if sample.doubts.isDisjoint(with: [.heartRateArtefact, .noSkinContact]) { point.heartRate = sample.heartRate }
        point.distance = sample.distance
        open = point
    }

    package mutating func ingest(_ interval: RRInterval, at time: Timestamp) {
        guard filter.accepts(interval), beats.count < 3 * Self.limit else { return }
        beats.append(Beat(second: Self.second(time), ticks: interval.ticks))
    }

    /// To be called once all is in.
    package mutating func finish() { close() }

    /// The points within some seconds, both ends included. Found by bisection: a long day has tens of thousands, and as many bouts may ask.
    package func points(from start: Double, to end: Double) -> ArraySlice<Point> {
        func place(_ isBefore: (Double) -> Bool) -> Int {
            var (low, high) = (0, points.count)
            while low < high {
                let middle = (low + high) / 2
                if isBefore(Double(points[middle].second)) { low = middle + 1 } else { high = middle }
            }
            return low
        }
        let first = place { $0 < start }
        return points[first..<max(first, place { $0 <= end })]
    }

    private mutating func close() {
        guard var point = open else { return }
        open = nil
        let end = Double(point.second)
        if end - lastSpeed >= Self.longestHold { point.speed = nil }
        if end - lastCadence >= Self.longestHold { point.cadence = nil }
        if end - lastHeartRate >= Self.longestHold { point.heartRate = nil }
        if points.count < Self.limit { points.append(point) }
    }
}
