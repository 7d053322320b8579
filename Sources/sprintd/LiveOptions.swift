// SPDX-License-Identifier: GPL-3.0-or-later
internal import ServiceIO

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
    /// The file to read; `nil` for the usual one, if it is there.
    var configuration: String?
    /// Where the local socket is to lie.
    var socket: String?
    var logLevel: Log.Level?
    /// `nil` for the one that fits the error output.
    var logForm: Log.Form?

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
