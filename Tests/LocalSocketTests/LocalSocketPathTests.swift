// SPDX-License-Identifier: GPL-3.0-or-later
import LocalSocket
import ProcessIO
import Testing

@Suite struct LocalSocketPathTests {
    @Test(
        arguments: [
            ([:], "/state/sprintd.sock"), (["XDG_RUNTIME_DIR": "/run/user/7"], "/run/user/7/sprintd/sprintd.sock"),
            (
                ["XDG_RUNTIME_DIR": "/run/user/7", "RUNTIME_DIRECTORY": "/run/sprintd:/run/other"],
                "/run/sprintd/sprintd.sock"
            ),
        ] as [([String: String], String)])
    func theDaemonListensInItsOwnFolder(_ variables: [String: String], _ path: String) {
        #expect(LocalSocketPath.daemon(Environment(variables), state: "/state") == path)
    }

    @Test func aClientLooksInTheUsersFolderFirst() {
        let environment = Environment(["XDG_RUNTIME_DIR": "/run/user/7"])
        #expect(
            LocalSocketPath.candidates(environment, state: "/state")
                == ["/run/user/7/sprintd/sprintd.sock", "/run/sprintd/sprintd.sock", "/state/sprintd.sock"])
        #expect(LocalSocketPath.candidates(Environment([:]), state: nil) == ["/run/sprintd/sprintd.sock"])
    }
}
