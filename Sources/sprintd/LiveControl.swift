// SPDX-License-Identifier: GPL-3.0-or-later
internal import Configuration
internal import LiveCapture
internal import Measurement
internal import ProcessIO
internal import Scoring
internal import ServiceIO
internal import Synchronization

/// What may be changed while the daemon runs, by whichever way the wish comes: SIGHUP, or a client of the local socket. Every thread may ask.
final class LiveControl: Sendable {
    private let options: LiveOptions
    private let engine: LiveEngine
    private let service: ServiceManager?
    /// As they hold now; those parts that take a restart as they held at the start. Locked for as long as a change takes, so that two do not mix.
    private let settings: Mutex<Settings>

    init(_ options: LiveOptions, _ settings: Settings, _ engine: LiveEngine, _ service: ServiceManager?) {
        self.options = options
        self.engine = engine
        self.service = service
        self.settings = Mutex(settings)
    }

    /// Reads configuration, athletes, plans and bindings again. The running sessions go on.
    ///
    /// - Throws: what is wrong with them; everything stays as it was, and that is told to whoever watches.
    func reload() throws(CommandFailure) {
        service?.reloading()
        defer { service?.reloaded() }
        try settings.withLock { settings throws(CommandFailure) in
            do throws(CommandFailure) {
                try read(into: &settings)
            } catch {
                engine.tell(.refused(reason: "the configuration stays as it was: \(error.message)"))
                throw error
            }
        }
    }

    /// From the athlete's next session on, the sensor is one of the athlete's, and will be after a restart.
    ///
    /// - Parameter athlete: by name; `nil` is the athlete without one.
    /// - Throws: `.usage` when there is no such athlete; what keeps the binding from being written.
    func bind(_ sensor: SensorID, to athlete: String?) throws(CommandFailure) {
        try change(athlete) { $0.bind(sensor, to: athlete) }
    }

    /// The reverse.
    func unbind(_ sensor: SensorID, from athlete: String?) throws(CommandFailure) {
        try change(athlete) { $0.unbind(sensor, from: athlete) }
    }

    private func change(_ athlete: String?, _ body: (inout Bindings) -> Void) throws(CommandFailure) {
        try settings.withLock { settings throws(CommandFailure) in
            guard settings.members.contains(where: { $0.athlete.name == athlete }) else {
                throw CommandFailure(
                    .usage, athlete.map { "there is no athlete \"\($0)\"" } ?? "the athlete's name is needed")
            }
            var bindings = try Bindings.read(state: settings.state)
            let before = bindings
            body(&bindings)
            guard bindings != before else { return }
            try bindings.write(state: settings.state)
            try read(into: &settings)
        }
    }

    private func read(into settings: inout Settings) throws(CommandFailure) {
        var new = try Settings.load(options)
        let remarks = new.needingRestart(since: settings)
        // The rest of what the process does goes on where it was.
        new.state = settings.state
        new.socket = settings.socket
        new.usesUSB = settings.usesUSB
        new.bluetooth = settings.bluetooth
        new.releasesSensors = settings.releasesSensors
        new.policy = settings.policy
        Log.level = new.logLevel
        engine.reload(.init(members: new.knowingBests, rule: new.rule, remarks: remarks + new.remarks))
        settings = new
    }
}
