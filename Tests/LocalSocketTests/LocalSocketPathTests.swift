// SPDX-License-Identifier: GPL-3.0-or-later
import LocalSocket
import ProcessIO
import Testing

@Suite struct LocalSocketPathTests {
    @Test func aClientLooksInTheUsersFolderFirst() {
        let environment = Environment(["XDG_RUNTIME_DIR": "/run/user/7"])
        #expect(
            LocalSocketPath.candidates(environment, state: "/state")
                == ["/run/user/7/sprintd/sprintd.sock", "/run/sprintd/sprintd.sock", "/state/sprintd.sock"])
        #expect(LocalSocketPath.candidates(Environment([:]), state: nil) == ["/run/sprintd/sprintd.sock"])
    }
}
