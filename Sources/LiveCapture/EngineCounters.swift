// SPDX-License-Identifier: GPL-3.0-or-later
import Synchronization

/// Counts that any thread may read while they grow.
package final class EngineCounters: Sendable {
    private let storedFrames = Atomic<UInt64>(0)
    private let storedDrops = Atomic<UInt64>(0)
    private let storedLate = Atomic<Int>(0)

    /// Frames that reached the pipeline.
    package var frames: UInt64 { storedFrames.load(ordering: .relaxed) }
    /// Frames that were dropped before it or behind it.
    package var drops: UInt64 { storedDrops.load(ordering: .relaxed) }
    /// Frames that came after the order window had passed their time.
    package var late: Int { storedLate.load(ordering: .relaxed) }

    private let pipelineTime = Atomic<Int64>(0)
    private let writerTime = Atomic<Int64>(0)

    /// What the threads had of a processor, in seconds. Known when they have ended.
    package var processorSeconds: (pipeline: Double, writer: Double) {
        (Double(pipelineTime.load(ordering: .relaxed)) / 1e9, Double(writerTime.load(ordering: .relaxed)) / 1e9)
    }

    func set(pipelineTime time: Int64) { pipelineTime.store(time, ordering: .relaxed) }
    func set(writerTime time: Int64) { writerTime.store(time, ordering: .relaxed) }

    func set(frames: UInt64, drops: UInt64, late: Int) {
        storedFrames.store(frames, ordering: .relaxed)
        storedDrops.store(drops, ordering: .relaxed)
        storedLate.store(late, ordering: .relaxed)
    }
}
