// SPDX-License-Identifier: GPL-3.0-or-later
internal import JSON
internal import Capture
internal import Measurement
internal import ProcessIO
internal import Scoring
internal import Simulation

extension Connection {
    /// 2026-01-05 06:00 UTC: recordings carry a date, and always the same.
    private static let simulatedStart = Timestamp(nanoseconds: 1_767_592_800 * 1_000_000_000)

    /// By name; those of a number of sprints besides.
    static var simulatedPlans: [String] { SimulatedSession.Configuration.plans }

    /// A recording (pcapng), what truly happened in it (JSON), and an athlete file (TOML) for each athlete.
    static func simulation(
        _ options: SimulateCommand
    ) throws(CommandFailure) -> (recording: [UInt8], truth: String, athletes: [String]) {
        var session = SimulatedSession(try configuration(options))
        var writer: PcapngWriter
        do {
            writer = try PcapngWriter(
                .init(application: "sprintctl \(Version.text)", comment: "a simulated session, seed \(options.seed)"))
        } catch {
            throw CommandFailure(.inputOutput, "simulate: \(error)")
        }
        var recording: [UInt8] = []
        session.run { frame, bytes in
            writer.simulated(frame, bytes)
            if writer.pendingBytes > 1 << 20 { Self.drain(&writer, into: &recording) }
        }
        drain(&writer, into: &recording)
        return (recording, session.truth(), session.profiles.indices.map { athleteFile($0, of: session) })
    }

    /// What a laboratory would know, in the form that `--athlete` takes.
    private static func athleteFile(_ index: Int, of session: SimulatedSession) -> String {
        let profile = session.profiles[index]
        let sensors = session.sensors(of: index).map { "\"\($0.id)\"" }
        let speed = FixedDecimal(profile.maxSpeed, decimals: 3)?.trimmed ?? "6.5"
        var lines = [
            "name = \"Athlete \(index + 1)\"",
            "max_speed_mps = \(speed)",
            "max_hr_bpm = \(Int(profile.maxHeartRate))",
            "resting_hr_bpm = \(Int(profile.restingHeartRate))",
            "sensors = [\(sensors.joined(separator: ", "))]",
        ]
        let plan = session.configuration.plan.name
        if Plan.named(plan) != nil { lines.append("plan = \"\(plan)\"") }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func drain(_ writer: inout PcapngWriter, into recording: inout [UInt8]) {
        writer.drain { bytes in
            recording.reserveCapacity(recording.count + bytes.count)
            for index in bytes.indices { recording.append(bytes[index]) }
        }
    }

    private static func configuration(
        _ options: SimulateCommand
    ) throws(CommandFailure) -> SimulatedSession.Configuration {
        var configuration: SimulatedSession.Configuration
        do {
            configuration = try SimulatedSession.Configuration(plan: options.plan, seed: options.seed)
        } catch {
            throw CommandFailure(
                .usage,
                "there is no plan '\(options.plan)' to simulate; there is "
                    + "\(simulatedPlans.joined(separator: ", ")), and sprint-<n>x<work>-<recovery>")
        }
        configuration.athletes = options.athletes
        // Plans without a strap or without a footpod stay so.
        if configuration.strap != nil { configuration.strap = options.radio.simulated }
        if configuration.footpod != nil { configuration.footpod = options.radio.simulated }
        configuration.lossShare = options.dropouts
        if options.outages { configuration.outageEvery = 240 }
        if options.spikes {
            configuration.heartRateSpikes = 20
            configuration.speedSpikes = 20
        }
        configuration.arrivalJitter = options.jitter ? 0.05 : configuration.arrivalJitter
        configuration.offSkin = options.offSkin.map { $0...$0 + 60 }
        configuration.lateStart = options.lateStart
        if let missed = options.missedSprint { configuration.missedSprints = [missed] }
        configuration.allBelowTarget = options.belowTarget
        if let duration = options.duration { configuration.duration = duration }
        configuration.startTime = Self.simulatedStart
        return configuration
    }
}

extension SimulateCommand.Radio {
    var simulated: Radio {
        switch self {
        case .ant: .ant
        case .ble: .ble
        case .both: .both
        }
    }
}
