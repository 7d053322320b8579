// SPDX-License-Identifier: GPL-3.0-or-later
import SocketProtocol
import Testing

@Suite struct OutputBacklogTests {
    /// A class, so that expectations can ask it for something that changes it.
    private final class Client {
        var backlog: OutputBacklog

        init(limit: Int) { backlog = OutputBacklog(limit: limit) }

        func add(_ line: String, _ topic: Int? = nil) -> Bool { backlog.append(Array(line.utf8), topic: topic) }

        func sent(upTo limit: Int = .max, step: Int = .max) -> String {
            var sent: [UInt8] = []
            backlog.drain { bytes in
                let count = min(bytes.count, limit - sent.count, step)
                for index in 0..<count { sent.append(bytes[index]) }
                return count
            }
            return String(decoding: sent, as: UTF8.self)
        }
    }

    @Test(arguments: [1, 2, 100]) func linesLeaveInOrder(_ step: Int) {
        let client = Client(limit: 100)
        for line in ["one\n", "two\n", "three\n"] { #expect(client.add(line)) }
        #expect(client.backlog.bytes == 14)
        #expect(client.sent(upTo: 6) == "one\ntw")
        #expect(client.backlog.bytes == 8)
        #expect(client.add("four\n"))
        var sent = ""
        while !client.backlog.isEmpty { sent += client.sent(step: step) }
        #expect(sent == "o\nthree\nfour\n")
        #expect(client.backlog.bytes == 0)
    }

    @Test func aFullBacklogTakesNoMore() {
        let client = Client(limit: 10)
        #expect(client.add("12345678\n"))
        #expect(!client.add("12\n"))
        #expect(client.add("\n"))
        #expect(client.backlog.bytes == 10)
    }

    @Test func ofOneTopicTheNewestWaitsInItsPlaceAtTheEnd() {
        let client = Client(limit: 12)
        #expect(client.add("a1\n", 1))
        #expect(client.add("b1\n", 2))
        #expect(client.add("xx\n"))
        for number in 2..<9 { #expect(client.add("a\(number)\n", 1)) }
        #expect(client.sent() == "b1\nxx\na8\n")
    }

    @Test func aLineThatIsPartlySentIsFinished() {
        let client = Client(limit: 100)
        #expect(client.add("first\n", 1))
        #expect(client.sent(upTo: 2) == "fi")
        #expect(client.add("second\n", 1))
        #expect(client.add("third\n", 1))
        #expect(client.sent() == "rst\nthird\n")
    }

    @Test(arguments: [(0, "bye\n"), (2, "rst\nbye\n"), (6, "bye\n")])
    func aFarewellComesNext(_ sent: Int, _ rest: String) {
        let client = Client(limit: 100)
        for line in ["first\n", "second\n", "third\n"] { #expect(client.add(line)) }
        _ = client.sent(upTo: sent)
        client.backlog.dropWaiting()
        #expect(client.add("bye\n"))
        #expect(client.backlog.bytes == rest.utf8.count)
        #expect(client.sent() == rest)
    }
}
