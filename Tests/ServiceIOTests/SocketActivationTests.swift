// SPDX-License-Identifier: GPL-3.0-or-later
import ProcessIO
import Testing

@testable import ServiceIO

@Suite struct SocketActivationTests {
    @Test(arguments: [
        ([:], 0), (["LISTEN_FDS": "1"], 0), (["LISTEN_PID": "7"], 0), (["LISTEN_PID": "7", "LISTEN_FDS": "1"], 1),
        (["LISTEN_PID": "8", "LISTEN_FDS": "1"], 0), (["LISTEN_PID": "7", "LISTEN_FDS": "0"], 0),
        (["LISTEN_PID": "7", "LISTEN_FDS": "-1"], 0), (["LISTEN_PID": "7", "LISTEN_FDS": "64"], 64),
        (["LISTEN_PID": "7", "LISTEN_FDS": "65"], 0), (["LISTEN_PID": "7", "LISTEN_FDS": "1x"], 0),
        (["LISTEN_PID": "99999999999", "LISTEN_FDS": "1"], 0),
    ] as [([String: String], Int)])
    func theVariablesAreForOneProcess(_ variables: [String: String], _ count: Int) {
        #expect(SocketActivation.count(Environment(variables), process: 7) == count)
    }
}
