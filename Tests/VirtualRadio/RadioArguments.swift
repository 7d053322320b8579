// SPDX-License-Identifier: GPL-3.0-or-later
package import Simulation

/// What a virtual radio is started with.
package struct RadioArguments {
    /// The folder entry that commands come to; `nil` to write what will truly happen, and end.
    package var control: String?
    package var configuration: SimulatedSession.Configuration
    /// Seconds of the session that are played.
    package var seconds = Double.infinity

    package static let usage = """
        (--control SOCKET | --truth) --plan NAME [--seed N] [--late SECONDS] [--seconds SECONDS]

        """

    /// - Parameter words: without the program's name.
    /// - Returns: `nil` for anything that is not as in ``usage``.
    package init?(_ words: [String]) {
        var values: [String: String] = [:]
        var rest = words[...]
        var writesTruth = false
        while let word = rest.popFirst() {
            if word == "--truth" {
                writesTruth = true
            } else {
                guard ["--control", "--plan", "--seed", "--late", "--seconds"].contains(word) else { return nil }
                values[word] = rest.popFirst()
            }
        }
        guard let plan = values["--plan"], let seed = UInt64(values["--seed"] ?? "1"),
            let late = Double(values["--late"] ?? "0"), let seconds = Double(values["--seconds"] ?? "inf"),
            var configuration = try? SimulatedSession.Configuration(plan: plan, seed: seed),
            (values["--control"] == nil) == writesTruth
        else { return nil }
        configuration.lateStart = late
        // Of runs without an end of their own.
        configuration.duration = 36_000
        // The kernel brings its own.
        configuration.arrivalJitter = 0
        self.configuration = configuration
        self.seconds = seconds
        control = values["--control"]
    }

    /// Plays the session up to ``seconds`` and returns its truth.
    package func truth() -> String {
        var session = SimulatedSession(configuration)
        while session.duration < seconds, session.step({ _, _ in }) {}
        return session.truth()
    }
}
