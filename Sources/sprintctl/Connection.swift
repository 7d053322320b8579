// SPDX-License-Identifier: GPL-3.0-or-later
internal import ActivityFile
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
internal import TCX

/// Where the commands meet the pipeline: each function does one command's work, and knows nothing of terminals.
enum Connection {
    /// What one pass over a recording gives.
    struct Reading {
        var document: AnalysisDocument
        /// Empty unless asked for.
        var track: ActivityTrack
        /// The first frame's or sample's time, on the recording's own clock.
        var start: Timestamp
    }

    /// As ``reading(ofFile:athlete:plan:known:start:wantsTrack:)``, for those who need the analysis only.
    static func analysis(
        ofFile path: String, athlete: Athlete?, plan: Plan?, known: SessionMetadata? = nil, start: Int64? = nil
    ) throws(CommandFailure) -> AnalysisDocument {
        try reading(ofFile: path, athlete: athlete, plan: plan, known: known, start: start, wantsTrack: false).document
    }

    /// The athlete and the plan are those of the command line, else those that a session of this program holds.
    ///
    /// - Parameters:
    ///   - known: what is known in place of what the recording's header says, and of an imported file, which has none.
    ///   - start: when it began, seconds since 1970, in place of what the recording says.
    ///   - wantsTrack: whether the stream is kept, second by second.
    /// - Throws: `.noInput`, `.badData` …, each message beginning with the file's name.
    static func reading(
        ofFile path: String, athlete: Athlete?, plan: Plan?, known: SessionMetadata?, start: Int64?, wantsTrack: Bool
    ) throws(CommandFailure) -> Reading {
        // A plan that the athlete names goes before the recording's own.
        var intended = plan
        if intended == nil, let name = athlete?.plan { intended = try PlanFile.plan(name, .configuration) }
        var file = try open(path)
        let format = file.format
        var metadata = known
        var sourceNotes: [String] = []
        var track = ActivityTrack()
        var pipeline: RecordingPipeline?
        /// What is known of the athlete may stand in the recording itself, before its first frame.
        func begin(at time: Timestamp) {
            guard pipeline == nil else { return }
            var person = athlete ?? metadata?.athlete ?? Athlete()
            // An activity file is one athlete's, and its columns are none of the sensors that an athlete can have.
            switch format {
            case .fit, .tcx, .csv:
                person.sensors = []
                person.sensorNames = []
            case .pcapng, .pcap, .btsnoop: break
            }
            let date = CalendarDate(unixSeconds: start ?? time.nanoseconds / 1_000_000_000)
            pipeline = RecordingPipeline(athletes: [
                AthleteConfiguration(
                    person,
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
                    guard wantsTrack else { return pipeline?.collect(frame, bytes) ?? () }
                    pipeline?.ingest(
                        frame, bytes, emit: { if case .fused(let sample) = $1 { track.ingest(sample) } },
                        emitInterval: { track.ingest($2, at: $1) })
                },
                sample: { sample in
                    begin(at: sample.time)
                    guard wantsTrack else { return pipeline?.ingest(sample) { _, _ in } ?? () }
                    pipeline?.ingest(
                        sample, emit: { if case .fused(let sample) = $1 { track.ingest(sample) } },
                        emitInterval: { track.ingest($2, at: $1) })
                },
                event: { event in
                    sourceNotes = SourceNotes(event)?.lines ?? sourceNotes
                    guard case .comment(let comment) = event, comment.origin == .section else { return }
                    metadata = metadata ?? SessionMetadata(json: comment.text)
                })
        }
        begin(at: .zero)
        pipeline?.finish()
        guard let pipeline, let began = pipeline.start else {
            throw CommandFailure(.badData, "\(path): holds nothing that can be analysed\(reason(file.notes))")
        }
        track.finish()
        let document = pipeline.analysis(
            of: 0, kind: file.format.rawValue, records: file.recordCounts, notes: sourceNotes + file.notes,
            droppedFrames: file.droppedFrames, sensorNames: file.sensorNames)
        return Reading(document: document, track: track, start: began)
    }

    /// When a recording of samples or frames began, on its own clock.
    ///
    /// - Throws: as ``reading(ofFile:athlete:plan:known:start:wantsTrack:)``.
    static func start(ofFile path: String) throws(CommandFailure) -> Timestamp {
        var file = try open(path)
        var first: Timestamp?
        var more = true
        while more, first == nil {
            more = try next(
                &file, frame: { frame, _ in first = first ?? frame.time }, sample: { first = first ?? $0.time })
        }
        guard let first else {
            throw CommandFailure(.badData, "\(path): holds nothing that can be analysed\(reason(file.notes))")
        }
        return first
    }

    private static func reason(_ notes: [String]) -> String {
        notes.isEmpty ? "" : ": " + notes[0]
    }

    static func open(_ path: String) throws(CommandFailure) -> RecordingFile {
        do {
            return try RecordingFile(path: path, tcx: TCXSampleReader())
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
