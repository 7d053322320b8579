// SPDX-License-Identifier: GPL-3.0-or-later
internal import Analysis
internal import Capture
internal import Measurement
internal import Pipeline
internal import ProcessIO
internal import Replay
internal import Report
internal import Scoring
internal import SessionStore

/// A recording run through the pipeline as if it were happening: a session folder for each athlete, and phases on the terminal.
struct ReplayedSession: ~Copyable {
    private let options: Options
    private let athletes: [Athlete]
    private let plans: [Plan?]
    private var clock: ReplayClock
    private var pipeline: RecordingPipeline?
    private var writers: [SessionWriter] = []
    private var display: LiveDisplay
    /// Why nothing is shown any more. The session is kept all the same: it matters more than who watches.
    private var displayFailure: CommandFailure?
    /// Held from the start, or from the moment that makes the state folder.
    private var lock: StateLock?
    /// What a recording that was itself a replay says of its source.
    private var sourceNotes: [String] = []
    private var lastTime = Timestamp.zero
    private let files = PosixFileSystem()

    static func run(_ options: Options) throws(CommandFailure) {
        let participants = try Participants(files: options.athletes, plan: options.plan)
        var session = ReplayedSession(options, athletes: participants.athletes, plans: participants.plans)
        try session.replay()
    }

    private init(_ options: Options, athletes: [Athlete], plans: [Plan?]) {
        self.options = options
        self.athletes = athletes
        self.plans = plans
        let rate: ReplayClock.Rate =
            switch options.rate {
            case .times(let times): .multiple(times)
            case .asFastAsPossible: .maximum
            }
        clock = ReplayClock(rate: rate)
        display = LiveDisplay(names: athletes.map(\.name), showsStatus: options.rate != .asFastAsPossible)
    }

    private mutating func replay() throws(CommandFailure) {
        // Not made for a recording that may turn out to hold nothing.
        if files.exists(StateFolder.sessions(options.state)) { recoverSessions(try lockState()) }
        var file: RecordingFile
        do {
            file = try RecordingFile(path: options.recording)
        } catch {
            throw CommandFailure(error)
        }
        switch file.format {
        case .pcapng, .pcap, .btsnoop: break
        case .fit, .csv, .tcx:
            throw CommandFailure(
                .badData,
                "\(options.recording): a \(file.format.rawValue) file holds no radio frames to replay; "
                    + "sprintctl analyze reads it")
        }
        // Not before: who waits for a FIFO's first bytes has nothing to end well.
        StopSignal.install()
        do {
            try run(&file)
        } catch {
            display.finish()
            throw error
        }
    }

    private mutating func run(_ file: inout RecordingFile) throws(CommandFailure) {
        var failure: CommandFailure?
        var more = true
        while more, failure == nil, !StopSignal.isRaised {
            do {
                more = try file.next(
                    frame: { frame, bytes in
                        do throws(CommandFailure) {
                            try take(frame, bytes)
                        } catch {
                            failure = error
                        }
                    }, sample: { _ in },
                    event: { sourceNotes = SourceNotes($0)?.lines ?? sourceNotes })
            } catch {
                throw CommandFailure(error)
            }
        }
        if let failure { throw failure }
        guard pipeline != nil else {
            let reason = file.notes.first.map { ": " + $0 } ?? ""
            throw CommandFailure(.badData, "\(options.recording): holds no frame to replay\(reason)")
        }
        try finish(
            kind: file.format.rawValue, notes: SourceNotes(sourceNotes + file.notes), drops: file.droppedFrames)
    }

    private mutating func take(_ frame: CapturedFrame, _ bytes: Span<UInt8>) throws(CommandFailure) {
        if pipeline == nil { try begin(at: frame.time) }
        lastTime = frame.time
        while true {
            let now = MonotonicClock.now
            let wait = clock.wait(for: frame.time, now: now)
            if wait <= 0 || StopSignal.isRaised { break }
            let commit = writers.compactMap(\.nextCommit).min().map { $0.nanoseconds(since: now) }
            MonotonicClock.sleep(nanoseconds: min(wait, max(commit ?? wait, 0)))
            let then = MonotonicClock.now
            for writer in writers { try Self.stored { () throws(SessionError) in try writer.commitIfDue(now: then) } }
        }
        let now = MonotonicClock.now
        for writer in writers {
            try Self.stored { () throws(SessionError) in try writer.append(frame, bytes, now: now) }
        }
        var events: [(Int, PipelineEvent)] = []
        pipeline?.ingest(frame, bytes) { athlete, event in events.append((athlete, event)) }
        for (athlete, event) in events {
            show { display throws(CommandFailure) in try display.show(event, of: athlete) }
        }
    }

    private static func stored<Value>(_ body: () throws(SessionError) -> Value) throws(CommandFailure) -> Value {
        do throws(SessionError) {
            return try body()
        } catch {
            throw CommandFailure(error)
        }
    }

    private mutating func lockState() throws(CommandFailure) -> StateLock {
        if let lock { return lock }
        let state = options.state
        let files = files
        let taken = try Self.stored { () throws(SessionError) in try StateLock(state: state, files: files) }
        lock = taken
        return taken
    }

    /// An old session that cannot be finished is told, and does not keep a new one from beginning.
    private func recoverSessions(_ lock: StateLock) {
        func tell(_ text: String) { StandardStream.error.writeIgnoringFailure("sprintd: \(text)\n") }
        let recovery = SessionRecovery(lock)
        do throws(SessionError) {
            for name in try recovery.unfinished() {
                do throws(SessionError) {
                    if let text = try recovery.recover(name).text(session: name) { tell(text) }
                } catch {
                    tell("\(name) is not recovered: \(error)")
                }
            }
        } catch {
            tell("sessions are not recovered: \(error)")
        }
    }

    private mutating func show(_ body: (inout LiveDisplay) throws(CommandFailure) -> Void) {
        guard displayFailure == nil else { return }
        do {
            try body(&display)
        } catch {
            displayFailure = error
        }
    }

    /// The first frame tells when the session began.
    private mutating func begin(at time: Timestamp) throws(CommandFailure) {
        let start = time.nanoseconds / 1_000_000_000
        let year = CalendarDate(unixSeconds: start).year
        var configurations: [AthleteConfiguration] = []
        _ = try lockState()
        let earlier = (try? SessionFolders(state: options.state, files: files).digests()) ?? []
        for (index, known) in athletes.enumerated() {
            var athlete = known
            athlete.plan = plans[index]?.name
            athlete.observed = ObservedHistory(earlier, athlete: athlete.name).maxima(before: start)
            let metadata = SessionMetadata(
                program: "sprintd \(Version.text)", athlete: athlete, plan: plans[index], replayOf: options.recording
            ).asKept
            configurations.append(AthleteConfiguration(metadata.athlete, plan: metadata.plan, year: year))
            do {
                let writer = try SessionWriter(
                    state: options.state,
                    name: SessionName.make(unixSeconds: start, athlete: athlete.name),
                    section: .init(
                        operatingSystem: "Linux", application: metadata.program, comment: metadata.json),
                    files: files, now: MonotonicClock.now)
                writers.append(writer)
                // So that what a killed process leaves is a capture.
                try writer.commit(now: MonotonicClock.now)
            } catch {
                for writer in writers { writer.discard() }
                throw CommandFailure(error)
            }
        }
        display.configuration = configurations.first
        pipeline = RecordingPipeline(athletes: configurations)
    }

    /// - Parameter drops: frames that the recording's recorder lost.
    private mutating func finish(kind: String, notes: SourceNotes?, drops: Int) throws(CommandFailure) {
        pipeline?.finish()
        guard let pipeline else { return }
        let duration = pipeline.duration
        show { display throws(CommandFailure) in try display.end(at: duration) }
        for (index, writer) in writers.enumerated() {
            if let notes { writer.note(notes, at: lastTime) }
            writer.note(drops: drops, at: lastTime)
            let document = pipeline.analysis(
                of: index, kind: kind, notes: notes?.lines ?? [], droppedFrames: drops)
            do {
                try writer.finish(analysis: document.json(pretty: true) + "\n")
            } catch {
                throw CommandFailure(error)
            }
            show { _ throws(CommandFailure) in
                try StandardStream.output.write("session written to \(writer.folder)\n")
            }
        }
        if let displayFailure { throw displayFailure }
    }
}

extension CommandFailure {
    fileprivate init(_ error: RecordingError) {
        let status: ExitStatus =
            switch error.category {
            case .badData: .badData
            case .noInput: .noInput
            case .inputOutput: .inputOutput
            }
        self.init(status, error.description)
    }

    init(_ error: SessionError) {
        switch error {
        case .metadata: self.init(.configuration, error.description)
        case .busy: self.init(.temporaryFailure, error.description)
        case .file(let file):
            self.init(
                file.isRefusal ? .noPermission : file.isCreation ? .cannotCreate : .inputOutput,
                error.description)
        }
    }
}
