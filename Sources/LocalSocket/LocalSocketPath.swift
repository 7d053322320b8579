// SPDX-License-Identifier: GPL-3.0-or-later
package import ProcessIO

/// Where the socket is, when nobody says.
package enum LocalSocketPath {
    /// Of the system's service.
    package static let system = "/run/sprintd/sprintd.sock"

    /// Where a client looks, the likeliest first.
    ///
    /// - Parameter state: the folder of a daemon that was started by hand.
    package static func candidates(_ environment: Environment, state: String?) -> [String] {
        [user(environment), system, state.map { $0 + "/sprintd.sock" }].compactMap { $0 }
    }

    private static func user(_ environment: Environment) -> String? {
        environment["XDG_RUNTIME_DIR"].map { $0 + "/sprintd/sprintd.sock" }
    }
}
