// SPDX-License-Identifier: GPL-3.0-or-later
internal import Analysis
internal import ArgumentParser
internal import ProcessIO
internal import Report
internal import SocketProtocol

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Tell what the daemon is doing: sessions, sensors, radios, disk.")

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text
        case json
    }

    @Option(help: "Lines to read, or the daemon's own answer as JSON.")
    var format: Format = .text

    @OptionGroup var daemon: DaemonOptions

    func run() throws {
        let status = try DaemonConversation(daemon).status()
        let output = StandardStream.output
        switch format {
        case .json: try output.write(String(decoding: SocketMessage.status(status).line, as: UTF8.self))
        case .text:
            let style = Environment.process.style(isTerminal: output.isTerminal, terminalColumns: output.columns)
            try output.write(StatusText(status: status, style: style).text)
        }
    }
}

/// The daemon's status for a person.
struct StatusText {
    let status: StatusMessage
    let style: TextStyle

    var text: String {
        let dropped = status.droppedFrames == 0 ? "none dropped" : "\(status.droppedFrames) dropped"
        var text = "up \(Wording.clock(status.uptime) ?? "?"), \(Wording.count(status.frames, "frame")), \(dropped)\n"
        switch status.storage {
        case .disk: break
        case .memory: text += "the disk takes nothing: sessions are kept in memory for now\n"
        case .failed: text += "something recorded could not be stored\n"
        }
        text += "\n"
        for athlete in status.athletes { text += line(athlete) }
        if !status.sensors.isEmpty { text += "\n" + sensors }
        if !status.devices.isEmpty { text += "\n" + devices }
        return text
    }

    private func line(_ athlete: AthleteStatus) -> String {
        let name = style.printable(athlete.name ?? "athlete")
        guard let session = athlete.session else { return "\(name): no session\n" }
        var parts = ["session of \(Wording.clock(session.elapsed) ?? "?")"]
        if let phase = session.phases.last, session.hasOpenPhase { parts.append(Wording.name(phase.kind)) }
        parts.append(Wording.count(session.sprints.count + session.intervals.count + session.omittedBouts, "sprint"))
        if let plan = session.plan { parts.append("plan \(style.printable(plan))") }
        return "\(name): \(parts.joined(separator: ", "))\n"
    }

    private var sensors: String {
        var table = TextTable([
            .left("sensor"), .left("kind"), .left("name"), .left("athlete"), .left("state"), .right("signal"),
            .right("battery"),
        ])
        for sensor in status.sensors {
            let battery = sensor.battery.map { "\($0) %" } ?? sensor.batteryState ?? "-"
            let kind = String((sensor.kind ?? "-").map { $0 == "_" ? " " : $0 })
            table.add(
                [
                    sensor.id, kind, sensor.name ?? "-", sensor.athlete ?? "-", sensor.state.rawValue,
                    sensor.signal.map { "\($0) dBm" } ?? "-", battery,
                ].map(style.printable))
        }
        return table.text(width: .max)
    }

    private var devices: String {
        status.devices.map { device in
            style.printable("\(device.name): \(device.message ?? device.state.rawValue)") + "\n"
        }.joined()
    }
}
