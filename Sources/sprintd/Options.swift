// SPDX-License-Identifier: GPL-3.0-or-later

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
        case live
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
        usage: sprintd --replay FILE [--rate N|max] --state DIR [--athlete FILE]... [--plan NAME|FILE]
               sprintd --version | --help

        Runs a recording through the same pipeline as a live session, prints its phases as they are
        found, and keeps a session folder.

          --replay FILE    the recording
          --rate N|max     how many times as fast as it happened (1); max: without waiting
          --state DIR      where sessions/ is kept
          --athlete FILE   what is known of an athlete (TOML); may be given several times
          --plan NAME|FILE the plan that the session is held against
        """

    /// - Parameter arguments: without the program's name.
    static func request(_ arguments: [String]) throws(Failure) -> Request {
        var recording: String?
        var rate: Rate?
        var state: String?
        var athletes: [String] = []
        var plan: String?
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
            default: throw Failure(message: "unknown argument '\(argument)'")
            }
        }
        guard let recording else {
            if rate != nil { throw Failure(message: "--rate needs --replay") }
            return .live
        }
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
}
