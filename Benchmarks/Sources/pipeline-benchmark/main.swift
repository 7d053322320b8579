// SPDX-License-Identifier: GPL-3.0-or-later
import Figures

let arguments = CommandLine.arguments.dropFirst()
guard arguments.count <= 2, arguments.allSatisfy({ Int64($0).map { $0 > 0 } ?? false }) else {
    print("usage: pipeline-benchmark [rounds [hours of the longest recording]]")
    throw UsageError()
}
let numbers = arguments.compactMap { Int64($0) }
let rounds = Int(numbers.first ?? 11)
let hours = numbers.dropFirst().first ?? 100

let stages = Stages(try Recording(duration: 3600))
print(
    "One hour: \(stages.recording.frames.count) frames, \(stages.recording.blocks.count >> 10) KiB, "
        + "\(stages.samples.count) samples, \(stages.fused.count) fused, \(stages.changes.count) decisions\n")
try measureStages(stages, rounds: rounds)
print("")
try measureSteadyState(stages, passes: 35)
print("")
try measureLinearity(stages, hours: hours)

struct UsageError: Error {}
