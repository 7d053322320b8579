// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import LiveCapture

@Suite struct EventQueueTests {
    @Test func aWaitThatIsOverFirstBringsNothing() throws {
        let queue = try EventQueue(keepsStatus: true)
        let news = queue.wait(timeout: .milliseconds(1))
        #expect(news.events.isEmpty)
        #expect(news.dropped == 0)
        #expect(news.status == nil)
    }

    @Test func whatIsThereIsTakenWithoutAWait() throws {
        let queue = try EventQueue(keepsStatus: true)
        queue.post(.refused(reason: "why"))
        let news = queue.wait(timeout: .zero)
        #expect(news.events.count == 1)
    }
}
