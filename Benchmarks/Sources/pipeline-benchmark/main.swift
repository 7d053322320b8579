// SPDX-License-Identifier: GPL-3.0-or-later
import Figures

let arguments = CommandLine.arguments.dropFirst()
let stageName = arguments.dropFirst(2).first ?? ""
guard arguments.count <= 3, arguments.prefix(2).allSatisfy({ Int64($0).map { $0 >= 0 } ?? false }) else {
    print("usage: pipeline-benchmark [rounds [hours of the longest recording, 0 for the stages only [a stage's name]]]")
    throw UsageError()
}
let numbers = arguments.prefix(2).compactMap { Int64($0) }
let rounds = max(1, Int(numbers.first ?? 11))
let hours = numbers.dropFirst().first ?? 100

let stages = Stages(try Recording(duration: 3600))
print(
    "One hour: \(stages.recording.frames.count) frames, \(stages.recording.blocks.count >> 10) KiB, "
        + "\(stages.samples.count) samples, \(stages.fused.count) fused, \(stages.changes.count) decisions\n")
try measureStages(stages, rounds: rounds, only: stageName)
if hours > 0 {
    print("")
    try measureSteadyState(stages, passes: 35)
    print("")
    try measureLinearity(stages, hours: hours)
    print("")
    try measureBluetooth(rounds: rounds)
    print("")
    try measureLatency(seconds: 20)
    print("")
    measureSync(commits: 200)
}

struct UsageError: Error {}
