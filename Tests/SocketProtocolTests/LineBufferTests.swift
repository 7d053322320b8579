// SPDX-License-Identifier: GPL-3.0-or-later
import SocketProtocol
import TestSupport
import Testing

@Suite struct LineBufferTests {
    private static func events(_ text: String, limit: Int, chunk: Int) -> [LineBuffer.Event] {
        var buffer = LineBuffer(limit: limit)
        var events: [LineBuffer.Event] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: chunk) {
            buffer.take(Array(bytes[start..<min(bytes.count, start + chunk)]).span) { events.append($0) }
        }
        return events
    }

    private static func line(_ text: String) -> LineBuffer.Event { .line(Array(text.utf8)) }

    @Test(arguments: [1, 2, 3, 7, 100]) func linesAreCutAtTheirEnds(_ chunk: Int) {
        #expect(
            Self.events("one\ntwo\r\n\n\r\n three\nfour", limit: 6, chunk: chunk)
                == [Self.line("one"), Self.line("two"), Self.line(" three")])
    }

    @Test(arguments: [1, 2, 5, 100]) func aLongLineIsToldOnceAndSkipped(_ chunk: Int) {
        #expect(
            Self.events("123456\n1234567\n12345678901234567890\nnext\n123456\r\n", limit: 6, chunk: chunk)
                == [Self.line("123456"), .tooLong, .tooLong, Self.line("next"), Self.line("123456")])
    }

    @Test func anEndlessLineCostsNoMemoryAndIsCounted() {
        var buffer = LineBuffer(limit: 16)
        var told = 0
        let megabyte = [UInt8](repeating: 0x61, count: 1 << 16)
        for _ in 0..<16 { buffer.take(megabyte.span) { _ in told += 1 } }
        #expect(told == 1)
        #expect(buffer.skipped == 1 << 20)
    }
}
