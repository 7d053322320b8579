// SPDX-License-Identifier: GPL-3.0-or-later

/// The arguments of live capture.
struct LiveOptions: Equatable, Sendable {
    struct Simulation: Equatable, Sendable {
        var workout: String
        var seed: UInt64
        /// Simulated seconds a second.
        var rate: Double
    }

    /// `nil` when none was given.
    var state: String?
    var athletes: [String]
    var plan: String?
    /// Seconds; `nil` for the usual.
    var silence: Double?
    /// Instead of radios.
    var simulation: Simulation?
    /// Bluetooth sensors are free for other devices between sessions.
    var releasesSensors = false

    init(
        state: String? = nil, athletes: [String] = [], plan: String? = nil, silence: Double? = nil,
        simulation: Simulation? = nil
    ) {
        self.state = state
        self.athletes = athletes
        self.plan = plan
        self.silence = silence
        self.simulation = simulation
    }
}
