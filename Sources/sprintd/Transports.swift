// SPDX-License-Identifier: GPL-3.0-or-later
internal import LiveCapture
internal import ProcessIO
internal import SimulatedTransport
internal import Simulation
internal import Transport

/// The one place where frames come into the program.
enum Transports {
    /// What live capture listens to. Each of these becomes a thread with a ring of its own; a further radio is a further line here.
    static func radios() -> [any Transport] {
        []
    }

    /// - Throws: when there is nothing that could ever bring a frame.
    static func make(_ options: LiveOptions, _ clock: EngineClock, athletes: Int) throws(CommandFailure)
        -> [any Transport]
    {
        if let simulation = options.simulation {
            return [try simulated(simulation, clock, athletes: athletes)]
        }
        let radios = radios()
        guard !radios.isEmpty else {
            throw CommandFailure(
                .unavailable,
                "no radio can be used by this version; --simulate sprint-5x30-90 makes sensors up, --replay FILE runs a recording"
            )
        }
        return radios
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
