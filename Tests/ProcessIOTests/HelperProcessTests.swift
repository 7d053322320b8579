// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import ProcessIO

@Suite struct HelperProcessTests {
    @Test func aProgramThatIsNotThereCannotBeStarted() {
        #expect {
            try HelperProcess("no-such-program", [])
        } throws: { error in
            (error as? CommandFailure)?.status == .unavailable
        }
    }

    /// From the root folder up, so that no program of the package has to be built for it.
    @Test func itsStatusIsThatOfTheProgram() throws {
        let up = String(repeating: "../", count: 32)
        #expect(try HelperProcess("\(up)bin/true", []).waitForEnd() == 0)
        #expect(try HelperProcess("\(up)bin/sh", ["-c", "exit 7"]).waitForEnd() == 7)
        #expect(try HelperProcess("\(up)bin/sh", ["-c", "kill -9 $$"]).waitForEnd() == 128 + 9)
    }
}
