// SPDX-License-Identifier: GPL-3.0-or-later
import ProcessIO
import Testing

@testable import ServiceIO

@Suite struct LogTests {
    @Test(arguments: [(Log.Level.error, 3), (.warning, 4), (.notice, 5), (.info, 6), (.debug, 7)])
    func theJournalGetsThePriorityInFront(_ level: Log.Level, _ number: Int) {
        #expect(Log.line(level, "Ada: sprint 1", .journal, time: 0) == "<\(number)>Ada: sprint 1\n")
        #expect(Log.Level(name: level.name) == level)
    }

    @Test func anEventIsOneLineWhateverIsInIt() {
        #expect(Log.line(.info, "a\nb\u{1B}[2J\u{85}c", .journal, time: 0) == "<6>a b [2J c\n")
        #expect(Log.line(.info, "a\r\nb", .plain, time: 0) == "sprintd: a  b\n")
    }

    @Test func aTerminalGetsTheTimeOfDay() {
        let time: Int64 = 1_767_592_800
        let line = Log.line(.info, "text", .terminal, time: time)
        // HH:MM:SS of the zone that the tests run in.
        let local = (time + LocalTime.offset(at: time)) % 86_400
        let parts = line.prefix(8).split(separator: ":").compactMap { Int64($0) }
        #expect(line.hasSuffix(" text\n") && line.count == 14)
        #expect(parts.count == 3 && parts[0] * 3600 + parts[1] * 60 + parts[2] == local)
    }

    @Test func aRedirectedOutputIsNoJournal() {
        #expect(!Log.isJournal(Environment([:])))
        #expect(!Log.isJournal(Environment(["JOURNAL_STREAM": "0:0"])))
        #expect(!Log.isJournal(Environment(["JOURNAL_STREAM": "nonsense"])))
    }

    @Test func lessImportantIsGreater() {
        #expect(Log.Level.error < .warning && Log.Level.info < .debug)
        #expect(Log.Level(name: "loud") == nil)
    }
}
