// SPDX-License-Identifier: GPL-3.0-or-later
import CThreads
import FileIO
import Fusion
import Measurement

/// Our side of a comparison: writes what is worked on into a folder, and then does on each line that it reads what the line names, so that
/// `Benchmarks/peers/compare` can have us and the peers take turns.
///
/// A line is `ant`, `fit` or `segment`, and how often; the answer is the processor time of one such, in ns, and what came of it.
guard CommandLine.arguments.count == 2 else {
    print("usage: peer-benchmark FOLDER")
    throw UsageError()
}
let folder = CommandLine.arguments[1]
let workload = try Workload(records: 20_000)

func write(_ bytes: [UInt8], to name: String) throws {
    let file = try FileDescriptor.open(folder + "/" + name, for: .creation(mode: 0o644))
    try file.write(bytes.span)
    try file.close()
}

func answer(_ text: String) throws { try FileDescriptor.standardOutput.write(Array((text + "\n").utf8).span) }

try write(workload.strapBytes, to: "strap.bytes")
try write(workload.activity, to: "activity.fit")
let lines = workload.speeds.map { "\($0.speed ?? 0)\n" }.joined()
try write(Array(lines.utf8), to: "speeds.txt")
try answer("ready")

while let line = readLine() {
    let words = line.split(separator: " ")
    guard words.count == 2, let times = Int(words[1]), times > 0 else { throw UsageError() }
    var result: UInt64 = 0
    let start = cthreads_processor_time()
    for _ in 0..<times {
        switch words[0] {
        case "ant": result = workload.readStrap()
        case "fit": result = try workload.readActivity()
        case "segment": result = workload.segment()
        default: throw UsageError()
        }
    }
    let time = cthreads_processor_time() - start
    try answer("\(Double(time) / Double(times)) \(result)")
}

struct UsageError: Error {}
