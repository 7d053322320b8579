// SPDX-License-Identifier: GPL-3.0-or-later
import Glibc
import TestSupport
import Testing

@testable import RingBuffer

/// Order, loss and torn elements between two real threads. Also to be run with `--sanitize=thread`.
@Suite struct TwoThreadTests {
    struct Outcome: Sendable {
        var received = 0
        var firstWrong: UInt64?
        var sawOverflow = 0
    }

    @Test(arguments: [1, 2, 64, 1024])
    func singlesArriveInOrderAndWhole(capacity: Int) {
        // The turn-taking of tiny rings costs a switch each, so these get fewer.
        let count: UInt64 = capacity < 64 ? 5_000 : 100_000
        let ring = SPSCRing<Item>(minimumCapacity: capacity, start: .max - 1000)
        let outcome = run(ring) { end in
            for number in 0..<count {
                while !end.push(Item(number)) { sched_yield() }
            }
        } consume: { end, take in
            guard let item = end.pop() else { return false }
            take(item)
            return true
        }
        #expect(outcome.firstWrong == nil)
        #expect(outcome.received == Int(count))
    }

    @Test(arguments: [4, 64, 1024])
    func batchesArriveInOrderAndWhole(capacity: Int) {
        let count: UInt64 = 100_000
        let ring = SPSCRing<Item>(minimumCapacity: capacity, start: .max - 1000)
        let outcome = run(ring) { end in
            var generator = SeededGenerator(seed: 1)
            var number: UInt64 = 0
            while number < count {
                let limit = min(Int.random(in: 1...capacity, using: &generator), Int(count - number))
                let pushed = end.push(upTo: limit) { slots in
                    while !slots.isFull {
                        slots.append(Item(number))
                        number += 1
                    }
                }
                if pushed == 0 { sched_yield() }
            }
        } consume: { end, take in
            end.pop(upTo: 50) { items in
                for index in items.indices { take(items[index]) }
            } > 0
        }
        #expect(outcome.firstWrong == nil)
        #expect(outcome.received == Int(count))
    }

    @Test func whatIsNotReceivedIsCounted() {
        let offered = 100_000
        let ring = SPSCRing<Item>(minimumCapacity: 16)
        let producer = Handoff(ring.producer)
        let consumer = Handoff(ring.consumer)
        let pushing = TestThread {
            var end = producer.take()
            for number in 0..<offered { _ = end.push(Item(UInt64(number))) }
        }
        let popping = TestThread {
            var end = consumer.take()
            var outcome = Outcome()
            var previous: UInt64?
            while !end.isFinished {
                guard let item = end.pop() else {
                    sched_yield()
                    continue
                }
                // What arrives is in order and whole, with gaps.
                if item != Item(item.number) || previous.map({ $0 >= item.number }) ?? false {
                    outcome.firstWrong = outcome.firstWrong ?? item.number
                }
                previous = item.number
                outcome.received += 1
            }
            outcome.sawOverflow = end.overflow
            return outcome
        }
        pushing.join()
        let outcome = popping.join()
        #expect(outcome.firstWrong == nil)
        #expect(outcome.received + outcome.sawOverflow == offered)
    }

    /// Consumes until the producer has gone; the numbers must be 0, 1, 2, …
    private func run(
        _ ring: consuming SPSCRing<Item>,
        produce: @escaping @Sendable (inout SPSCProducer<Item>) -> Void,
        consume: @escaping @Sendable (inout SPSCConsumer<Item>, (Item) -> Void) -> Bool
    ) -> Outcome {
        let producer = Handoff(ring.producer)
        let consumer = Handoff(ring.consumer)
        let pushing = TestThread {
            var end = producer.take()
            produce(&end)
        }
        let popping = TestThread {
            var end = consumer.take()
            var outcome = Outcome()
            while !end.isFinished {
                let some = consume(&end) { item in
                    if item != Item(UInt64(outcome.received)), outcome.firstWrong == nil {
                        outcome.firstWrong = item.number
                    }
                    outcome.received += 1
                }
                if !some { sched_yield() }
            }
            return outcome
        }
        pushing.join()
        return popping.join()
    }
}
