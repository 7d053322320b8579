// SPDX-License-Identifier: GPL-3.0-or-later
import Glibc
import TestSupport
import Testing

@testable import RingBuffer

/// One at a time: two threads that are to run into each other need a processor each.
@Suite(.serialized) struct DoorbellTests {
    static let barriers: [Doorbell.Barrier] = [.membarrier, .fence]
    /// Far longer than any pause of a loaded machine: a sleep that lasts so long was never ended.
    static let watchdog = Duration.seconds(30)

    /// Whether poll(2) finds the descriptor readable now.
    static func isReadable(_ doorbell: Doorbell) -> Bool {
        var descriptor = pollfd(fd: doorbell.fileDescriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&descriptor, 1, 0) == 1
    }

    @Test(arguments: barriers)
    func whileTheConsumerIsAwakeRingingMakesNoSystemCall(barrier: Doorbell.Barrier) throws {
        let doorbell = try Doorbell(barrier: barrier)
        doorbell.ring()
        #expect(!Self.isReadable(doorbell))
    }

    @Test(arguments: barriers)
    func ringingAnArmedDoorbellMakesItReadableUntilDisarmed(barrier: Doorbell.Barrier) throws {
        let doorbell = try Doorbell(barrier: barrier)
        #expect(doorbell.arm())
        #expect(!Self.isReadable(doorbell))
        doorbell.ring()
        doorbell.ring()
        #expect(Self.isReadable(doorbell))
        doorbell.disarm()
        #expect(!Self.isReadable(doorbell))
        doorbell.ring()
        #expect(!Self.isReadable(doorbell))
    }

    @Test func aLateRingIsNotLeftToWakeForEver() throws {
        let doorbell = try Doorbell()
        #expect(doorbell.arm())
        doorbell.ring()
        #expect(doorbell.sleep(timeout: Self.watchdog) { false } == .rung)
        #expect(doorbell.sleep(timeout: .milliseconds(1)) { false } == .timedOut)
    }

    @Test func sleepReturnsAtOnceWhenThereIsSomethingToDo() throws {
        let doorbell = try Doorbell()
        #expect(doorbell.sleep { true } == .ready)
        doorbell.ring()
        #expect(!Self.isReadable(doorbell))
    }

    @Test(arguments: [Duration.zero, .seconds(-1), .nanoseconds(1)])
    func sleepTimesOut(timeout: Duration) throws {
        let doorbell = try Doorbell()
        #expect(doorbell.sleep(timeout: timeout) { false } == .timedOut)
    }

    @Test func oneDoorbellServesSeveralRings() throws {
        let doorbell = try Doorbell()
        let first = SPSCRing<Int>(minimumCapacity: 2)
        let second = SPSCRing<Int>(minimumCapacity: 2)
        var firstProducer = WakingProducer(first.producer, doorbell: doorbell)
        var secondProducer = WakingProducer(second.producer, doorbell: doorbell)
        var firstConsumer = first.consumer
        var secondConsumer = second.consumer

        #expect(doorbell.arm())
        #expect(secondProducer.push(2) == true)
        #expect(firstProducer.push(contentsOf: [1].span) == 1)
        #expect(doorbell.sleep { !firstConsumer.isEmpty || !secondConsumer.isEmpty } == .ready)
        #expect(firstConsumer.pop() == 1)
        #expect(secondConsumer.pop() == 2)

        #expect(doorbell.arm())
        #expect(firstProducer.push(upTo: 1) { $0.append(3) } == 1)
        #expect(Self.isReadable(doorbell))
        doorbell.disarm()
        #expect(firstConsumer.pop() == 3)
        #expect(secondConsumer.pop() == nil)
    }

    @Test func aProducerThatGoesWakesTheConsumer() throws {
        let doorbell = try Doorbell()
        let ring = SPSCRing<Int>(minimumCapacity: 2)
        let producer = Handoff(WakingProducer(ring.producer, doorbell: doorbell))
        let consumer = ring.consumer
        let leaving = TestThread {
            var end = producer.take()
            return end.push(1)
        }
        #expect(leaving.join())
        #expect(consumer.isFinished == false)

        let other = SPSCRing<Int>(minimumCapacity: 2)
        let otherConsumer = other.consumer
        #expect(doorbell.arm())
        _ = WakingProducer(other.producer, doorbell: doorbell)
        #expect(Self.isReadable(doorbell))
        doorbell.disarm()
        #expect(otherConsumer.isFinished == true)
    }

    /// Two threads send one element to and fro, each asleep until it comes, after pauses of every length around that
    /// of going to sleep: a wake-up that can be missed is missed here, and the watchdog tells.
    @Test(arguments: barriers)
    func noWakeUpIsMissed(barrier: Doorbell.Barrier) throws {
        let rounds: UInt64 = 10_000
        let here = try Doorbell(barrier: barrier)
        let there = try Doorbell(barrier: barrier)
        #expect(here.barrier == barrier || here.barrier == .fence)
        let out = SPSCRing<UInt64>(minimumCapacity: 2)
        let back = SPSCRing<UInt64>(minimumCapacity: 2)
        let outProducer = Handoff(WakingProducer(out.producer, doorbell: there))
        let outConsumer = Handoff(out.consumer)
        let backProducer = Handoff(WakingProducer(back.producer, doorbell: here))
        let backConsumer = Handoff(back.consumer)

        let echoing = TestThread { () -> String? in
            var input = outConsumer.take()
            var output = backProducer.take()
            return Self.exchange(there, &input, &output, rounds: rounds, seed: 1)
        }
        let sending = TestThread { () -> String? in
            var input = backConsumer.take()
            var output = outProducer.take()
            guard output.push(0) else { return "the first push was refused" }
            return Self.exchange(here, &input, &output, rounds: rounds, seed: 2)
        }
        let ends = (sending.join(), echoing.join())
        #expect(ends.0 == nil)
        #expect(ends.1 == nil)
    }

    /// The litmus test of the barriers. Each round lets one push and one arming run into each other, and then asks
    /// for the one outcome that is a missed wake-up: the consumer saw nothing, and nobody rang. Without the barriers
    /// x86-64 gives that outcome too: the store waits in the store buffer while the load goes ahead.
    @Test(arguments: barriers)
    func aPushIsSeenOrRung(barrier: Doorbell.Barrier) throws {
        let rounds = 20_000
        let doorbell = try Doorbell(barrier: barrier)
        let ring = SPSCRing<Int>(minimumCapacity: 2)
        let producer = Handoff(WakingProducer(ring.producer, doorbell: doorbell))
        let consumer = Handoff(ring.consumer)
        let meeting = Meeting()

        let pushing = TestThread {
            var end = producer.take()
            var generator = SeededGenerator(seed: 1)
            var refused = 0
            for round in 0..<rounds {
                let pause = Int.random(in: 0..<8, using: &generator)
                // Brings the line that is read into this thread's cache, so that its read can be early …
                doorbell.ring()
                meeting.meet()
                for _ in 0..<pause { _ = generator.next() }
                if !end.push(round) { refused += 1 }
                meeting.meet()
                meeting.meet()
            }
            return refused
        }
        let arming = TestThread {
            var end = consumer.take()
            var generator = SeededGenerator(seed: 2)
            var outcome = (missed: 0, wrong: 0)
            for round in 0..<rounds {
                let pause = Int.random(in: 0..<8, using: &generator)
                // … and takes the line that is written from the other, so that its write is late.
                outcome.wrong += end.count
                meeting.meet()
                for _ in 0..<pause { _ = generator.next() }
                _ = doorbell.arm()
                let sawNothing = end.isEmpty
                meeting.meet()
                if sawNothing, !Self.isReadable(doorbell) { outcome.missed += 1 }
                doorbell.disarm()
                if end.pop() != round { outcome.wrong += 1 }
                meeting.meet()
            }
            return outcome
        }
        #expect(pushing.join() == 0)
        let outcome = arming.join()
        #expect(outcome.missed == 0)
        #expect(outcome.wrong == 0)
    }

    /// Receives 0, 1, 2, … and sends each number on, one larger on the side that began. Returns what went wrong.
    private static func exchange(
        _ doorbell: Doorbell, _ input: inout SPSCConsumer<UInt64>, _ output: inout WakingProducer<UInt64>,
        rounds: UInt64, seed: UInt64
    ) -> String? {
        var generator = SeededGenerator(seed: seed)
        for round in 0..<rounds {
            while true {
                if let number = input.pop() {
                    guard number == round else { return "round \(round): received \(number)" }
                    break
                }
                if input.isFinished { return "round \(round): the other side gave up" }
                let reason = doorbell.sleep(timeout: watchdog) { !input.isEmpty || input.isFinished }
                if reason == .timedOut { return "round \(round): nobody rang; \(input.count) elements wait" }
            }
            for _ in 0..<Int.random(in: 0..<300, using: &generator) { _ = generator.next() }
            let begins = seed == 2
            if begins, round + 1 == rounds { return nil }
            guard output.push(begins ? round + 1 : round) else { return "round \(round): the push was refused" }
        }
        return nil
    }
}
