// SPDX-License-Identifier: GPL-3.0-or-later
internal import FileIO
internal import ProcessIO

/// Where things usually are: as systemd says for a service (systemd.exec(5), `ConfigurationDirectory=` and the like), else as a person's programs
/// have it (XDG Base Directory Specification 0.8).
struct Places: Sendable {
    private let environment: Environment

    init(_ environment: Environment) {
        self.environment = environment
    }

    /// Those of the service on this machine, as its unit has them.
    static let ofService = Places(
        Environment([
            "CONFIGURATION_DIRECTORY": "/etc/sprintd", "STATE_DIRECTORY": "/var/lib/sprintd",
            "RUNTIME_DIRECTORY": "/run/sprintd",
        ]))

    /// `nil` when there is no such file.
    var configuration: String? {
        let folder = service("CONFIGURATION_DIRECTORY") ?? own("XDG_CONFIG_HOME", "/.config").map { $0 + "/sprintd" }
        guard let path = folder.map({ $0 + "/sprintd.toml" }), FileTree.exists(path) else { return nil }
        return path
    }

    /// `nil` for somebody without a home.
    var state: String? {
        service("STATE_DIRECTORY") ?? own("XDG_STATE_HOME", "/.local/state").map { $0 + "/sprintd" }
    }

    func socket(state: String) -> String {
        if let folder = service("RUNTIME_DIRECTORY") { return folder + "/sprintd.sock" }
        return environment["XDG_RUNTIME_DIR"].map { $0 + "/sprintd/sprintd.sock" } ?? state + "/sprintd.sock"
    }

    /// The first of them where there are several.
    private func service(_ name: String) -> String? {
        environment[name].flatMap { $0.split(separator: ":").first.map(String.init) }
    }

    /// A path that does not begin with a slash is none, says the specification.
    private func own(_ name: String, _ usual: String) -> String? {
        if let folder = environment[name], folder.hasPrefix("/") { return folder }
        return environment["HOME"].map { $0 + usual }
    }
}
