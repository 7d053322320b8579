// SPDX-License-Identifier: GPL-3.0-or-later
package import Analysis
import Capture
import Measurement
import Pipeline
import Scoring

/// Makes a session's analysis again from its capture alone.
package enum SessionAnalysis {
    /// Athlete and plan are those that the capture's header names; a plan that this version does not know is left out.
    ///
    /// - Returns: `nil` for a capture without a frame.
    package static func document(
        ofCapture path: String, files: any FileSystem
    ) throws(FileError) -> AnalysisDocument? {
        var metadata: SessionMetadata?
        var pipeline: RecordingPipeline?
        let scan = try CaptureScan(
            path, files: files,
            frame: { frame, bytes in
                if pipeline == nil {
                    let athlete = metadata?.athlete ?? Athlete()
                    let date = CalendarDate(unixSeconds: frame.time.nanoseconds / 1_000_000_000)
                    pipeline = RecordingPipeline(athletes: [
                        AthleteConfiguration(athlete, plan: athlete.plan.flatMap(Plan.named), year: date.year)
                    ])
                }
                pipeline?.ingest(frame, bytes) { _, _ in }
            },
            event: { event in
                guard case .comment(let comment) = event, comment.origin == .section else { return }
                metadata = metadata ?? SessionMetadata(json: comment.text)
            })
        pipeline?.finish()
        return pipeline?.analysis(of: 0, kind: CaptureFormat.pcapng.rawValue, droppedFrames: Int(clamping: scan.drops))
    }
}
