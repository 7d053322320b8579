// SPDX-License-Identifier: GPL-3.0-or-later
internal import Configuration
internal import LiveCapture
internal import Measurement
internal import ProcessIO
internal import Scoring
internal import ServiceIO
internal import Synchronization
internal import Transport

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
                take(try load(), into: &settings)
            } catch {
                engine.tell(.refused(reason: "the configuration stays as it was: \(error.message)"))
                throw error
            }
        }
    }

    /// From the athlete's next session on, the sensor is one of the athlete's, and will be after a restart. Whose it was before keeps it too: a
    /// strap may be worn by turns.
    ///
    /// - Parameter athlete: by name; `nil` is the athlete without one.
    /// - Throws: `.usage` when there is no such athlete; what keeps the binding from being written.
    func bind(_ sensor: SensorID, to athlete: String?) throws(CommandFailure) {
        try change(athlete) { bindings, _ in bindings.bind(sensor, to: athlete) }
    }

    /// The reverse.
    ///
    /// - Throws: as ``bind(_:to:)``, and `.usage` when the sensor is not the athlete's, or the last one of those that the configuration lists.
    func unbind(_ sensor: SensorID, from athlete: String?) throws(CommandFailure) {
        try change(athlete) { (bindings, member) throws(CommandFailure) in
            guard member.athlete.sensors.contains(sensor) else {
                throw CommandFailure(.usage, "\(sensor) is no sensor of \(athlete ?? "the athlete")")
            }
            bindings.unbind(sensor, from: athlete)
        }
    }

    private func change(
        _ athlete: String?, _ body: (inout Bindings, LivePipeline.Member) throws(CommandFailure) -> Void
    ) throws(CommandFailure) {
        try settings.withLock { settings throws(CommandFailure) in
            guard let member = settings.member(athlete) else {
                throw CommandFailure(.usage, settings.whyThereIsNo(athlete))
            }
            var bindings = try Bindings.read(state: settings.state)
            let before = bindings
            try body(&bindings, member)
            guard bindings != before else { return }
            // Before the file is written: what cannot hold now must not hold after a restart.
            let new = try load(bindings: bindings)
            // Who has no list takes whatever is heard, and so what was just taken away.
            if let changed = new.member(athlete), !changed.athlete.listsSensors,
                try Settings.load(options, bindings: Bindings()).member(athlete)?.athlete.listsSensors == true
            {
                throw CommandFailure(
                    .usage,
                    "without it \(athlete ?? "the athlete") would have no sensor left, and take any: bind another one first"
                )
            }
            try bindings.write(state: settings.state)
            take(new, into: &settings)
        }
    }

    /// - Throws: also when a start with them would be refused, so that no restart ends in that.
    private func load(bindings: Bindings? = nil) throws(CommandFailure) -> Settings {
        let new = try Settings.load(options, bindings: bindings)
        if options.simulation == nil { _ = try Transports.radios(orWhyNone: new) }
        return new
    }

    private func take(_ loaded: Settings, into settings: inout Settings) {
        var new = loaded
        let remarks = new.needingRestart(since: settings)
        // The rest of what the process does goes on where it was.
        new.state = settings.state
        new.socket = settings.socket
        new.usesUSB = settings.usesUSB
        new.bluetooth = settings.bluetooth
        new.releasesSensors = settings.releasesSensors
        new.policy = settings.policy
        Log.level = new.logLevel
        // A radio listens for the sensors that were listed when it was started.
        let listensForSame =
            new.members.map(\.athlete.sensors) == settings.members.map(\.athlete.sensors)
            && new.members.map(\.athlete.sensorNames) == settings.members.map(\.athlete.sensorNames)
        var transports: (@Sendable () -> [any Transport])?
        if options.simulation == nil, !listensForSame {
            transports = { [new] in Transports.radios(new) }
        }
        engine.reload(
            .init(members: new.knowingBests, rule: new.rule, remarks: remarks + new.remarks, transports: transports))
        settings = new
    }
}
