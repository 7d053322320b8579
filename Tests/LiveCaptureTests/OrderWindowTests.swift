// SPDX-License-Identifier: GPL-3.0-or-later
import LiveCapture
import Measurement
import TestSupport
import Testing

@Suite struct OrderWindowTests {
    private static func time(_ milliseconds: Int) -> Timestamp {
        Timestamp(nanoseconds: Int64(milliseconds) * 1_000_000)
    }

    @Test func oneSourceWaitsForNobody() {
        var window = OrderWindow(sources: 1)
        window.show(Self.time(10), of: 0, now: Self.time(10))
        #expect(window.next(now: Self.time(10)) == .take(source: 0))
        #expect(window.next(now: Self.time(10)) == .empty)
    }

    @Test func theEarlierOfTwoGoesFirst() {
        var window = OrderWindow(sources: 2)
        window.show(Self.time(12), of: 0, now: Self.time(12))
        window.show(Self.time(11), of: 1, now: Self.time(12))
        #expect(window.next(now: Self.time(12)) == .take(source: 1))
        // Source 1 has shown 11 only, so something earlier than 12 may still come of it.
        #expect(window.next(now: Self.time(12)) == .wait(until: Self.time(62)))
        #expect(window.next(now: Self.time(61)) == .wait(until: Self.time(62)))
        #expect(window.next(now: Self.time(62)) == .take(source: 0))
    }

    @Test func aLaterTimeOfTheOtherSourceEndsTheWait() {
        var window = OrderWindow(sources: 2)
        window.show(Self.time(12), of: 0, now: Self.time(12))
        #expect(window.next(now: Self.time(12)) == .wait(until: Self.time(62)))
        window.show(Self.time(13), of: 1, now: Self.time(13))
        #expect(window.next(now: Self.time(13)) == .take(source: 0))
        #expect(window.next(now: Self.time(13)) == .wait(until: Self.time(63)))
        window.show(Self.time(14), of: 0, now: Self.time(14))
        #expect(window.next(now: Self.time(14)) == .take(source: 1))
    }

    @Test func whoHasEndedIsNotWaitedFor() {
        var window = OrderWindow(sources: 2)
        window.show(Self.time(12), of: 0, now: Self.time(12))
        window.end(1)
        #expect(window.next(now: Self.time(12)) == .take(source: 0))
        #expect(window.hasLiveSource)
        window.end(0)
        #expect(!window.hasLiveSource)
        #expect(window.next(now: Self.time(12)) == .empty)
    }

    @Test func whatCameBeforeTheEndIsStillTaken() {
        var window = OrderWindow(sources: 2)
        window.show(Self.time(12), of: 0, now: Self.time(12))
        window.end(0)
        window.end(1)
        #expect(window.next(now: Self.time(12)) == .take(source: 0))
    }

    @Test func aLateElementIsTakenWhenItComesAndCounted() {
        var window = OrderWindow(sources: 2)
        window.show(Self.time(100), of: 0, now: Self.time(100))
        #expect(window.next(now: Self.time(150)) == .take(source: 0))
        window.show(Self.time(90), of: 1, now: Self.time(150))
        #expect(window.next(now: Self.time(150)) == .take(source: 1))
        #expect(window.late == 1)
    }

    @Test func aTimeInTheFutureWaitsNoLongerThanOneOfNow() {
        var window = OrderWindow(sources: 2)
        window.show(Self.time(1_000_000), of: 0, now: Self.time(5))
        #expect(window.next(now: Self.time(5)) == .wait(until: Self.time(55)))
        #expect(window.next(now: Self.time(55)) == .take(source: 0))
    }

    /// Elements whose delay is below the window come out in order of time, whatever came in between; none is lost.
    @Test func whateverIsDelayedLessThanTheWindowComesInOrder() {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<200 {
            struct Element { var time: Int, arrival: Int }
            var heads: [Int?] = [nil, nil, nil]
            var waiting: [[Element]] = [[], [], []]
            for source in waiting.indices {
                var time = 0
                var arrival = 0
                for _ in 0..<40 {
                    time += Int.random(in: 0...60, using: &random)
                    // In the source's own order.
                    arrival = max(arrival, time + Int.random(in: 0...49, using: &random))
                    waiting[source].append(Element(time: time, arrival: arrival))
                }
            }
            var window = OrderWindow(sources: 3)
            var taken: [Int] = []
            var now = 0
            while taken.count < 120 {
                for source in waiting.indices where window.wants(source) {
                    guard let first = waiting[source].first, first.arrival <= now else { continue }
                    window.show(Self.time(first.time), of: source, now: Self.time(now))
                    waiting[source].removeFirst()
                    heads[source] = first.time
                }
                switch window.next(now: Self.time(now)) {
                case .take(let source): taken.append(heads[source] ?? -1)
                case .wait, .empty: now += 1
                }
            }
            #expect(taken == taken.sorted())
            #expect(window.late == 0)
        }
    }
}
