// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import Testing

@testable import sprintd

@Suite struct CodeReleaseTests {
    private func second(_ seconds: Int64) -> Timestamp { Timestamp(nanoseconds: seconds * 1_000_000_000) }

    @Test func whereNothingHappensNothingIsWaitedForAndNothingGivenBack() {
        var release = CodeRelease()
        #expect(release.wait(at: second(5)) == nil)
        let muchLater = release.take(at: second(1_000_000))
        #expect(!muchLater)
    }

    @Test func whatHappensIsFollowedByOneReleaseTenSecondsLater() {
        var release = CodeRelease()
        release.note(at: second(100))
        #expect(release.wait(at: second(103)) == .seconds(7))
        let early = release.take(at: second(109))
        #expect(!early)
        let due = release.take(at: second(110))
        #expect(due)
        let again = release.take(at: second(111))
        #expect(!again)
        #expect(release.wait(at: second(111)) == nil)
    }

    /// Or twenty athletes' phases would put it off for ever.
    @Test func whatHappensMeanwhilePutsNothingOff() {
        var release = CodeRelease()
        release.note(at: second(100))
        release.note(at: second(109))
        let due = release.take(at: second(110))
        #expect(due)
        let again = release.take(at: second(119))
        #expect(!again)
    }

    @Test func aWaitIsNeverNegative() {
        var release = CodeRelease()
        release.note(at: second(100))
        #expect(release.wait(at: second(200)) == .zero)
        let late = release.take(at: second(200))
        #expect(late)
    }
}
