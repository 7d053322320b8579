// SPDX-License-Identifier: GPL-3.0-or-later
import SessionStore
import Testing

@testable import LiveCapture

@Suite struct LogReportTests {
    /// As the local socket's contract has it (docs/socket.md, `storage`): `failed` when something recorded is lost.
    @Test(
        arguments: [
            (.failed("full"), .memory), (.full, .failed), (.abandoned(session: "run", bytes: 1), .failed),
            (.resumed(lostFrames: 0), .disk), (.stored(folder: "run"), nil), (.astray(session: "run"), nil),
        ] as [(LogReport, LiveReport.Storage?)])
    func whereWhatIsRecordedIs(_ report: LogReport, _ storage: LiveReport.Storage?) {
        #expect(report.storage == storage)
    }
}
