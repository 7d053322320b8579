// SPDX-License-Identifier: GPL-3.0-or-later
internal import BluetoothCentral
internal import BluetoothTransport
internal import Configuration
internal import LiveCapture
internal import Measurement
internal import ProcessIO
internal import Scoring
internal import SimulatedTransport
internal import Simulation
internal import Transport
internal import USBTransport

/// The one place where frames come into the program.
enum Transports {
    /// What live capture listens to. Each of these becomes a thread with a ring of its own; a further radio is a further line here.
    ///
    /// A radio on which nobody has a sensor is left alone: it would only take a stick or a strap from others. Who lists no sensors may have
    /// them on either.
    static func radios(_ settings: Settings) -> [any Transport] {
        let lists = settings.members.map(\.athlete.sensors)
        let isOpen = settings.members.contains { !$0.athlete.listsSensors }
        let listed = lists.flatMap(\.self)
        var radios: [any Transport] = []
        if settings.usesUSB, isOpen || listed.contains(where: \.isANT) {
            radios.append(USBTransport(.init(athletes: lists, firstCome: lists.count == 1)))
        }
        let straps =
            listed.compactMap(\.bluetoothBinding)
            + settings.members.flatMap(\.athlete.sensorNames).map { SensorBinding.name($0.name) }
        if settings.bluetooth.isEnabled, isOpen || !straps.isEmpty {
            var configuration = BluetoothTransport.Configuration()
            // Somebody's may be any that is heard.
            if !isOpen { configuration.central.bindings = straps }
            configuration.central.adapter = settings.bluetooth.adapter
            configuration.releasesSensors = settings.releasesSensors
            radios.append(BluetoothTransport(configuration))
        }
        return radios
    }

    /// - Throws: when there is nothing that could ever bring a frame.
    static func make(
        _ options: LiveOptions, _ clock: EngineClock, _ settings: Settings
    ) throws(CommandFailure) -> [any Transport] {
        if let simulation = options.simulation {
            return [try simulated(simulation, clock, athletes: settings.members.count)]
        }
        return try radios(orWhyNone: settings)
    }

    /// - Throws: when there is none.
    static func radios(orWhyNone settings: Settings) throws(CommandFailure) -> [any Transport] {
        let radios = radios(settings)
        guard radios.isEmpty else { return radios }
        let why =
            settings.usesUSB || settings.bluetooth.isEnabled
            ? "none of the listed sensors is on a radio that is enabled" : "neither radio is enabled"
        throw CommandFailure(.configuration, "nothing to listen to: \(why)")
    }

    private static func simulated(
        _ simulation: LiveOptions.Simulation, _ clock: EngineClock, athletes: Int
    ) throws(CommandFailure) -> any Transport {
        let configuration = try configuration(simulation, athletes: athletes)
        do throws(TransportError) {
            return try SimulatedTransport(
                configuration, now: { clock.now }, wait: { clock.wait(until: $0) })
        } catch {
            throw CommandFailure(.unavailable, error.description)
        }
    }

    static func configuration(
        _ simulation: LiveOptions.Simulation, athletes: Int
    ) throws(CommandFailure) -> SimulatedSession.Configuration {
        do throws(ConfigurationError) {
            var configuration = try SimulatedSession.Configuration(plan: simulation.workout, seed: simulation.seed)
            configuration.athletes = athletes
            return configuration
        } catch {
            let known = SimulatedSession.Configuration.plans.joined(separator: ", ")
            throw CommandFailure(.usage, "there is no workout '\(simulation.workout)'; there is \(known)")
        }
    }
}

extension SensorID {
    fileprivate var isANT: Bool {
        switch self {
        case .ant: true
        case .bluetooth, .bluetoothConnection, .file: false
        }
    }

    /// A connection without an address is a name of its recording, and nothing to look for.
    fileprivate var bluetoothBinding: SensorBinding? {
        switch self {
        case .bluetooth(let address): .address(address)
        case .ant, .bluetoothConnection, .file: nil
        }
    }
}
