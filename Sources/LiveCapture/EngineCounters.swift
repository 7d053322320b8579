// SPDX-License-Identifier: GPL-3.0-or-later
import Synchronization

/// Counts that any thread may read while they grow.
package final class EngineCounters: Sendable {
    private let storedFrames = Atomic<UInt64>(0)
    private let storedDrops = Atomic<UInt64>(0)
    private let storedLate = Atomic<Int>(0)

    /// Frames that reached the pipeline.
    package var frames: UInt64 { storedFrames.load(ordering: .acquiring) }
    /// Frames that were dropped before it or behind it.
    package var drops: UInt64 { storedDrops.load(ordering: .relaxed) }
    /// Frames that came after the order window had passed their time.
    package var late: Int { storedLate.load(ordering: .relaxed) }

    private let storedRecorded = Atomic<UInt64>(0)
    private let storedWritten = Atomic<UInt64>(0)

    /// Records on their way from the pipeline to the writer, as far as both have counted: those of ``frames`` frames at least. For simulations
    /// that wait for the engine.
    package var unwritten: UInt64 {
        let written = storedWritten.load(ordering: .acquiring)
        let recorded = storedRecorded.load(ordering: .acquiring)
        return recorded > written ? recorded - written : 0
    }

    func set(recorded count: UInt64) { storedRecorded.store(count, ordering: .releasing) }
    func set(written count: UInt64) { storedWritten.store(count, ordering: .releasing) }

    private let pipelineTime = Atomic<Int64>(0)
    private let writerTime = Atomic<Int64>(0)

    /// What the threads had of a processor, in seconds. Known when they have ended.
    package var processorSeconds: (pipeline: Double, writer: Double) {
        (Double(pipelineTime.load(ordering: .relaxed)) / 1e9, Double(writerTime.load(ordering: .relaxed)) / 1e9)
    }

    func set(pipelineTime time: Int64) { pipelineTime.store(time, ordering: .relaxed) }
    func set(writerTime time: Int64) { writerTime.store(time, ordering: .relaxed) }

    func set(frames: UInt64, drops: UInt64, late: Int) {
        // Who sees the frames sees their records.
        storedFrames.store(frames, ordering: .releasing)
        storedDrops.store(drops, ordering: .relaxed)
        storedLate.store(late, ordering: .relaxed)
    }
}
