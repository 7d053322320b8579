// SPDX-License-Identifier: GPL-3.0-or-later
import JSON
package import Measurement

/// What a client asks: one JSON object a line.
package enum SocketCommand: Equatable, Sendable {
    /// Send what happens, from a status on.
    case watch
    case unwatch
    case status
    case sensors
    /// Without an athlete: all.
    case startSession(athlete: String?)
    case stopSession(athlete: String?)
    case reload
    /// The sensor is the athlete's from the next session on.
    case bind(athlete: String, sensor: SensorID)
    case unbind(athlete: String, sensor: SensorID)

    /// As in its `command` key.
    package var name: String {
        switch self {
        case .watch: "watch"
        case .unwatch: "unwatch"
        case .status: "status"
        case .sensors: "sensors"
        case .startSession: "session.start"
        case .stopSession: "session.stop"
        case .reload: "reload"
        case .bind: "bind"
        case .unbind: "unbind"
        }
    }

    /// Why a line is not carried out, as it is answered.
    package struct Refusal: Error, Equatable, Sendable {
        /// `nil` when the line has none.
        package var command: String?
        package var message: String

        package init(command: String?, message: String) {
            self.command = command
            self.message = message
        }
    }
}

extension SocketCommand {
    /// The command as one line, with its end.
    package var line: [UInt8] {
        var writer = JSONWriter(pretty: false)
        writer.object { object in
            object.key("command")
            object.string(name)
            switch self {
            case .watch, .unwatch, .status, .sensors, .reload: break
            case .startSession(let athlete), .stopSession(let athlete):
                if let athlete {
                    object.key("athlete")
                    object.string(athlete)
                }
            case .bind(let athlete, let sensor), .unbind(let athlete, let sensor):
                object.key("athlete")
                object.string(athlete)
                object.key("sensor")
                object.string(sensor.description)
            }
        }
        return Array((writer.text + "\n").utf8)
    }

    /// - Parameter line: without its end.
    package static func read(_ line: Span<UInt8>) throws(Refusal) -> SocketCommand {
        let fields: Fields
        do throws(SocketFault) {
            fields = try Fields(line: line, limit: SocketLimits.inputLine)
        } catch {
            throw Refusal(command: nil, message: error.description)
        }
        var name: String?
        let command: SocketCommand?
        do throws(SocketFault) {
            let text = try fields.text("command")
            name = text.bounded
            command = try read(text, fields)
        } catch {
            throw Refusal(command: name, message: error.description)
        }
        guard let command else { throw Refusal(command: name, message: "there is no such command") }
        return command
    }

    /// - Returns: `nil` for a name that is not known.
    private static func read(_ name: String, _ fields: Fields) throws(SocketFault) -> SocketCommand? {
        switch name {
        case "watch": return .watch
        case "unwatch": return .unwatch
        case "status": return .status
        case "sensors": return .sensors
        case "session.start": return .startSession(athlete: try fields.optionalText("athlete"))
        case "session.stop": return .stopSession(athlete: try fields.optionalText("athlete"))
        case "reload": return .reload
        case "bind": return .bind(athlete: try fields.text("athlete"), sensor: try sensor(fields))
        case "unbind": return .unbind(athlete: try fields.text("athlete"), sensor: try sensor(fields))
        default: return nil
        }
    }

    /// A name of a recording or a file is nobody's sensor.
    private static func sensor(_ fields: Fields) throws(SocketFault) -> SensorID {
        switch SensorID(try fields.text("sensor")) {
        case .ant(let deviceType, let number): return .ant(deviceType: deviceType, number: number)
        case .bluetooth(let address): return .bluetooth(address: address)
        case .bluetoothConnection, .file, nil: throw .wrong("sensor")
        }
    }
}
