// SPDX-License-Identifier: GPL-3.0-or-later
import CThreads
import FIT
import Figures
import Measurement

let arguments = CommandLine.arguments.dropFirst()
guard arguments.count <= 2, arguments.allSatisfy({ Int($0).map { $0 > 0 } ?? false }) else {
    print("usage: fit-benchmark [rounds [million records of the long file]]")
    throw UsageError()
}
let numbers = arguments.compactMap { Int($0) }
let rounds = numbers.first ?? 11
let millions = numbers.dropFirst().first ?? 30

/// Bytes handed over at a time, as from a file.
let chunk = 256 << 10

/// A run that never ends: every field that we write, each record a second later.
struct Source {
    var encoder = FITEncoder()
    var records = FITRecordEncoder(effortField: 0, phaseField: 1)
    var values = FITRecordEncoder.Values(timestamp: 1_000_000_000)

    init() {
        encoder.message(FITProfile.Message.fileID, [FITFieldValue(0, .enum(4))])
        encoder.message(207, [FITFieldValue(3, .uint8(0))])
        for number in [0, 1] as [UInt8] {
            encoder.message(
                206,
                [FITFieldValue(0, .uint8(0)), FITFieldValue(1, .uint8(number)), FITFieldValue(2, .uint8(2))])
        }
    }

    mutating func writeNext() {
        let phase = Double(values.timestamp % 120)
        values.timestamp &+= 1
        values.heartRate = 120 + phase / 2
        values.speed = 2 + phase / 30
        values.cadence = 80 + phase / 16
        values.distance = Double(values.timestamp % 100_000) * 2.5
        values.effort = phase / 130
        values.phase = UInt8(truncatingIfNeeded: values.timestamp % 7)
        records.write(values, to: &encoder)
    }

    /// Writes records and hands the bytes over as they gather.
    mutating func write(_ count: Int, _ body: (Span<UInt8>) -> Void) {
        for _ in 0..<count {
            writeNext()
            if encoder.pendingBytes >= chunk { encoder.drain(body) }
        }
    }
}

/// - Returns: a number that no run may change.
func write(_ count: Int) -> Int {
    var source = Source()
    var bytes = 0
    source.write(count) { bytes += $0.count }
    source.encoder.finish()
    source.encoder.drain { bytes += $0.count }
    return bytes
}

func file(_ count: Int) -> [UInt8] {
    var source = Source()
    var bytes: [UInt8] = []
    func take(_ span: Span<UInt8>) { for index in span.indices { bytes.append(span[index]) } }
    source.write(count, take)
    source.encoder.finish()
    source.encoder.drain(take)
    bytes.replaceSubrange(0..<14, with: source.encoder.header)
    return bytes
}

func decode(_ bytes: [UInt8]) throws -> Int {
    var decoder = FITDecoder()
    var start = 0
    var sum = 0
    while start < bytes.count {
        let end = min(start + chunk, bytes.count)
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
        let end = min(start + chunk, bytes.count)
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
let bytes = file(count)
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
var source = Source()
var reader = FITSampleReader()
var read = 0
print("  before: \(cthreads_peak_resident() / 1024) MiB")
for million in 1...millions {
    var failure: (any Error)?
    source.write(1_000_000) { span in
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
