// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import CThreads
import Capture
import Figures
import Pipeline

/// What one run of something cost.
struct Cost {
    /// Seconds of wall clock, and of the processor for this thread.
    var elapsed: Double
    var processor: Double
    var allocations: UInt64
    /// Bytes more than before, of what malloc has given.
    var heapGrowth: Int64

    init(of body: () throws -> Void) rethrows {
        let allocations = cthreads_allocations()
        let heap = cthreads_heap()
        let processor = cthreads_processor_time()
        let start = cthreads_now()
        try body()
        elapsed = Double(cthreads_now() - start) / 1e9
        self.processor = Double(cthreads_processor_time() - processor) / 1e9
        self.allocations = cthreads_allocations() - allocations
        heapGrowth = Int64(cthreads_heap()) - Int64(heap)
    }
}

struct Stage {
    var name: String
    var unit: String
    /// Items of one run.
    var count: Int
    var run: () throws -> UInt64
}

/// Every stage in every round, in turn forwards and backwards, so that a slow spell of the machine hits all alike.
///
/// - Parameter only: how the names of the stages begin that are run: a profiler wants one.
func measureStages(_ stages: Stages, rounds: Int, only: String = "") throws {
    let frames = stages.recording.frames.count
    let every = [
        Stage(name: "ANT framing and pages", unit: "messages", count: stages.plainBytes.count / 13) {
            stages.antPages(stages.plainBytes)
        },
        Stage(name: "the same, extended data", unit: "messages", count: stages.antMessages) {
            stages.antPages(stages.recording.stickBytes)
        },
        Stage(name: "frames to samples", unit: "frames", count: frames) { stages.frameDecoder() },
        Stage(name: "fusion", unit: "samples", count: stages.samples.count) { stages.fusion() },
        Stage(name: "segmenter", unit: "fused samples", count: stages.fused.count) { stages.segmenter() },
        Stage(name: "phase recorder", unit: "fused samples", count: stages.fused.count) { stages.phaseRecorder() },
        Stage(name: "whole, frames in memory", unit: "frames", count: frames) { stages.pipelineFromFrames() },
        Stage(name: "whole, pcapng", unit: "frames", count: frames) { try stages.pipelineFromFile() },
    ]
    let all = every.filter { $0.name.hasPrefix(only) }
    var costs: [[Cost]] = Array(repeating: [], count: all.count)
    var results: [UInt64?] = Array(repeating: nil, count: all.count)
    for round in -1..<rounds {
        let order = Array(all.indices)
        for index in round.isMultiple(of: 2) ? order : order.reversed() {
            var result: UInt64 = 0
            let cost = try Cost { result = try all[index].run() }
            precondition(results[index] ?? result == result, "\(all[index].name): the result changed")
            results[index] = result
            if round >= 0 { costs[index].append(cost) }  // The first is for the caches and the page faults.
        }
    }
    print("Each alone, \(rounds) rounds, processor time: median (range)")
    for (stage, costs) in zip(all, costs) {
        let each = costs.map { $0.processor / Double(stage.count) * 1e9 }
        let rates = each.map { 1e3 / $0 }
        let wall = costs.map { $0.elapsed / Double(stage.count) * 1e9 }
        let allocations = Double(costs[0].allocations) / Double(stage.count) * 1e6
        print(
            "  \(stage.name): \(format(rates.median, 2)) (\(format(rates.min()!, 2))…\(format(rates.max()!, 2))) million "
                + "\(stage.unit)/s, \(format(each.median, 1)) ns each (wall \(format(wall.median, 1))), "
                + "\(format(allocations, 0)) allocations per million")
    }
}

/// A pipeline that goes on and on: what a further million frames allocate, and what of it stays.
func measureSteadyState(_ stages: Stages, passes: Int64) throws {
    var pipeline = Stages.pipeline
    var reader = CaptureReader()
    try stages.feed(&pipeline, from: &reader, pass: 0)
    let cost = try Cost {
        for pass in 1...passes { try stages.feed(&pipeline, from: &reader, pass: pass) }
    }
    let millions = Double(stages.recording.frames.count) * Double(passes) / 1e6
    let document = pipeline.analysis(of: 0, kind: "pcapng")
    let bouts = document.sprints + document.intervals
    let seconds = bouts.reduce(0) { $0 + $1.end - $1.start }
    print(
        "Going on for \(format(millions, 2)) million frames: \(format(Double(cost.allocations) / millions, 0)) allocations "
            + "and \(format(Double(cost.heapGrowth) / millions / 1024, 1)) KiB of heap more per million; "
            + "in all \(document.phases.count) phases, \(bouts.count) bouts of \(format(seconds, 0)) s together")
}

/// Recordings from one to many hours, streamed: cost for each frame, and memory.
func measureLinearity(_ stages: Stages, hours: Int64) throws {
    print("Length: pcapng, streamed")
    var length: Int64 = 1
    while length <= hours {
        var pipeline = Stages.pipeline
        var reader = CaptureReader()
        let passes = max(1, length * 3600 / stages.recording.duration)
        var phases = 0
        let cost = try Cost {
            for pass in 0..<passes { try stages.feed(&pipeline, from: &reader, pass: pass) }
            pipeline.finish()
            phases = pipeline.analysis(of: 0, kind: "pcapng").phases.count
        }
        let each = cost.processor / (Double(stages.recording.frames.count) * Double(passes)) * 1e9
        print(
            "  \(passes * stages.recording.duration / 3600) h: \(format(cost.processor, 3)) s, \(format(each, 1)) ns a frame, "
                + "\(phases) phases, peak resident memory so far \(cthreads_peak_resident() / 1024) MiB")
        length *= 10
    }
}
