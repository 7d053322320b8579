// SPDX-License-Identifier: GPL-3.0-or-later
import CBoostQueue
import CThreads
import RingBuffer

/// What is compared: one way to carry items from a thread to another. A new queue is made for each round.
enum Contender: String, CaseIterable {
    case boost = "boost"
    case ring = "ring"
    case ringMembarrier = "ring + doorbell (membarrier)"
    case ringFence = "ring + doorbell (fence)"
    case boostBatch = "boost, batches of 64"
    case ringBatch = "ring, in place, batches of 64"

    static let capacity = 4096
    static let batch = 64

    /// Both ends' loops over `count` items; the second returns the sum of all words.
    func loops(count: UInt64) throws -> (produce: Loop, consume: Loop) {
        switch self {
        case .boost, .boostBatch:
            let queue = BoostQueue()
            return if self == .boost {
                (
                    Loop { unsafe cboost_produce(queue.pointer, count); return 0 },
                    Loop { unsafe cboost_consume(queue.pointer, count) }
                )
            } else {
                (
                    Loop { unsafe cboost_produce_batches(queue.pointer, count, UInt64(Self.batch)); return 0 },
                    Loop { unsafe cboost_consume_batches(queue.pointer, count, UInt64(Self.batch)) }
                )
            }
        case .ring:
            let ring = SPSCRing<cthreads_item>(minimumCapacity: Self.capacity)
            let producer = Handoff(ring.producer)
            let consumer = Handoff(ring.consumer)
            return (
                Loop { var end = producer.take(); produce(&end, count); return 0 },
                Loop { var end = consumer.take(); return consume(&end, count) }
            )
        case .ringBatch:
            let ring = SPSCRing<cthreads_item>(minimumCapacity: Self.capacity)
            let producer = Handoff(ring.producer)
            let consumer = Handoff(ring.consumer)
            return (
                Loop { var end = producer.take(); produceBatches(&end, count); return 0 },
                Loop { var end = consumer.take(); return consumeBatches(&end, count) }
            )
        case .ringMembarrier, .ringFence:
            let doorbell = try Doorbell(barrier: self == .ringFence ? .fence : .membarrier)
            let ring = SPSCRing<cthreads_item>(minimumCapacity: Self.capacity)
            let producer = Handoff(WakingProducer(ring.producer, doorbell: doorbell))
            let consumer = Handoff(ring.consumer)
            return (
                Loop { var end = producer.take(); produceWaking(&end, count); return 0 },
                Loop { var end = consumer.take(); return consume(&end, count) }
            )
        }
    }
}

func makeItem(_ sequence: UInt64) -> cthreads_item {
    cthreads_item(
        word: (
            sequence, sequence &+ 1, sequence &+ 2, sequence &+ 3, sequence &+ 4, sequence &+ 5, sequence &+ 6,
            sequence &+ 7
        ))
}

func sum(_ item: cthreads_item) -> UInt64 {
    let word = item.word
    return word.0 &+ word.1 &+ word.2 &+ word.3 &+ word.4 &+ word.5 &+ word.6 &+ word.7
}

/// The sum of all words of the items 0 ..< count: 8 × (0 + … + count - 1) + 28 × count.
func expectedSum(_ count: UInt64) -> UInt64 { 4 * count * (count - 1) + 28 * count }

func produce(_ end: inout SPSCProducer<cthreads_item>, _ count: UInt64) {
    for sequence in 0..<count {
        while !end.push(makeItem(sequence)) { cthreads_pause() }
    }
}

func produceWaking(_ end: inout WakingProducer<cthreads_item>, _ count: UInt64) {
    for sequence in 0..<count {
        while !end.push(makeItem(sequence)) { cthreads_pause() }
    }
}

func consume(_ end: inout SPSCConsumer<cthreads_item>, _ count: UInt64) -> UInt64 {
    var total: UInt64 = 0
    var received: UInt64 = 0
    while received < count {
        guard let item = end.pop() else {
            cthreads_pause()
            continue
        }
        total &+= sum(item)
        received += 1
    }
    return total
}

func produceBatches(_ end: inout SPSCProducer<cthreads_item>, _ count: UInt64) {
    var sequence: UInt64 = 0
    while sequence < count {
        let limit = Int(min(count - sequence, UInt64(Contender.batch)))
        let pushed = end.push(upTo: limit) { slots in
            while !slots.isFull {
                slots.append(makeItem(sequence))
                sequence += 1
            }
        }
        if pushed == 0 { cthreads_pause() }
    }
}

func consumeBatches(_ end: inout SPSCConsumer<cthreads_item>, _ count: UInt64) -> UInt64 {
    var total: UInt64 = 0
    var received: UInt64 = 0
    while received < count {
        let popped = end.pop(upTo: Contender.batch) { items in
            for index in items.indices { total &+= sum(items[index]) }
        }
        received += UInt64(popped)
        if popped == 0 { cthreads_pause() }
    }
    return total
}

func ping(
    _ out: inout SPSCProducer<cthreads_item>, _ back: inout SPSCConsumer<cthreads_item>,
    _ nanoseconds: inout [UInt64]
) {
    for index in nanoseconds.indices {
        let sequence = UInt64(index)
        let start = cthreads_now()
        while !out.push(makeItem(sequence)) { cthreads_pause() }
        while true {
            guard let item = back.pop() else {
                cthreads_pause()
                continue
            }
            nanoseconds[index] = cthreads_now() - start
            precondition(item.word.0 == sequence)
            break
        }
    }
}

func echo(_ input: inout SPSCConsumer<cthreads_item>, _ back: inout SPSCProducer<cthreads_item>, _ count: UInt64) {
    var echoed: UInt64 = 0
    while echoed < count {
        guard let item = input.pop() else {
            cthreads_pause()
            continue
        }
        while !back.push(item) { cthreads_pause() }
        echoed += 1
    }
}
