// SPDX-License-Identifier: GPL-3.0-or-later
import JSON

/// What the daemon says: one JSON object a line, told apart by its `class`.
package enum SocketMessage: Equatable, Sendable {
    package enum ByeReason: String, Sendable, CaseIterable {
        case tooSlow = "too slow"
        case ending
        case tooManyClients = "too many clients"
        /// A line that does not end.
        case lineTooLong = "line too long"
    }

    package enum ConfigurationEvent: String, Sendable, CaseIterable {
        case reloaded
        case refused
    }

    /// The greeting.
    case version(program: String, protocolName: String)
    indirect case status(StatusMessage)
    case sensors([SensorStatus])
    case session(SessionMessage)
    indirect case phase(PhaseMessage)
    indirect case sprint(SprintMessage)
    indirect case now(NowMessage)
    /// Something happened to a device or a sensor.
    case notice(device: String?, message: String)
    /// Something that a person should know.
    case trouble(String)
    case configuration(ConfigurationEvent, message: String?)
    /// A command was carried out, or for what takes time, was taken.
    case done(command: String)
    /// A command was not; `nil` when the line was none.
    case error(command: String?, message: String)
    /// The last message: the daemon closes the connection.
    case bye(ByeReason)
}

extension SocketMessage {
    private var className: String {
        switch self {
        case .version: "version"
        case .status: "status"
        case .sensors: "sensors"
        case .session: "session"
        case .phase: "phase"
        case .sprint: "sprint"
        case .now: "now"
        case .notice: "notice"
        case .trouble: "trouble"
        case .configuration: "config"
        case .done: "done"
        case .error: "error"
        case .bye: "bye"
        }
    }

    /// The message as one line, with its end: at most ``SocketLimits/outputLine`` bytes. A status that is longer loses the earliest of its
    /// phases and bouts, and what then still does not fit becomes a message of trouble.
    package var line: [UInt8] {
        if case .status(let status) = self { return Self.line(of: status) }
        return bounded
    }

    private var bounded: [UInt8] {
        let line = unbounded
        guard line.count > SocketLimits.outputLine else { return line }
        return SocketMessage.trouble("a message of class \(className) is too long to be sent").unbounded
    }

    private static func line(of whole: StatusMessage) -> [UInt8] {
        var status = whole
        let running = max(1, status.athletes.count { $0.session != nil })
        var phases = SocketLimits.statusPhases / running
        var bouts = SocketLimits.statusBouts / running
        while true {
            for index in status.athletes.indices { status.athletes[index].session?.keep(phases: phases, bouts: bouts) }
            let line = SocketMessage.status(status).unbounded
            if line.count <= SocketLimits.outputLine { return line }
            guard phases > 0 || bouts > 0 else { return SocketMessage.status(status).bounded }
            phases /= 2
            bouts /= 2
        }
    }

    private var unbounded: [UInt8] {
        var writer = JSONWriter(pretty: false)
        writer.object { object in
            object.text("class", className)
            writeMembers(to: &object)
        }
        var line = Array(writer.text.utf8)
        line.append(UInt8(ascii: "\n"))
        return line
    }

    private func writeMembers(to object: inout JSONWriter) {
        switch self {
        case .version(let program, let protocolName):
            object.text("program", program)
            object.text("protocol", protocolName)
        case .status(let status): status.writeMembers(to: &object)
        case .sensors(let sensors): object.list("sensors", sensors) { $0.writeMembers(to: &$1) }
        case .session(let session): session.writeMembers(to: &object)
        case .phase(let phase): phase.writeMembers(to: &object)
        case .sprint(let sprint): sprint.writeMembers(to: &object)
        case .now(let now): now.writeMembers(to: &object)
        case .notice(let device, let message):
            object.text("device", device)
            object.text("message", message)
        case .trouble(let message): object.text("message", message)
        case .configuration(let event, let message):
            object.text("event", event.rawValue)
            object.text("message", message)
        case .done(let command): object.text("command", command)
        case .error(let command, let message):
            object.text("command", command)
            object.text("message", message)
        case .bye(let reason): object.text("reason", reason.rawValue)
        }
    }

    /// - Parameter line: without its end.
    /// - Returns: `nil` for a class that is not known: a later daemon's.
    package static func read(_ line: Span<UInt8>) throws(SocketFault) -> SocketMessage? {
        let fields = try Fields(line: line, limit: SocketLimits.outputLine)
        switch try fields.text("class") {
        case "version":
            return .version(program: try fields.text("program"), protocolName: try fields.text("protocol"))
        case "status": return .status(try StatusMessage(fields))
        case "sensors":
            return .sensors(
                try fields.list("sensors") { fields throws(SocketFault) in try SensorStatus(fields) })
        case "session": return .session(try SessionMessage(fields))
        case "phase": return .phase(try PhaseMessage(fields))
        case "sprint": return .sprint(try SprintMessage(fields))
        case "now": return .now(try NowMessage(fields))
        case "notice": return .notice(device: try fields.optionalText("device"), message: try fields.text("message"))
        case "trouble": return .trouble(try fields.text("message"))
        case "config":
            return .configuration(try fields.choice("event"), message: try fields.optionalText("message"))
        case "done": return .done(command: try fields.text("command"))
        case "error": return .error(command: try fields.optionalText("command"), message: try fields.text("message"))
        case "bye": return .bye(try fields.choice("reason"))
        default: return nil
        }
    }
}
