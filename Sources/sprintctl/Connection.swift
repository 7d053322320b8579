// SPDX-License-Identifier: GPL-3.0-or-later
internal import Analysis
internal import AthleteFile
internal import Capture
internal import Measurement
internal import Pipeline
internal import ProcessIO
internal import Replay
internal import Scoring
internal import SessionStore
internal import Simulation

/// Where the commands meet the pipeline: each function does one command's work, and knows nothing of terminals.
enum Connection {
    /// The athlete and the plan are those of the command line, else those that a session of this program holds.
    ///
    /// - Parameter known: what is known in place of what the recording's header says.
    /// - Throws: `.noInput`, `.badData` …, each message beginning with the file's name.
    static func analysis(
        ofFile path: String, athlete: Athlete?, plan: Plan?, known: SessionMetadata? = nil
    ) throws(CommandFailure) -> AnalysisDocument {
        // A plan that the athlete names goes before the recording's own.
        var intended = plan
        if intended == nil, let name = athlete?.plan { intended = try PlanFile.plan(name, .configuration) }
        var file = try open(path)
        var metadata = known
        var pipeline: RecordingPipeline?
        /// What is known of the athlete may stand in the recording itself, before its first frame.
        func begin(at time: Timestamp) {
            guard pipeline == nil else { return }
            let date = CalendarDate(unixSeconds: time.nanoseconds / 1_000_000_000)
            pipeline = RecordingPipeline(athletes: [
                AthleteConfiguration(
                    athlete ?? metadata?.athlete ?? Athlete(),
                    // Who brings an athlete brings a plan with it, or none.
                    plan: intended ?? (athlete == nil ? metadata?.plan : nil), year: date.year)
            ])
        }
        var more = true
        while more {
            more = try next(
                &file,
                frame: { frame, bytes in
                    begin(at: frame.time)
                    pipeline?.ingest(frame, bytes) { _, _ in }
                },
                sample: { sample in
                    begin(at: sample.time)
                    pipeline?.ingest(sample) { _, _ in }
                },
                event: { event in
                    guard case .comment(let comment) = event, comment.origin == .section else { return }
                    metadata = metadata ?? SessionMetadata(json: comment.text)
                })
        }
        begin(at: .zero)
        pipeline?.finish()
        guard let pipeline, pipeline.start != nil else {
            throw CommandFailure(.badData, "\(path): holds nothing that can be analysed\(reason(file.notes))")
        }
        return pipeline.analysis(
            of: 0, kind: file.format.rawValue, records: file.recordCounts, notes: file.notes,
            droppedFrames: file.droppedFrames, sensorNames: file.sensorNames)
    }

    private static func reason(_ notes: [String]) -> String {
        notes.isEmpty ? "" : ": " + notes[0]
    }

    static func open(_ path: String) throws(CommandFailure) -> RecordingFile {
        do {
            return try RecordingFile(path: path)
        } catch {
            throw CommandFailure(error)
        }
    }

    static func next(
        _ file: inout RecordingFile, frame: (CapturedFrame, Span<UInt8>) -> Void, sample: (Sample) -> Void,
        event: (CaptureEvent) -> Void = { _ in }
    ) throws(CommandFailure) -> Bool {
        do {
            return try file.next(frame: frame, sample: sample, event: event)
        } catch {
            throw CommandFailure(error)
        }
    }
}

extension CommandFailure {
    init(_ error: RecordingError) {
        let status: ExitStatus =
            switch error.category {
            case .badData: .badData
            case .noInput: .noInput
            case .inputOutput: .inputOutput
            }
        self.init(status, error.description)
    }
}
