// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import sprintd

@Suite struct LiveSessionTests {
    /// Else the process is over before it can hand over what was waited for in vain.
    @Test func theEndWaitsLongerThanItWaitsForFITFiles() {
        #expect(LiveSession.grace > LiveSession.patience)
        // sprintd.service promises less than 2 s.
        #expect(LiveSession.grace < 2_000_000_000)
    }
}
