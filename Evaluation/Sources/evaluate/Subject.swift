// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import Capture
import Fusion
import Measurement
import Pipeline

/// The pipeline under evaluation, watched: as it runs in the daemon, with what fusion gave the segmenter noted beside it.
struct Subject {
    private(set) var trace = Trace()
    private var pipeline: RecordingPipeline
    private var hasSpeed = false

    init(_ configuration: AthleteConfiguration) {
        pipeline = RecordingPipeline(athletes: [configuration])
    }

    /// Seconds on the recording's own clock at which its time 0 lies.
    var start: Double { pipeline.start?.seconds ?? 0 }

    mutating func ingest(_ frame: CapturedFrame, _ bytes: Span<UInt8>) {
        var fused: FusedSample?
        pipeline.ingest(frame, bytes) { _, event in
            if case .fused(let sample) = event { fused = sample }
        }
        if let fused { note(fused) }
    }

    mutating func ingest(_ sample: Sample) {
        var fused: FusedSample?
        pipeline.ingest(sample) { _, event in
            if case .fused(let sample) = event { fused = sample }
        }
        if let fused { note(fused) }
    }

    /// At most five points a second are kept, those that brought a speed where there is one.
    private mutating func note(_ sample: FusedSample) {
        if sample.speed != nil { hasSpeed = true }
        guard !sample.doubts.contains(.speedOutlier), !hasSpeed || sample.updated.contains(.speed) else { return }
        let time = sample.time.seconds
        if let last = trace.time.last, time - last < 0.2 { return }
        trace.time.append(time)
        trace.speed.append(sample.speed)
        trace.cadence.append(sample.cadence)
        let isDoubtful = !sample.doubts.isDisjoint(with: [.heartRateArtefact, .noSkinContact])
        trace.heartRate.append(isDoubtful ? nil : sample.heartRate)
    }

    mutating func finish(kind: String) -> AnalysisDocument {
        pipeline.finish()
        return pipeline.analysis(of: 0, kind: kind)
    }

    var duration: Double { pipeline.duration }
}
