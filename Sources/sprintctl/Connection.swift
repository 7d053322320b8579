// SPDX-License-Identifier: GPL-3.0-or-later
internal import ActivityFile
internal import Analysis
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

    /// As ``reading(ofFile:athlete:plan:metadata:start:wantsTrack:)``, for those who need the analysis only.
    static func analysis(
        ofFile path: String, athlete: Athlete?, plan: String?, metadata: SessionMetadata? = nil
    ) throws(CommandFailure) -> AnalysisDocument {
        try reading(ofFile: path, athlete: athlete, plan: plan, metadata: metadata, start: nil, wantsTrack: false)
            .document
    }

    /// The athlete and the plan are those of the command line, else those that a session of this program holds.
    ///
    /// - Parameters:
    ///   - metadata: of an imported session, whose file holds none.
    ///   - start: seconds since 1970, of a recording that does not say.
    ///   - wantsTrack: whether the stream is kept, second by second.
    /// - Throws: `.noInput`, `.badData` …, each message beginning with the file's name.
    static func reading(
        ofFile path: String, athlete: Athlete?, plan: String?, metadata known: SessionMetadata?, start: Int64?,
        wantsTrack: Bool
    ) throws(CommandFailure) -> Reading {
        let planned = try plan.map { name throws(CommandFailure) in try self.plan(name, .usage) }
        var file = try open(path)
        let format = file.format
        var metadata = known
        var track = ActivityTrack()
        var pipeline: RecordingPipeline?
        var failure: CommandFailure?
        /// What is known of the athlete may stand in the recording itself, before its first frame.
        func begin(at time: Timestamp) {
            guard pipeline == nil, failure == nil else { return }
            var known = athlete ?? metadata?.athlete ?? Athlete()
            // An activity file is one athlete's, and its columns are none of the sensors that an athlete can have.
            switch format {
            case .fit, .tcx, .csv: known.sensors = []
            case .pcapng, .pcap, .btsnoop: break
            }
            do throws(CommandFailure) {
                var intended = planned
                if intended == nil, let name = known.plan {
                    // A recording's own plan may be one that a later version brought.
                    intended = athlete == nil ? Plan.named(name) : try self.plan(name, .configuration)
                }
                let date = CalendarDate(unixSeconds: start ?? time.nanoseconds / 1_000_000_000)
                pipeline = RecordingPipeline(athletes: [
                    AthleteConfiguration(known, plan: intended, year: date.year)
                ])
            } catch {
                failure = error
            }
        }
        var more = true
        while more {
            more = try next(
                &file,
                frame: { frame, bytes in
                    begin(at: frame.time)
                    guard wantsTrack else { return pipeline?.ingest(frame, bytes) { _, _ in } ?? () }
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
                    guard case .comment(let comment) = event, comment.origin == .section else { return }
                    metadata = metadata ?? SessionMetadata(json: comment.text)
                })
            if let failure { throw failure }
        }
        begin(at: .zero)
        if let failure { throw failure }
        pipeline?.finish()
        guard let pipeline, let began = pipeline.start else {
            throw CommandFailure(.badData, "\(path): holds nothing that can be analysed\(reason(file.notes))")
        }
        track.finish()
        let document = pipeline.analysis(
            of: 0, kind: file.format.rawValue, records: file.recordCounts, notes: file.notes,
            sensorNames: file.sensorNames)
        return Reading(document: document, track: track, start: began)
    }

    private static func reason(_ notes: [String]) -> String {
        notes.isEmpty ? "" : ": " + notes[0]
    }

    private static func plan(_ name: String, _ status: ExitStatus) throws(CommandFailure) -> Plan {
        guard let plan = Plan.named(name) else {
            let known = Plan.builtIn.map(\.name).joined(separator: ", ")
            throw CommandFailure(status, "there is no plan '\(name)'; there is \(known)")
        }
        return plan
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
