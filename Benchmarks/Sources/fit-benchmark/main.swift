// SPDX-License-Identifier: GPL-3.0-or-later
import CThreads
import FIT
import Figures
import Workloads

let arguments = CommandLine.arguments.dropFirst()
guard arguments.count <= 2, arguments.allSatisfy({ Int($0).map { $0 > 0 } ?? false }) else {
    print("usage: fit-benchmark [rounds [million records of the long file]]")
    throw UsageError()
}
let numbers = arguments.compactMap { Int($0) }
let rounds = numbers.first ?? 11
let millions = numbers.dropFirst().first ?? 30

/// - Returns: a number that no run may change.
func write(_ count: Int) -> Int {
    var run = FITRun()
    var bytes = 0
    run.write(count) { bytes += $0.count }
    run.encoder.finish()
    run.encoder.drain { bytes += $0.count }
    return bytes
}

func decode(_ bytes: [UInt8]) throws -> Int {
    var decoder = FITDecoder()
    var start = 0
    var sum = 0
    while start < bytes.count {
        let end = min(start + FITRun.piece, bytes.count)
        decoder.append(bytes.span.extracting(start..<end))
        start = end
        if start == bytes.count { decoder.endOfInput() }
        while try decoder.advance() {
            let message = decoder.message
            for index in message.fields.indices {
                sum &+= Int(message.unsigned(message.fields[index]) ?? 0)
            }
        }
    }
    return sum
}

func samples(_ bytes: [UInt8]) throws -> Int {
    var reader = FITSampleReader()
    var start = 0
    var count = 0
    while start < bytes.count {
        let end = min(start + FITRun.piece, bytes.count)
        reader.append(bytes.span.extracting(start..<end))
        start = end
        if start == bytes.count { reader.endOfInput() }
        while try reader.next() != nil { count += 1 }
    }
    return count
}

struct Stage {
    var name: String
    var run: () throws -> Int
}

let count = 1_000_000
let bytes = FITRun.file(count)
print("A file of \(count) records: \(bytes.count >> 20) MiB, \(bytes.count / count) bytes a record\n")
let stages = [
    Stage(name: "writing") { write(count) },
    Stage(name: "reading every field") { try decode(bytes) },
    Stage(name: "reading as samples") { try samples(bytes) },
]
var rates: [[Double]] = Array(repeating: [], count: stages.count)
var walls = rates
var results: [Int?] = Array(repeating: nil, count: stages.count)
for round in -1..<rounds {
    let order = Array(stages.indices)
    for index in round.isMultiple(of: 2) ? order : order.reversed() {
        let processor = cthreads_processor_time()
        let start = cthreads_now()
        let result = try stages[index].run()
        let cost = Double(cthreads_processor_time() - processor) / 1e9
        let wall = Double(cthreads_now() - start) / 1e9
        precondition(results[index] ?? result == result, "\(stages[index].name): the result changed")
        results[index] = result
        guard round >= 0 else { continue }  // The first is for the caches and the page faults.
        rates[index].append(Double(count) / cost / 1e6)
        walls[index].append(Double(count) / wall / 1e6)
    }
}
print("\(rounds) rounds, processor time: median (range), million records/s")
for (index, stage) in stages.enumerated() {
    let rate = rates[index]
    print(
        "  \(stage.name): \(format(rate.median, 2)) (\(format(rate.min()!, 2))…\(format(rate.max()!, 2))), "
            + "by the clock \(format(walls[index].median, 2))")
}

print("\nMemory: written, and read as it is written; peak resident memory so far")
var run = FITRun()
var reader = FITSampleReader()
var read = 0
print("  before: \(cthreads_peak_resident() / 1024) MiB")
for million in 1...millions {
    var failure: (any Error)?
    run.write(1_000_000) { span in
        reader.append(span)
        do {
            while try reader.next() != nil { read += 1 }
        } catch {
            failure = error
        }
    }
    if let failure { throw failure }
    if million == 1 || million == millions || million % 10 == 0 {
        print("  \(million) million records, \(read) samples: \(cthreads_peak_resident() / 1024) MiB")
    }
}

struct UsageError: Error {}
