// SPDX-License-Identifier: GPL-3.0-or-later
package import Analysis
import Capture
import Measurement
import Pipeline
import Scoring

/// Makes a session's analysis again from its capture alone.
package enum SessionAnalysis {
    /// Athlete and plan are those that the capture's header names.
    ///
    /// - Parameter known: what is known in place of what the header says.
    /// - Returns: `nil` for a capture without a frame.
    package static func document(
        ofCapture path: String, files: any FileSystem, known: SessionMetadata? = nil
    ) throws(FileError) -> AnalysisDocument? {
        var metadata = known
        var notes: [String] = []
        var pipeline: RecordingPipeline?
        let scan = try CaptureScan(
            path, files: files,
            frame: { frame, bytes in
                if pipeline == nil {
                    let date = CalendarDate(unixSeconds: frame.time.nanoseconds / 1_000_000_000)
                    pipeline = RecordingPipeline(athletes: [
                        AthleteConfiguration(metadata?.athlete ?? Athlete(), plan: metadata?.plan, year: date.year)
                    ])
                }
                pipeline?.collect(frame, bytes)
            },
            event: { event in
                if let noted = SourceNotes(event) { notes = noted.lines }
                guard case .comment(let comment) = event, comment.origin == .section else { return }
                metadata = metadata ?? SessionMetadata(json: comment.text)
            })
        pipeline?.finish()
        return pipeline?.analysis(
            of: 0, kind: CaptureFormat.pcapng.rawValue, notes: notes, droppedFrames: Int(clamping: scan.drops))
    }
}
