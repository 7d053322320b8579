// SPDX-License-Identifier: GPL-3.0-or-later
import TestSupport
import Testing

@testable import RingBuffer

@Suite struct SPSCRingTests {
    struct Refusal: Error, Equatable {}

    /// Where the first index is: the wraps of a signed and of an unsigned counter come within a few elements.
    static let starts: [UInt] = [0, UInt(Int.max) - 5, UInt.max - 5]

    @Test(arguments: [(1, 1), (2, 2), (3, 4), (4, 4), (5, 8), (1000, 1024), (1024, 1024)])
    func capacityIsRoundedUpToAPowerOfTwo(minimum: Int, capacity: Int) {
        let ring = SPSCRing<UInt8>(minimumCapacity: minimum)
        #expect(ring.producer.capacity == capacity)
        #expect(ring.consumer.capacity == capacity)
    }

    @Test(arguments: [1, 2, 4, 64], starts)
    func everySlotCanBeFilledAndTheNextPushIsRefusedAndCounted(capacity: Int, start: UInt) {
        let ring = SPSCRing<Int>(minimumCapacity: capacity, start: start)
        var producer = ring.producer
        var consumer = ring.consumer
        // Three times round, so that every slot is used again.
        for turn in 0..<3 {
            #expect(consumer.isEmpty == true)
            #expect(consumer.pop() == nil)
            for value in 0..<capacity {
                #expect(producer.push(turn * 1000 + value) == true)
                #expect(consumer.count == value + 1)
            }
            #expect(producer.push(-1) == false)
            #expect(producer.push(-2) == false)
            #expect(consumer.overflow == 2 * (turn + 1))
            for value in 0..<capacity {
                #expect(consumer.pop() == turn * 1000 + value)
            }
        }
        #expect(consumer.pop() == nil)
    }

    @Test func aRingOfOneTakesTurns() {
        let ring = SPSCRing<Int>(minimumCapacity: 1, start: .max - 50)
        var producer = ring.producer
        var consumer = ring.consumer
        for value in 0..<100 {
            #expect(producer.push(value) == true)
            #expect(producer.push(-1) == false)
            #expect(consumer.pop() == value)
            #expect(consumer.pop() == nil)
        }
        #expect(consumer.overflow == 100)
    }

    @Test func aSpanThatDoesNotFitIsCutAndTheRestCounted() {
        let ring = SPSCRing<Int>(minimumCapacity: 4)
        var producer = ring.producer
        var consumer = ring.consumer
        #expect(producer.push(contentsOf: [0, 1, 2].span) == 3)
        #expect(consumer.pop() == 0)
        #expect(producer.push(contentsOf: [3, 4, 5, 6].span) == 2)
        #expect(consumer.overflow == 2)
        #expect(producer.push(contentsOf: [Int]().span) == 0)
        #expect(consumer.overflow == 2)
        let popped = [Int](capacity: 8) { output in
            #expect(consumer.pop(into: &output) == 4)
        }
        #expect(popped == [1, 2, 3, 4])
    }

    @Test func slotsThatWrapAreGivenInTwoSpans() {
        let ring = SPSCRing<Int>(minimumCapacity: 4)
        var producer = ring.producer
        var consumer = ring.consumer
        for value in 0..<3 { #expect(producer.push(value) == true) }
        for value in 0..<3 { #expect(consumer.pop() == value) }

        var free: [Int] = []
        var next = 10
        let pushed = producer.push(upTo: 9) { slots in
            free.append(slots.freeCapacity)
            while !slots.isFull {
                slots.append(next)
                next += 1
            }
        }
        #expect(pushed == 4)
        #expect(free == [1, 3])
        #expect(consumer.overflow == 0)

        var segments: [[Int]] = []
        let popped = consumer.pop(upTo: 3) { elements in
            segments.append(elements.indices.map { elements[$0] })
        }
        #expect(popped == 3)
        #expect(segments == [[10], [11, 12]])
        #expect(consumer.pop() == 13)
    }

    @Test func aFullRingGivesNoSlotsAndAnEmptyOneNoElements() {
        let ring = SPSCRing<Int>(minimumCapacity: 2)
        var producer = ring.producer
        var consumer = ring.consumer
        #expect(consumer.pop(upTo: 2) { _ in Issue.record("Called for an empty ring") } == 0)
        #expect(producer.push(contentsOf: [1, 2].span) == 2)
        #expect(producer.push(upTo: 2) { _ in Issue.record("Called for a full ring") } == 0)
        #expect(consumer.pop(upTo: 0) { _ in Issue.record("Called for a limit of 0") } == 0)
        producer.countOverflow(7)
        #expect(consumer.overflow == 7)
    }

    @Test func aFillThatStopsEarlyPushesWhatItMade() {
        let ring = SPSCRing<Int>(minimumCapacity: 8)
        var producer = ring.producer
        var consumer = ring.consumer
        var calls = 0
        let pushed = producer.push(upTo: 8) { slots in
            calls += 1
            slots.append(5)
            slots.append(6)
        }
        #expect(pushed == 2)
        #expect(calls == 1)
        #expect(consumer.pop() == 5)
        #expect(consumer.pop() == 6)
        #expect(consumer.pop() == nil)
    }

    @Test func aFillThatThrowsPushesNothingOfThatCall() {
        let ring = SPSCRing<Int>(minimumCapacity: 2, start: 1)
        var producer = ring.producer
        var consumer = ring.consumer
        var calls = 0
        #expect(throws: Refusal()) {
            _ = try producer.push(upTo: 2) { slots throws(Refusal) in
                calls += 1
                slots.append(calls)
                if calls == 2 { throw Refusal() }
            }
        }
        #expect(calls == 2)
        #expect(consumer.pop() == 1)
        #expect(consumer.pop() == nil)
        #expect(producer.push(contentsOf: [3, 4].span) == 2)
        #expect(consumer.pop() == 3)
    }

    @Test func aBodyThatThrowsLeavesTheElementsOfThatCall() {
        let ring = SPSCRing<Int>(minimumCapacity: 2, start: 1)
        var producer = ring.producer
        var consumer = ring.consumer
        #expect(producer.push(contentsOf: [1, 2].span) == 2)
        var calls = 0
        #expect(throws: Refusal()) {
            _ = try consumer.pop(upTo: 2) { _ throws(Refusal) in
                calls += 1
                if calls == 2 { throw Refusal() }
            }
        }
        #expect(consumer.count == 1)
        #expect(consumer.pop() == 2)
    }

    @Test func theConsumerEmptiesTheRingAfterTheProducerWent() {
        let ring = SPSCRing<Int>(minimumCapacity: 4)
        var producer = ring.producer
        var consumer = ring.consumer
        #expect(producer.push(1) == true)
        #expect(consumer.isFinished == false)
        #expect(producer.isConsumerGone == false)
        drop(producer)
        #expect(consumer.isFinished == false)
        #expect(consumer.pop() == 1)
        #expect(consumer.isFinished == true)
        #expect(consumer.pop() == nil)
    }

    @Test func theProducerSeesThatTheConsumerWent() {
        let ring = SPSCRing<Int>(minimumCapacity: 2)
        var producer = ring.producer
        drop(ring.consumer)
        #expect(producer.isConsumerGone == true)
        #expect(producer.push(1) == true)
        #expect(producer.push(2) == true)
        #expect(producer.push(3) == false)
    }

    private func drop<End: ~Copyable>(_ end: consuming End) {}

    @Test(arguments: [1, 2, 3, 8, 64], starts)
    func anySequenceOfOperationsMatchesAPlainQueue(minimumCapacity: Int, start: UInt) {
        let ring = SPSCRing<Item>(minimumCapacity: minimumCapacity, start: start)
        var producer = ring.producer
        var consumer = ring.consumer
        let capacity = producer.capacity
        var generator = SeededGenerator(seed: UInt64(minimumCapacity))
        var model: [Item] = []
        var dropped = 0
        var next: UInt64 = 0
        for step in 0..<3000 {
            let limit = Int.random(in: 0...capacity + 2, using: &generator)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0:
                let pushed = producer.push(Item(next))
                #expect(pushed == (model.count < capacity))
                if pushed { model.append(Item(next)) } else { dropped += 1 }
                next += 1
            case 1:
                let items = (0..<limit).map { Item(next + UInt64($0)) }
                let fitting = min(limit, capacity - model.count)
                #expect(producer.push(contentsOf: items.span) == fitting)
                model += items.prefix(fitting)
                dropped += limit - fitting
                next += UInt64(limit)
            case 2:
                let stop = Int.random(in: 0...limit, using: &generator)
                var made: [Item] = []
                let pushed = producer.push(upTo: limit) { slots in
                    while !slots.isFull, made.count < stop {
                        slots.append(Item(next))
                        made.append(Item(next))
                        next += 1
                    }
                }
                #expect(pushed == min(stop, limit, capacity - model.count))
                #expect(pushed == made.count)
                model += made
            case 3:
                let popped = consumer.pop()
                #expect(popped == model.first)
                if popped != nil { model.removeFirst() }
            case 4:
                let popped = [Item](capacity: limit) { _ = consumer.pop(into: &$0) }
                #expect(popped == Array(model.prefix(limit)))
                model.removeFirst(popped.count)
            default:
                var seen: [Item] = []
                let popped = consumer.pop(upTo: limit) { items in
                    for index in items.indices { seen.append(items[index]) }
                }
                #expect(popped == seen.count)
                #expect(seen == Array(model.prefix(limit)))
                model.removeFirst(popped)
            }
            #expect(consumer.count == model.count, "step \(step)")
            #expect(consumer.overflow == dropped, "step \(step)")
        }
    }
}
