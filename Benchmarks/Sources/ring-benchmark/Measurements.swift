// SPDX-License-Identifier: GPL-3.0-or-later
import CBoostQueue
import CThreads
import Figures
import Histogram
import RingBuffer

/// Every contender in every round, in turn forwards and backwards, so that a slow spell of the machine hits all alike.
/// A burst in which either thread lost its processor measures the scheduler, not the queue: it is thrown away, whoever
/// ran it, and made again, up to 25 times.
func measureThroughput(rounds: Int, items: UInt64) throws {
    print("Throughput: \(items) items of 64 bytes a burst, capacity \(Contender.capacity), million items/s")
    for (index, contender) in Contender.allCases.enumerated() { print("  \(index): \(contender.rawValue)") }
    print(row("round", Contender.allCases.indices.map { "\($0)" } + ["thrown away"]))
    var rates: [Contender: [Double]] = [:]
    var disturbed: [Contender: Int] = [:]
    var allocations: UInt64 = 0
    for round in -1..<rounds {
        var thrownAway = 0
        let order = round.isMultiple(of: 2) ? Contender.allCases : Contender.allCases.reversed()
        for contender in order {
            var attempts = 0
            while true {
                let loops = try contender.loops(count: items)
                let (producer, consumer) = runPinned(loops.produce, loops.consume)
                precondition(consumer.checksum == expectedSum(items), "\(contender): items were lost or changed")
                if contender != .boost, contender != .boostBatch {
                    allocations += producer.allocations + consumer.allocations
                }
                attempts += 1
                if producer.preemptions + consumer.preemptions > 0 {
                    guard attempts == 25 else {
                        thrownAway += 1
                        continue
                    }
                    if round >= 0 { disturbed[contender, default: 0] += 1 }
                }
                let seconds = Double(consumer.end - min(producer.start, consumer.start)) / 1e9
                if round >= 0 { rates[contender, default: []].append(Double(items) / seconds / 1e6) }
                break
            }
        }
        guard round >= 0 else { continue }  // The first is for the caches and the page faults.
        let figures = Contender.allCases.map { format(rates[$0]![round], 1) }
        print(row("\(round + 1)", figures + ["\(thrownAway)"]))
    }
    print(row("median", Contender.allCases.map { format(rates[$0]!.median, 1) } + [""]))
    print(row("kept*", Contender.allCases.map { "\(disturbed[$0, default: 0])" } + [""]))
    print("* rounds in which the 25th burst was disturbed too, and kept")
    for (subject, base) in [
        (Contender.ring, Contender.boost), (.ringMembarrier, .boost), (.ringFence, .boost),
        (.ringBatch, .boostBatch), (.ringBatch, .boost),
    ] {
        printRatios("\(subject.rawValue) / \(base.rawValue)", rates[subject]!, rates[base]!)
    }
    print("allocations by both threads of all rings, all bursts: \(allocations)\n")
}

/// One item out and back, the other thread echoing.
func measureRoundTrips(rounds: Int, count: Int) throws {
    print("Round trip: \(count) a round, one item under way, ns (two clock reads included)")
    print(row("round", ["boost p50", "ring p50", "boost p99", "ring p99", "preempted"]))
    var medians: (boost: [Double], ring: [Double]) = ([], [])
    let all = (boost: Samples(count: 0), ring: Samples(count: 0))
    for round in -1..<rounds {
        let boost = Samples(count: count)
        let ring = Samples(count: count)
        var preemptions = 0
        for isBoost in round.isMultiple(of: 2) ? [true, false] : [false, true] {
            let (pinger, echoer) = isBoost ? roundTripsOfBoost(boost) : roundTripsOfRing(ring)
            preemptions += pinger.preemptions + echoer.preemptions
        }
        guard round >= 0 else { continue }
        all.boost.append(boost)
        all.ring.append(ring)
        medians.boost.append(Double(boost.percentile(50)))
        medians.ring.append(Double(ring.percentile(50)))
        print(
            row(
                "\(round + 1)",
                [
                    "\(boost.percentile(50))", "\(ring.percentile(50))", "\(boost.percentile(99))",
                    "\(ring.percentile(99))", "\(preemptions)",
                ]))
    }
    for (name, samples) in [("boost", all.boost), ("ring", all.ring)] {
        let figures = [50, 90, 99, 99.9].map { "p\($0) \(samples.percentile($0))" }.joined(separator: ", ")
        print("\(name), all rounds: \(figures)")
    }
    printRatios("p50, ring / boost", medians.ring, medians.boost)
    print("")
}

func roundTripsOfBoost(_ samples: Samples) -> (Run, Run) {
    let out = BoostQueue()
    let back = BoostQueue()
    let count = UInt64(samples.values.count)
    return runPinned(
        Loop {
            unsafe samples.values.withUnsafeMutableBufferPointer {
                unsafe cboost_ping(out.pointer, back.pointer, count, $0.baseAddress!)
            }
            return 0
        },
        Loop {
            unsafe cboost_echo(out.pointer, back.pointer, count)
            return 0
        })
}

func roundTripsOfRing(_ samples: Samples) -> (Run, Run) {
    let out = SPSCRing<cthreads_item>(minimumCapacity: Contender.capacity)
    let back = SPSCRing<cthreads_item>(minimumCapacity: Contender.capacity)
    let count = UInt64(samples.values.count)
    let outProducer = Handoff(out.producer)
    let outConsumer = Handoff(out.consumer)
    let backProducer = Handoff(back.producer)
    let backConsumer = Handoff(back.consumer)
    return runPinned(
        Loop {
            var out = outProducer.take()
            var back = backConsumer.take()
            ping(&out, &back, &samples.values)
            return 0
        },
        Loop {
            var input = outConsumer.take()
            var back = backProducer.take()
            echo(&input, &back, count)
            return 0
        })
}

/// What a consumer pays for going to sleep and being woken: each of two threads sleeps until the other has answered.
func measureSleep(count: Int) throws {
    print("Sleeping: round trip of two threads that both sleep, \(count) a run, µs")
    for barrier in [Doorbell.Barrier.membarrier, .fence, .membarrier, .fence] {
        let samples = Samples(count: count)
        let here = try Doorbell(barrier: barrier)
        let there = try Doorbell(barrier: barrier)
        let out = SPSCRing<cthreads_item>(minimumCapacity: 16)
        let back = SPSCRing<cthreads_item>(minimumCapacity: 16)
        let outProducer = Handoff(WakingProducer(out.producer, doorbell: there))
        let outConsumer = Handoff(out.consumer)
        let backProducer = Handoff(WakingProducer(back.producer, doorbell: here))
        let backConsumer = Handoff(back.consumer)
        _ = runPinned(
            Loop {
                var out = outProducer.take()
                var back = backConsumer.take()
                for index in 0..<count {
                    let start = cthreads_now()
                    _ = out.push(makeItem(UInt64(index)))
                    while back.pop() == nil { _ = here.sleep { !back.isEmpty } }
                    samples.values[index] = cthreads_now() - start
                }
                return 0
            },
            Loop {
                var input = outConsumer.take()
                var back = backProducer.take()
                for _ in 0..<count {
                    while true {
                        if let item = input.pop() {
                            _ = back.push(item)
                            break
                        }
                        _ = there.sleep { !input.isEmpty }
                    }
                }
                return 0
            })
        let figures = [50, 90, 99].map { "p\($0) \(format(Double(samples.percentile($0)) / 1000, 1))" }
        let alone = try measureArming(barrier)
        print("\(barrier): \(figures.joined(separator: ", ")); arm and disarm alone \(format(alone, 2))")
    }
}

/// Microseconds of one `arm()` and `disarm()`, while another thread runs on the other processor.
func measureArming(_ barrier: Doorbell.Barrier) throws -> Double {
    let doorbell = try Doorbell(barrier: barrier)
    let count = 20_000
    let ring = SPSCRing<cthreads_item>(minimumCapacity: Contender.capacity)
    let producer = Handoff(ring.producer)
    let consumer = Handoff(ring.consumer)
    let (run, _) = runPinned(
        Loop {
            var end = producer.take()
            for _ in 0..<count {
                _ = doorbell.arm()
                doorbell.disarm()
            }
            _ = end.push(makeItem(0))
            return 0
        },
        Loop {
            var end = consumer.take()
            return consume(&end, 1)
        })
    return Double(run.end - run.start) / Double(count) / 1000
}
