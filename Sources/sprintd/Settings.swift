// SPDX-License-Identifier: GPL-3.0-or-later
internal import Configuration
internal import FileIO
internal import LiveCapture
internal import Measurement
internal import ProcessIO
internal import Scoring
internal import ServiceIO
internal import SessionStore
internal import Simulation

/// What holds for live capture: the command line goes before the configuration file, and that before what is usual.
struct Settings: Equatable, Sendable {
    /// `nil` when there is none.
    var configurationPath: String?
    var state: String
    var members: [LivePipeline.Member]
    var rule: SessionRule
    var policy: CommitPolicy
    var logLevel: Log.Level
    var usesUSB: Bool
    var bluetooth: ServiceConfiguration.Bluetooth
    var releasesSensors: Bool
    /// Where the local socket lies; `nil` when there is to be none.
    var socket: String?
    /// What should be known of how these came to be, a line each.
    var remarks: [String] = []

    /// - Parameter bindings: in place of those that the state folder holds.
    static func load(
        _ options: LiveOptions, _ environment: Environment = .process, bindings: Bindings? = nil
    ) throws(CommandFailure) -> Settings {
        try load(options, Places(environment), bindings: bindings)
    }

    static func load(
        _ options: LiveOptions, _ places: Places, bindings: Bindings? = nil
    ) throws(CommandFailure) -> Settings {
        let path = configurationPath(options, places)
        let configuration =
            try path.map { path throws(CommandFailure) in try ConfigurationFile(atPath: path).checked() }
            ?? ServiceConfiguration()
        return try Settings(options, configuration, path: path, places, bindings)
    }

    /// Made-up sessions depend on nothing that happens to lie on the machine.
    static func configurationPath(_ options: LiveOptions, _ places: Places) -> String? {
        options.configuration ?? (options.simulation == nil ? places.configuration : nil)
    }

    private init(
        _ options: LiveOptions, _ configuration: ServiceConfiguration, path: String?, _ places: Places,
        _ bindings: Bindings?
    ) throws(CommandFailure) {
        configurationPath = path
        guard let state = options.state ?? configuration.state ?? (options.simulation == nil ? places.state : nil)
        else { throw CommandFailure(.usage, "--state DIR is needed (sprintd --help tells more)") }
        self.state = state
        rule = SessionRule(
            silence: options.silence ?? configuration.session.silence ?? SessionRule.defaultSilence,
            startsBySign: configuration.session.startsBySign)
        policy = CommitPolicy()
        if let interval = configuration.session.commitInterval { policy.interval = interval }
        logLevel = options.logLevel ?? configuration.logLevel
        usesUSB = configuration.usb.isEnabled
        bluetooth = configuration.bluetooth
        releasesSensors = options.releasesSensors || configuration.session.releasesSensors
        socket =
            configuration.socket.isEnabled || options.socket != nil
            ? options.socket ?? configuration.socket.path ?? places.socket(state: state) : nil

        let participants = try Participants(options, configuration)
        var athletes = participants.athletes
        if let simulation = options.simulation {
            // Each athlete wears made-up sensors, whatever the file says.
            let session = SimulatedSession(try Transports.configuration(simulation, athletes: athletes.count))
            for index in athletes.indices {
                athletes[index].sensors = session.sensors(of: index).map(\.id)
                athletes[index].sensorNames = []
            }
        }
        let bound: Bindings
        if let bindings { bound = bindings } else { bound = try Bindings.read(state: state) }
        remarks = bound.apply(to: &athletes)
        members = zip(athletes, participants.plans).map { LivePipeline.Member(athlete: $0, plan: $1) }
    }

    /// - Parameter athlete: by name; `nil` is the athlete without one.
    func member(_ athlete: String?) -> LivePipeline.Member? { members.first { $0.athlete.name == athlete } }

    /// The same, with what earlier sessions show of the athletes' maxima.
    var knowingBests: [LivePipeline.Member] {
        let earlier = (try? SessionFolders(state: state, files: PosixFileSystem()).digests()) ?? []
        return members.map { member in
            var member = member
            member.athlete.observed = ObservedHistory(earlier, athlete: member.athlete.name).maxima(before: nil)
            return member
        }
    }

    /// What of these does not take the place of `old` before a restart, a line each.
    func needingRestart(since old: Settings) -> [String] {
        var remarks: [String] = []
        func compare(_ isSame: Bool, _ what: String) {
            if !isSame { remarks.append("\(what): has changed, which takes a restart") }
        }
        compare(state == old.state, "state")
        compare(socket == old.socket, "socket")
        compare(usesUSB == old.usesUSB, "usb.enabled")
        compare(bluetooth == old.bluetooth, "bluetooth")
        compare(releasesSensors == old.releasesSensors, "session.release_sensors")
        compare(policy == old.policy, "session.commit_interval_s")
        return remarks
    }
}

// MARK: - In words

extension Settings {
    /// To somebody who named one who is not there.
    func whyThereIsNo(_ athlete: String?) -> String {
        let names = members.compactMap(\.athlete.name)
        guard let athlete else { return "the athlete's name is needed" }
        return names.isEmpty
            ? "there is no athlete \"\(athlete)\": the configuration gives nobody a name"
            : "there is no athlete \"\(athlete)\"; there is \(names.joined(separator: ", "))"
    }

    /// One line for the start.
    var listening: String {
        let names = members.compactMap(\.athlete.name)
        let radios = [usesUSB ? "ANT+" : nil, bluetooth.isEnabled ? "Bluetooth" : nil].compactMap { $0 }
        let begins =
            rule.startsBySign
            ? "recording begins with the first heart rate or movement" : "recording begins by command"
        return "listening over \(radios.joined(separator: " and "))"
            + (names.isEmpty ? "" : " for \(names.joined(separator: ", "))") + "; \(begins)"
    }

    /// A few lines for a person.
    var summary: String {
        let names = members.map { member in
            let sensors =
                switch member.athlete.sensors.count + member.athlete.sensorNames.count {
                case 0: "any sensor"
                case 1: "1 sensor"
                case let count: "\(count) sensors"
                }
            let plan = member.plan.map { ", \($0.name)" } ?? ""
            return "\(member.athlete.name ?? "one without a name") (\(sensors)\(plan))"
        }
        let radios = [
            usesUSB ? "ANT+ sticks" : nil,
            bluetooth.isEnabled ? "Bluetooth" + (bluetooth.adapter.map { " (hci\($0))" } ?? "") : nil,
        ].compactMap { $0 }
        let starts = rule.startsBySign ? "by themselves" : "by command"
        let lines =
            [
                "ok: \(configurationPath ?? "no configuration file, so what is usual holds")",
                "state     \(state)", "athletes  \(names.joined(separator: ", "))",
                "sessions  begin \(starts), end after \(Int(rule.silence)) s of silence",
                "radios    \(radios.isEmpty ? "none" : radios.joined(separator: ", "))",
                "socket    \(socket ?? "none")", "log       \(logLevel.name)",
            ] + remarks.map { "note: \($0)" }
        return lines.joined(separator: "\n")
    }
}
