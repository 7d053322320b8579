// SPDX-License-Identifier: GPL-3.0-or-later
import Analysis
import Capture
import Measurement
import Pipeline
import Replay
import TestSupport

extension RealRecordings {
    static func analysis(
        _ name: String, _ athlete: AthleteConfiguration = .init(), until end: Double = .infinity
    ) throws -> AnalysisDocument {
        try Recordings.analysis(path(name), athlete, until: end)
    }

    static let steady = [
        "runs/steady/activitylog2-footpod-40min.csv", "runs/steady/elevate-footpod-79min.csv",
        "runs/steady/fitparse-stryd-57min.csv", "runs/steady/goldencheetah-stryd-71min.csv",
        "runs/steady/tracker-2013-06-29-hr-spikes.csv",
    ]
}

/// Any recording, through the same reader as the program's.
enum Recordings {
    static func analysis(
        _ path: String, _ athlete: AthleteConfiguration = .init(), until end: Double = .infinity
    ) throws -> AnalysisDocument {
        var file = try RecordingFile(path: path)
        var pipeline = RecordingPipeline(athletes: [athlete])
        var start: Timestamp?
        func isWithin(_ time: Timestamp) -> Bool {
            let first = start ?? time
            start = first
            return time.seconds(since: first) <= end
        }
        while try file.next(
            frame: { frame, bytes in
                if isWithin(frame.time) { pipeline.ingest(frame, bytes) { _, _ in } }
            },
            sample: { sample in
                if isWithin(sample.time) { pipeline.ingest(sample) { _, _ in } }
            })
        {}
        pipeline.finish()
        return pipeline.analysis(of: 0, kind: file.format.rawValue, records: file.recordCounts, notes: file.notes)
    }
}
