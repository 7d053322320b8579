// SPDX-License-Identifier: GPL-3.0-or-later
internal import ServiceIO

/// The daemon's arguments. Read by hand: a parser library would bring Foundation into the process that must stay small.
struct Options: Equatable, Sendable {
    enum Rate: Equatable, Sendable {
        /// Seconds of the recording a second.
        case times(Double)
        case asFastAsPossible
    }

    enum Request: Equatable, Sendable {
        case help
        case version
        case live(LiveOptions)
        /// Says what the configuration comes to, or what is wrong with it.
        case check(LiveOptions)
        case replay(Options)
    }

    struct Failure: Error, Equatable, Sendable {
        var message: String
    }

    var recording: String
    var rate: Rate
    var state: String
    var athletes: [String]
    var plan: String?

    static let usage = """
        usage: sprintd [--config FILE] [--state DIR] [--athlete FILE]... [--plan NAME|FILE]
                       [--silence SECONDS] [--release-sensors] [--socket PATH] [--log-level LEVEL]
                       [--log FORM] [--simulate WORKOUT [--seed N] [--rate N]]
               sprintd --check-config [--config FILE]
               sprintd --replay FILE [--rate N|max] --state DIR [--athlete FILE]... [--plan NAME|FILE]
               sprintd --version | --help

        Listens to the sensors, prints phases as they are found, and keeps a folder for each session.
        A session begins with the first heart rate or movement, and ends after a silence. With
        --replay the same is done with a recording, with --simulate with sensors that are made up.

          --config FILE        what is set up (TOML); what is said here goes before it. Without this option
                               sprintd.toml in $CONFIGURATION_DIRECTORY (a service's, /etc/sprintd), else in
                               ~/.config/sprintd, if it is there
          --check-config       says what the configuration comes to, or all that is wrong with it
          --state DIR          where sessions/ is kept; else a service's /var/lib/sprintd, or
                               ~/.local/state/sprintd; needed with --replay and --simulate
          --athlete FILE       what is known of an athlete (TOML); may be given several times
          --plan NAME|FILE     the plan that sessions are held against
          --silence SECONDS    without heart rate and movement, after which a session ends (300)
          --socket PATH        where the local socket lies
          --log-level LEVEL    error, warning, notice, info (the usual one) or debug
          --log FORM           journald: a priority before each line, and no live display; plain. Without
                               this option the one that fits the error output
          --release-sensors    let Bluetooth sensors go at a session's end, for a phone or a watch
          --simulate WORKOUT   sprint-5x30-90 (or other such figures), 30-30, tabata, 10-20-30, 4x4,
                               steady, fartlek, heart-rate-only or footpod-only
          --seed N             chooses everything random in it (1)
          --replay FILE        the recording
          --rate N|max         how many times as fast as it happened (1); max: without waiting
        """

    /// - Parameter arguments: without the program's name.
    static func request(_ arguments: [String]) throws(Failure) -> Request {
        var recording: String?
        var rate: Rate?
        var state: String?
        var athletes: [String] = []
        var plan: String?
        var simulation: String?
        var seed: UInt64?
        var silence: Double?
        var live = LiveOptions()
        var checks = false
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            let attached = parts.count > 1 ? String(parts[1]) : nil
            switch name {
            case "--help", "-h": return .help
            case "--version": return .version
            case "--replay": recording = try once(recording, name, try value(name, attached, &rest))
            case "--state": state = try once(state, name, try value(name, attached, &rest))
            case "--plan": plan = try once(plan, name, try value(name, attached, &rest))
            case "--athlete": athletes.append(try value(name, attached, &rest))
            case "--rate": rate = try once(rate, name, try self.rate(try value(name, attached, &rest)))
            case "--simulate": simulation = try once(simulation, name, try value(name, attached, &rest))
            case "--seed": seed = try once(seed, name, try self.seed(try value(name, attached, &rest)))
            case "--silence": silence = try once(silence, name, try self.silence(try value(name, attached, &rest)))
            case "--config":
                live.configuration = try once(live.configuration, name, try value(name, attached, &rest))
            case "--socket": live.socket = try once(live.socket, name, try value(name, attached, &rest))
            case "--log-level":
                live.logLevel = try once(live.logLevel, name, try level(try value(name, attached, &rest)))
            case "--log": live.logForm = try once(live.logForm, name, try form(try value(name, attached, &rest)))
            case "--check-config": checks = true
            case "--release-sensors": live.releasesSensors = true
            default: throw Failure(message: "unknown argument '\(argument)'")
            }
        }
        guard let recording else {
            live.state = state
            live.athletes = athletes
            live.plan = plan
            live.silence = silence
            live.simulation = try self.simulation(simulation, seed, rate)
            return checks ? .check(live) : .live(live)
        }
        if live != LiveOptions() || checks {
            throw Failure(
                message: "--config, --check-config, --socket, --log, --log-level and --release-sensors are not for "
                    + "--replay")
        }
        if simulation != nil { throw Failure(message: "--replay and --simulate exclude each other") }
        if seed != nil { throw Failure(message: "--seed needs --simulate") }
        if silence != nil { throw Failure(message: "a replayed session ends with its recording, not with --silence") }
        guard let state else { throw Failure(message: "--replay needs --state DIR") }
        return .replay(
            Options(recording: recording, rate: rate ?? .times(1), state: state, athletes: athletes, plan: plan))
    }

    private static func value(
        _ name: String, _ attached: String?, _ rest: inout ArraySlice<String>
    ) throws(Failure) -> String {
        guard let value = attached ?? rest.popFirst(), !value.isEmpty, attached != nil || !value.hasPrefix("--") else {
            throw Failure(message: "\(name) needs a value")
        }
        return value
    }

    private static func once<Value>(_ earlier: Value?, _ name: String, _ value: Value) throws(Failure) -> Value {
        guard earlier == nil else { throw Failure(message: "\(name) is given twice") }
        return value
    }

    private static func rate(_ text: String) throws(Failure) -> Rate {
        if text == "max" { return .asFastAsPossible }
        guard let times = Double(text), (0.01...10_000).contains(times) else {
            throw Failure(message: "--rate must be a number from 0.01 to 10000, or max")
        }
        return .times(times)
    }

    private static func simulation(
        _ workout: String?, _ seed: UInt64?, _ rate: Rate?
    ) throws(Failure) -> LiveOptions.Simulation? {
        guard let workout else {
            if seed != nil { throw Failure(message: "--seed needs --simulate") }
            if rate != nil { throw Failure(message: "--rate needs --replay or --simulate") }
            return nil
        }
        switch rate ?? .times(1) {
        case .times(let times): return LiveOptions.Simulation(workout: workout, seed: seed ?? 1, rate: times)
        case .asFastAsPossible: throw Failure(message: "--rate max is for --replay: sensors send when they send")
        }
    }

    private static func level(_ text: String) throws(Failure) -> Log.Level {
        guard let level = Log.Level(name: text) else {
            let known = Log.Level.allCases.map(\.name).joined(separator: ", ")
            throw Failure(message: "--log-level must be one of \(known)")
        }
        return level
    }

    private static func form(_ text: String) throws(Failure) -> Log.Form {
        switch text {
        case "journald": return .journal
        case "plain": return .plain
        default: throw Failure(message: "--log must be journald or plain")
        }
    }

    private static func seed(_ text: String) throws(Failure) -> UInt64 {
        guard let seed = UInt64(text) else { throw Failure(message: "--seed must be a whole number, 0 or more") }
        return seed
    }

    private static func silence(_ text: String) throws(Failure) -> Double {
        guard let seconds = Double(text), (10...86_400).contains(seconds) else {
            throw Failure(message: "--silence must be a number of seconds from 10 to 86400")
        }
        return seconds
    }
}
