// SPDX-License-Identifier: GPL-3.0-or-later
internal import FileIO
internal import Fusion
internal import Glibc
internal import LiveCapture
internal import LocalSocket
internal import Measurement
internal import Pipeline
internal import ProcessIO
internal import Scoring
internal import ServiceIO
internal import SessionStore
internal import Transport

/// Live capture as a process: the engine's threads record, this one shows or logs, and one more waits for the signals.
struct LiveSession: ~Copyable {
    /// Nanoseconds that FIT files are waited for after everything is stored.
    static let patience: Int64 = 1_500_000_000
    /// Nanoseconds that a shown text or a FIT file may take after everything is stored: less than what systemd and people wait for, and enough to
    /// hand over what was waited for in vain.
    static let grace = patience + 250_000_000

    private var members: Int
    private var display: LiveDisplay
    private var status: ServiceStatus
    private let service: ServiceManager?
    /// Why nothing is shown any more. The sessions are kept all the same: they matter more than who watches.
    private var displayFailure: CommandFailure?
    private var isWhole = true
    private let state: String
    private let exports: ActivityExports
    /// `nil` where nothing is given back: that stalls what runs next, and faster than life that is a long time.
    private var release: CodeRelease?

    static func run(_ options: LiveOptions) throws(CommandFailure) {
        let service = ServiceManager()
        let sockets = SocketActivation.fileDescriptors()
        ServiceManager.forgetVariables()
        let settings = try Settings.load(options)
        Log.level = settings.logLevel
        for remark in settings.remarks { Log.write(.warning, remark) }
        let clock = EngineClock(rate: options.simulation?.rate ?? 1)
        let transports = try Transports.make(options, clock, settings)
        // Before any thread is made: they inherit it.
        StopSignal.block()
        let engine = try start(settings, transports, clock, service)
        let control = LiveControl(options, settings, engine, service)
        let server = LocalService.start(settings, given: sockets, engine, control)
        do throws(ErrorNumber) {
            // Not joined: it waits for ever where no signal comes.
            _ = try WorkerThread(name: "signals") {
                StopSignal.wait(reload: { try? control.reload() }, stop: { stop(engine, service) })
            }
        } catch {
            throw CommandFailure(.inputOutput, "cannot make a thread: \(error.text)")
        }
        if options.simulation == nil { Log.write(.info, settings.listening) }
        var session = LiveSession(settings, service, releasesCode: options.simulation?.rate ?? 1 <= 1)
        service?.ready(status: session.status.text)
        // For hours now little of what started this is needed. What the radios have yet to do comes a while later.
        if session.release != nil { CodePages.release() }
        session.release?.note(at: MonotonicClock.now)
        session.show(engine.events)
        session.display.finish()
        session.waitForExports()
        server?.join()
        if let failure = session.displayFailure { throw failure }
        guard session.isWhole else { throw CommandFailure(.inputOutput, "not all sessions could be written") }
    }

    /// Ends the process even if whoever reads its output has stopped reading, and its main thread waits for him: what is recorded is stored by then.
    private static func stop(_ engine: LiveEngine, _ service: ServiceManager?) {
        service?.stopping()
        engine.stop()
        let isWhole = engine.events.waitForEnd()
        let end = MonotonicClock.now.nanoseconds + grace
        while MonotonicClock.now.nanoseconds < end {
            MonotonicClock.sleep(nanoseconds: end - MonotonicClock.now.nanoseconds)
        }
        _exit(isWhole ? ExitStatus.ok.rawValue : ExitStatus.inputOutput.rawValue)
    }

    private init(_ settings: Settings, _ service: ServiceManager?, releasesCode: Bool) {
        release = releasesCode ? CodeRelease() : nil
        members = settings.members.count
        state = settings.state
        self.service = service
        exports = ActivityExports(state: settings.state) { Log.write(.warning, $0) }
        status = ServiceStatus(settings.members, startsBySign: settings.rule.startsBySign)
        display = LiveDisplay(names: settings.members.map(\.athlete.name), showsStatus: true)
    }

    private static func start(
        _ settings: Settings, _ transports: [any Transport], _ clock: EngineClock, _ service: ServiceManager?
    ) throws(CommandFailure) -> LiveEngine {
        var configuration = LiveEngine.Configuration(program: "sprintd \(Version.text)", members: settings.knowingBests)
        configuration.rule = settings.rule
        configuration.policy = settings.policy
        if let service, let interval = service.watchdogInterval {
            configuration.pulse = EnginePulse(interval: interval / .seconds(1)) { service.alive() }
        }
        do throws(LiveEngine.Failure) {
            let lock: StateLock
            do throws(SessionError) {
                lock = try StateLock(state: settings.state, files: PosixFileSystem())
                try StateFolder.checkWritable(settings.state, PosixFileSystem())
            } catch {
                throw LiveEngine.Failure.session(error)
            }
            let engine = try LiveEngine(
                configuration, clock: clock, showsStatus: settings.members.count == 1, isWatched: true)
            try engine.start(transports, lock: lock) { Log.write(.warning, $0) }
            return engine
        } catch {
            switch error {
            case .session(let error): throw CommandFailure(error)
            case .transport(let name, let error): throw CommandFailure(.unavailable, "\(name): \(error)")
            case .system(let error): throw CommandFailure(.inputOutput, "cannot start: \(error.text)")
            }
        }
    }

    // MARK: Showing

    private mutating func show(_ events: EventQueue) {
        while true {
            let news = events.wait(timeout: release?.wait(at: MonotonicClock.now))
            for event in news.events {
                if case .ended(let isWhole) = event {
                    self.isWhole = isWhole
                    return
                }
                show(event)
                if status.take(event) { service?.status(status.text) }
            }
            if let (athlete, sample) = news.status {
                attempt { display throws(CommandFailure) in try display.show(.fused(sample), of: athlete) }
            }
            if news.dropped > 0 {
                Log.write(.warning, "\(news.dropped) events were not shown: whoever reads is too slow")
            }
            let now = MonotonicClock.now
            if !news.events.isEmpty { release?.note(at: now) }
            if release?.take(at: now) == true { CodePages.release() }
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

    /// Not for long: who stops the program waits for it. What is not done by then goes on without us.
    private func waitForExports() {
        let end = MonotonicClock.now.nanoseconds + Self.patience
        while !exports.isIdle, MonotonicClock.now.nanoseconds < end { MonotonicClock.sleep(nanoseconds: 20_000_000) }
        let left = exports.takeWaiting()
        guard !left.isEmpty else { return }
        do {
            _ = try HelperProcess.exportActivities(state: state, sessions: left)
        } catch {
            Log.write(.warning, "no FIT file is made of \(left.joined(separator: ", ")): \(error.message)")
        }
    }

    private mutating func show(_ event: LiveEvent) {
        switch event {
        case .sessionStarted(let athlete, _, let configuration):
            display.begin(athlete, members == 1 ? configuration : nil)
            attempt { display throws(CommandFailure) in try display.noteBeginning(of: athlete) }
        case .pipeline(let athlete, let event):
            attempt { display throws(CommandFailure) in try display.show(event, of: athlete) }
        case .sessionEnded(let athlete, let duration):
            attempt { display throws(CommandFailure) in try display.end(at: duration, of: athlete) }
        case .sessionStored(let folder):
            attempt { display throws(CommandFailure) in try display.write("session written to \(folder)") }
            exports.add(folder.split(separator: "/").last.map(String.init) ?? folder)
        case .notice(let notice, let text): Log.write(Self.level(of: notice.kind), text)
        case .trouble(let text): Log.write(.warning, text)
        case .recovery(let text): Log.write(.notice, text)
        case .members(let members):
            self.members = members.count
            display.rename(members.map { $0?.athlete.name })
        case .reloaded(let remarks):
            Log.write(.notice, "the configuration was read again and holds from now on")
            for remark in remarks { Log.write(.notice, remark) }
        case .refused(let reason): Log.write(.error, reason)
        case .ended: return
        }
    }

    private static func level(of kind: TransportNotice.Kind) -> Log.Level {
        switch kind {
        case .deviceUnusable, .batteryLow: .warning
        case .deviceLeft, .sensorLost: .notice
        case .deviceArrived, .deviceReady, .sensorFound, .sensorBack, .remark: .info
        }
    }
}
