// SPDX-License-Identifier: GPL-3.0-or-later
import ANT
import Capture
import Fusion
import Measurement
import Pipeline
import Scoring
import Segmentation

/// The parts of the pipeline, each fed from memory with what the part before it made. A stage returns a sum over its
/// results, so that none of them is left out by the optimiser.
struct Stages {
    let recording: Recording
    private(set) var samples: [Sample] = []
    private(set) var fused: [FusedSample] = []
    /// The decisions, with the index of the fused sample that brought each.
    private(set) var changes: [(sample: Int, change: PhaseChange)] = []
    private(set) var antMessages = 0
    /// The data messages of the recording without extended data: frames of 13 bytes.
    private(set) var plainBytes: [UInt8] = []

    init(_ recording: Recording) {
        self.recording = recording
        var decoder = FrameDecoder()
        var samples: [Sample] = []
        for index in recording.frames.indices {
            decoder.ingest(recording.frames[index], recording.frameBytes.span.extracting(recording.bytes(of: index))) {
                (sample: Sample) in samples.append(sample)
            }
        }
        self.samples = samples
        var fusion = Fusion()
        var fused: [FusedSample] = []
        for sample in samples { fusion.ingest(sample) { fused.append($0) } }
        self.fused = fused
        var segmenter = Segmenter()
        for (index, sample) in fused.enumerated() {
            var found: [PhaseChange] = []
            segmenter.ingest(sample) { found.append($0) }
            changes += found.map { (index, $0) }
        }
        var framer = ANTFramer()
        var offset = 0
        while let message = framer.next(in: recording.stickBytes.span, from: &offset) {
            antMessages += 1
            guard let page = message.page, let channel = message.channel else { continue }
            var frame: [UInt8] = [ANTFramer.sync, 9, ANTMessageID.broadcast.rawValue, channel]
            for index in 0..<8 { frame.append(page.byte(UInt64(index))) }
            frame.append(frame.reduce(0, ^))
            plainBytes += frame
        }
    }

    /// Messages found in a stick's bytes, and their pages read.
    func antPages(_ stickBytes: [UInt8]) -> UInt64 {
        var framer = ANTFramer()
        var offset = 0
        var sum: UInt64 = 0
        let bytes = stickBytes.span
        while let message = framer.next(in: bytes, from: &offset) {
            guard let page = message.page else { continue }
            // The simulated strap has channel 0, its footpod channel 1.
            if message.channel == 0 {
                let page = HeartRatePage(page)
                sum &+= UInt64(page.beatTime) &+ UInt64(page.beatsPerMinute ?? 0)
            } else if case .main(_, let distance, let speed, _, _) = StridePage(page) {
                sum &+= UInt64(distance) &+ UInt64(speed)
            }
        }
        return sum
    }

    func frameDecoder() -> UInt64 {
        var decoder = FrameDecoder()
        var sum: UInt64 = 0
        let bytes = recording.frameBytes.span
        for index in recording.frames.indices {
            decoder.ingest(recording.frames[index], bytes.extracting(recording.bytes(of: index))) { (sample: Sample) in
                sum &+= UInt64(bitPattern: sample.time.nanoseconds)
            }
        }
        return sum
    }

    func fusion() -> UInt64 {
        var fusion = Fusion()
        var sum: UInt64 = 0
        for sample in samples {
            fusion.ingest(sample) { sum &+= UInt64(bitPattern: $0.time.nanoseconds) &+ UInt64($0.updated.rawValue) }
        }
        return sum
    }

    func segmenter() -> UInt64 {
        var segmenter = Segmenter()
        var sum: UInt64 = 0
        for sample in fused { segmenter.ingest(sample) { _ in sum &+= 1 } }
        return sum
    }

    func phaseRecorder() -> UInt64 {
        var recorder = PhaseRecorder()
        var next = 0
        for index in fused.indices {
            recorder.ingest(fused[index])
            while next < changes.count, changes[next].sample == index {
                recorder.apply(changes[next].change)
                next += 1
            }
        }
        return UInt64(recorder.phaseCount)
    }

    func pipelineFromFrames() -> UInt64 {
        var pipeline = Self.pipeline
        feed(&pipeline, pass: 0)
        pipeline.finish()
        return UInt64(pipeline.duration)
    }

    /// One athlete of whom nothing is known, who takes the first sensor of each kind.
    static var pipeline: RecordingPipeline { RecordingPipeline(athletes: [AthleteConfiguration()]) }

    /// One pass over the recording, `pass` durations later than it was made.
    func feed(_ pipeline: inout RecordingPipeline, pass: Int64) {
        let (bytes, frames, starts) = (recording.frameBytes.span, recording.frames.span, recording.starts.span)
        let shift = pass * recording.duration * 1_000_000_000
        var start = 0
        for index in frames.indices {
            var frame = frames[index]
            if shift != 0 { frame.time = Timestamp(nanoseconds: frame.time.nanoseconds + shift) }
            let end = starts[index + 1]
            pipeline.collect(frame, bytes.extracting(start..<end))
            start = end
        }
    }

    func pipelineFromFile() throws -> UInt64 {
        var pipeline = Self.pipeline
        var reader = CaptureReader()
        try feed(&pipeline, from: &reader, pass: 0)
        pipeline.finish()
        return UInt64(pipeline.duration)
    }

    /// One pass as a section of a pcapng file, which arrives in the pieces in which files are read.
    func feed(_ pipeline: inout RecordingPipeline, from reader: inout CaptureReader, pass: Int64) throws {
        let head = try recording.sectionHead(pass: pass)
        try feed(&pipeline, from: &reader, head.span)
        let blocks = recording.blocks.span
        var offset = 0
        while offset < blocks.count {
            let end = min(offset + 256 << 10, blocks.count)
            try feed(&pipeline, from: &reader, blocks.extracting(offset..<end))
            offset = end
        }
    }

    /// Not inlined: the optimiser of Swift 6.3.1 fails on it when it is.
    @inline(never)
    private func feed(
        _ pipeline: inout RecordingPipeline, from reader: inout CaptureReader, _ piece: Span<UInt8>
    ) throws {
        reader.append(piece)
        var step = CaptureStep.frame
        while step == .frame || step == .event {
            step = try reader.next(
                frame: { frame, bytes in pipeline.collect(frame, bytes) }, event: { _ in })
        }
    }
}
