// SPDX-License-Identifier: GPL-3.0-or-later

/// Where a runner was when, by a footpod's strides: the last distances that came with their age.
///
/// A footpod smooths its speed over some strides, nobody knows how many, but counts its distance by the stride and says when the last one
/// ended. A mean speed of these has no lag to be undone. Memory is fixed: ``capacity`` strides, which take more than 3 min at any pace.
struct DatedDistances: Sendable {
    struct Mark: Equatable, Sendable, BitwiseCopyable {
        /// Seconds from the recording's start.
        var time: Double
        /// Metres, from any origin.
        var distance: Double
    }

    static let capacity = 512
    /// Seconds between two strides, some of whose messages may be lost: every second pair of messages tells the distance.
    private static let longestStride = 2.25
    /// How many marks are mostly wanted at once, and some more.
    private static let usual = 32
    /// Seconds after which a distance that has not grown is noted again: somebody stands.
    private static let standing = 1.0

    /// Empty where no sensor dates its distance; then a ring.
    private var ring: [Mark] = []
    private var next = 0
    private var last = Mark(time: -.infinity, distance: -.infinity)

    /// - Parameters:
    ///   - distance: metres, never falling.
    ///   - time: seconds; what is not after the last one is dropped.
    mutating func note(_ distance: Double, at time: Double) {
        // The same stride, told again.
        guard time > last.time, distance >= last.distance,
            distance > last.distance || time - last.time >= Self.standing
        else { return }
        last = Mark(time: time, distance: distance)
        if ring.count < Self.capacity {
            if ring.isEmpty { ring.reserveCapacity(Self.capacity) }
            ring.append(last)
        } else {
            ring[next] = last
            next = next + 1 == Self.capacity ? 0 : next + 1
        }
    }

    /// The distance at a time, by the cubic through the two strides around it and their neighbours: a runner who accelerates by 2 m/s² is
    /// 0.1 m off the straight line between two strides.
    ///
    /// - Returns: metres; `nil` where the strides around that time are not known.
    func distance(at time: Double) -> Double? {
        let near = places(from: time - 2 * Self.longestStride, to: time + 2 * Self.longestStride)
        guard let after = near.first(where: { mark($0).time >= time }), after > near.lowerBound else { return nil }
        let (first, last) = (mark(after - 1), mark(after))
        let seconds = last.time - first.time
        guard seconds <= Self.longestStride else { return nil }
        func slope(_ from: Mark, _ to: Mark) -> Double { (to.distance - from.distance) / (to.time - from.time) }
        let start = slope(after - 1 > near.lowerBound ? mark(after - 2) : first, last)
        let end = slope(first, after + 1 < near.upperBound ? mark(after + 1) : last)
        let place = (time - first.time) / seconds
        let (squared, cubed) = (place * place, place * place * place)
        return first.distance + (3 * squared - 2 * cubed) * (last.distance - first.distance)
            + seconds * ((cubed - 2 * squared + place) * start + (cubed - squared) * end)
    }

    /// The distances of a span of time, oldest first, each later than the one before.
    ///
    /// - Parameter longest: seconds before `start` that the one before may lie, to be among them; 0 for none.
    func marks(from start: Double, to end: Double, withOneBefore longest: Double = 0) -> [Mark] {
        let places = places(from: start - longest, to: end)
        guard let first = places.first(where: { mark($0).time >= start }) else { return [] }
        var marks: [Mark] = []
        marks.reserveCapacity(Self.usual)
        for place in max(longest > 0 ? first - 1 : first, places.lowerBound)..<places.upperBound {
            marks.append(mark(place))
        }
        return marks
    }

    /// By its place in time, from 0.
    private func mark(_ place: Int) -> Mark {
        let place = next + place
        return ring[place < ring.count ? place : place - ring.count]
    }

    /// Those of a span of time, its ends included.
    private func places(from start: Double, to end: Double) -> Range<Int> {
        var places = 0..<ring.count
        while let first = places.first, mark(first).time < start { places.removeFirst() }
        while let last = places.last, mark(last).time > end { places.removeLast() }
        return places
    }
}
