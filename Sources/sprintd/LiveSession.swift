// SPDX-License-Identifier: GPL-3.0-or-later
internal import FileIO
internal import Fusion
internal import LiveCapture
internal import Measurement
internal import Pipeline
internal import ProcessIO
internal import Scoring
internal import SessionStore
internal import Simulation
internal import Transport

/// Live capture as a process: the engine's threads record, this one shows, and one more waits for the signals.
struct LiveSession: ~Copyable {
    private let members: [LivePipeline.Member]
    private var display: LiveDisplay
    /// Why nothing is shown any more. The sessions are kept all the same: they matter more than who watches.
    private var displayFailure: CommandFailure?
    private var isWhole = true
    private let state: String
    /// Programs that make the FIT files of finished sessions.
    private var exports: [HelperProcess] = []

    static func run(_ options: LiveOptions) throws(CommandFailure) {
        let participants = try Participants(files: options.athletes, plan: options.plan)
        let members = try members(participants, options.simulation)
        let clock = EngineClock(rate: options.simulation?.rate ?? 1)
        let transports = try Transports.make(options, clock, athletes: members.map(\.athlete))
        guard let state = options.state else {
            throw CommandFailure(.usage, "--state DIR is needed (sprintd --help tells more)")
        }
        // Before any thread is made: they inherit it.
        StopSignal.block()
        var session = LiveSession(Self.knowingBests(members, state), state: state)
        let engine = try session.start(transports, clock, state: state, silence: options.silence)
        do {
            // Not joined: it waits for ever where no signal comes.
            _ = try WorkerThread(name: "signals") { StopSignal.wait { engine.stop() } }
        } catch {
            throw CommandFailure(.inputOutput, "cannot make a thread: \(error.text)")
        }
        session.show(engine.events)
        session.display.finish()
        session.waitForExports()
        if let failure = session.displayFailure { throw failure }
        guard session.isWhole else { throw CommandFailure(.inputOutput, "not all sessions could be written") }
    }

    /// In a simulation each athlete wears made-up sensors, whatever the file says.
    private static func members(
        _ participants: Participants, _ simulation: LiveOptions.Simulation?
    ) throws(CommandFailure) -> [LivePipeline.Member] {
        var athletes = participants.athletes
        if let simulation {
            let session = SimulatedSession(try Transports.configuration(simulation, athletes: athletes.count))
            for index in athletes.indices { athletes[index].sensors = session.sensors(of: index).map(\.id) }
        }
        return zip(athletes, participants.plans).map { LivePipeline.Member(athlete: $0, plan: $1) }
    }

    /// What earlier sessions show of the athletes' maxima. Sessions that end while this process runs count from its next start on.
    private static func knowingBests(_ members: [LivePipeline.Member], _ state: String) -> [LivePipeline.Member] {
        let earlier = (try? SessionFolders(state: state, files: PosixFileSystem()).digests()) ?? []
        return members.map { member in
            var member = member
            member.athlete.observed = ObservedHistory(earlier, athlete: member.athlete.name).maxima(before: nil)
            return member
        }
    }

    private init(_ members: [LivePipeline.Member], state: String) {
        self.members = members
        self.state = state
        display = LiveDisplay(names: members.map(\.athlete.name), showsStatus: true)
    }

    private func start(
        _ transports: [any Transport], _ clock: EngineClock, state: String, silence: Double?
    ) throws(CommandFailure) -> LiveEngine {
        var configuration = LiveEngine.Configuration(program: "sprintd \(Version.text)", members: members)
        if let silence { configuration.rule.silence = silence }
        do throws(LiveEngine.Failure) {
            let lock: StateLock
            do throws(SessionError) {
                lock = try StateLock(state: state, files: PosixFileSystem())
                try StateFolder.checkWritable(state, PosixFileSystem())
            } catch {
                throw LiveEngine.Failure.session(error)
            }
            let engine = try LiveEngine(configuration, clock: clock, showsStatus: members.count == 1)
            try engine.start(transports, lock: lock) { Self.tell($0) }
            return engine
        } catch {
            switch error {
            case .session(let error): throw CommandFailure(error)
            case .transport(let name, let error): throw CommandFailure(.unavailable, "\(name): \(error)")
            case .system(let error): throw CommandFailure(.inputOutput, "cannot start: \(error.text)")
            }
        }
    }

    private static func tell(_ text: String) {
        StandardStream.error.writeIgnoringFailure("sprintd: \(text)\n")
    }

    // MARK: Showing

    private mutating func show(_ events: EventQueue) {
        while true {
            let news = events.wait()
            for event in news.events {
                if case .ended(let isWhole) = event {
                    self.isWhole = isWhole
                    return
                }
                show(event)
            }
            if let (athlete, sample) = news.status {
                attempt { display throws(CommandFailure) in try display.show(.fused(sample), of: athlete) }
            }
            if news.dropped > 0 { Self.tell("\(news.dropped) events were not shown: the terminal is too slow") }
        }
    }

    private mutating func attempt(_ body: (inout LiveDisplay) throws(CommandFailure) -> Void) {
        guard displayFailure == nil else { return }
        do {
            try body(&display)
        } catch {
            displayFailure = error
        }
    }

    /// A failure costs the FIT file only, which `sprintctl sessions export-missing` makes later.
    private mutating func export(_ folder: String) {
        exports.removeAll { $0.status() != nil }
        let name = folder.split(separator: "/").last.map(String.init) ?? folder
        do {
            exports.append(try HelperProcess.exportActivity(state: state, session: name))
        } catch {
            Self.tell("no FIT file is made of \(name): \(error.message)")
        }
    }

    /// Not for long: who stops the program waits for it. What is not done by then goes on without us.
    private mutating func waitForExports() {
        for _ in 0..<75 where !exports.isEmpty {
            exports.removeAll { $0.status() != nil }
            if !exports.isEmpty { MonotonicClock.sleep(nanoseconds: 20_000_000) }
        }
    }

    private mutating func show(_ event: LiveEvent) {
        switch event {
        case .sessionStarted(let athlete, _, let configuration):
            display.begin(athlete, members.count == 1 ? configuration : nil)
        case .pipeline(let athlete, let event):
            attempt { display throws(CommandFailure) in try display.show(event, of: athlete) }
        case .sessionEnded(let athlete, let duration):
            attempt { display throws(CommandFailure) in try display.end(at: duration, of: athlete) }
        case .sessionStored(let folder):
            attempt { _ throws(CommandFailure) in try StandardStream.output.write("session written to \(folder)\n") }
            export(folder)
        case .notice(_, let text), .trouble(let text), .recovery(let text): Self.tell(text)
        case .members, .reloaded: return
        case .refused(let reason): Self.tell(reason)
        case .ended: return
        }
    }
}
