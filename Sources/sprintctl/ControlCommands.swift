// SPDX-License-Identifier: GPL-3.0-or-later
internal import ArgumentParser
internal import Measurement
internal import ProcessIO
internal import SocketProtocol

struct StartCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Begin a session now, without waiting for movement.")

    @Option(help: ArgumentHelp("Whose; without it everybody's.", valueName: "name"))
    var athlete: String?

    @OptionGroup var daemon: DaemonOptions

    func run() throws {
        try DaemonConversation(daemon).carryOut(.startSession(athlete: athlete))
        try StandardStream.output.write("\(athlete ?? "everybody"): a session is running\n")
    }
}

struct StopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "End a session now and store it.",
        discussion: "Movement begins no new one until the sensors have been silent for a while.")

    @Option(help: ArgumentHelp("Whose; without it everybody's.", valueName: "name"))
    var athlete: String?

    @OptionGroup var daemon: DaemonOptions

    func run() throws {
        try DaemonConversation(daemon).carryOut(.stopSession(athlete: athlete))
        try StandardStream.output.write("\(athlete ?? "everybody"): no session is running\n")
    }
}

/// A sensor as a person types it.
private func sensorID(_ text: String) throws -> SensorID {
    guard let sensor = SensorID(text) else { throw ValidationError("'\(text)' is no sensor.") }
    return sensor
}

/// Which sensor is whose.
struct BindingArguments: ParsableArguments {
    @Argument(help: "The athlete's name.")
    var athlete: String

    @Argument(help: "The sensor, as ant:120:16815 or ble:C4:12:F5:00:A0:01.", transform: sensorID)
    var sensor: SensorID
}

struct BindCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bind", abstract: "Make a sensor an athlete's, from the next session on.",
        discussion: """
            sprintctl status and sprintctl sensors tell the sensors' identities. The daemon remembers it, and whose the \
            sensor was before keeps it too, until it is unbound.
            """)

    @OptionGroup var binding: BindingArguments
    @OptionGroup var daemon: DaemonOptions

    func run() throws {
        try DaemonConversation(daemon).carryOut(.bind(athlete: binding.athlete, sensor: binding.sensor))
        try StandardStream.output.write("\(binding.sensor) is \(binding.athlete)'s from the next session on\n")
    }
}

struct UnbindCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unbind", abstract: "Take a sensor from an athlete, from the next session on.",
        discussion: "Also one that the configuration lists, unless none would be left: who has none takes any.")

    @OptionGroup var binding: BindingArguments
    @OptionGroup var daemon: DaemonOptions

    func run() throws {
        try DaemonConversation(daemon).carryOut(.unbind(athlete: binding.athlete, sensor: binding.sensor))
        try StandardStream.output.write("\(binding.sensor) is \(binding.athlete)'s no more from the next session on\n")
    }
}
