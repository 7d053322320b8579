// SPDX-License-Identifier: GPL-3.0-or-later
package import ProcessIO

/// Where the socket is, when nobody says.
package enum LocalSocketPath {
    /// Of the system's service.
    package static let system = "/run/sprintd/sprintd.sock"

    /// Where a daemon listens: in the folder that systemd made for it, else in the user's runtime folder, else in the state folder.
    package static func daemon(_ environment: Environment, state: String) -> String {
        // Several are separated by colons: systemd.exec(5).
        if let folders = environment["RUNTIME_DIRECTORY"], let first = folders.split(separator: ":").first {
            return first + "/sprintd.sock"
        }
        return user(environment) ?? state + "/sprintd.sock"
    }

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
