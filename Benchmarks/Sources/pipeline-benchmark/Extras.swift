// SPDX-License-Identifier: GPL-3.0-or-later
import CThreads
import Figures
import Pipeline
import Simulation

/// The same session by Bluetooth: HCI packets through L2CAP, ATT and GATT.
func measureBluetooth(rounds: Int) throws {
    let stages = Stages(try Recording(duration: 3600, radio: .ble))
    let count = stages.recording.frames.count
    print("By Bluetooth: \(count) HCI packets, \(stages.samples.count) samples")
    for (name, run) in [
        ("packets to samples", { stages.frameDecoder() }),
        ("whole, packets in memory", { stages.pipelineFromFrames() }),
    ] {
        var costs: [Cost] = []
        for _ in 0...rounds { costs.append(Cost { _ = run() }) }
        let each = costs.dropFirst().map { $0.processor / Double(count) * 1e9 }
        print(
            "  \(name): \(format(1e3 / each.median, 2)) million packets/s, \(format(each.median, 1)) ns each "
                + "(\(format(each.min()!, 1))…\(format(each.max()!, 1))), "
                + "\(format(Double(costs[1].allocations) / Double(count) * 1e6, 0)) allocations per million")
    }
}

/// What it costs to have a log on the disk: bytes appended and `fdatasync`, in the working folder.
func measureSync(commits: Int) {
    let log = cthreads_log_open()
    guard log >= 0 else { return print("No file can be made here to measure syncs with.") }
    defer { cthreads_log_close(log) }
    print("Commit of a log, append and fdatasync, \(commits) of each size, in the working folder")
    for size in [256, 4096, 16 << 10, 64 << 10, 256 << 10, 1 << 20] {
        var times = Latencies()
        var sum: UInt64 = 0
        for _ in 0..<commits {
            let time = cthreads_log_commit(log, size)
            guard time > 0 else { return print("  the disk failed") }
            times.record(time)
            sum += time
        }
        times.report("\(size) bytes")
        print("    once a second: \(format(Double(sum) / Double(commits) / 1e7, 2)) % of the writer's time")
    }
}
