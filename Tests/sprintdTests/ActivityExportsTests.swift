// SPDX-License-Identifier: GPL-3.0-or-later
import Synchronization
import Testing

@testable import sprintd

/// Here a function that is started runs when the test says so.
@Suite struct ActivityExportsTests {
    final class Record: Sendable {
        let started = Mutex<[@Sendable () -> Void]>([])
        let exported = Mutex<[[String]]>([])

        func start(_ body: @escaping @Sendable () -> Void) -> Bool {
            started.withLock { $0.append(body) }
            return true
        }

        func runNext() {
            let body = started.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            body?()
        }
    }

    let record = Record()

    @Test func sessionsThatEndTogetherShareAHelper() {
        let record = record
        let exports = ActivityExports(start: record.start) { names in record.exported.withLock { $0.append(names) } }
        for name in ["a", "b", "c"] { exports.add(name) }
        #expect(record.started.withLock { $0.count } == 1)
        #expect(!exports.isIdle)
        record.runNext()
        #expect(record.exported.withLock { $0 } == [["a", "b", "c"]])
        #expect(exports.isIdle)
    }

    @Test func whatEndsMeanwhileComesNextAndNotBeside() {
        let record = record
        let itself = Mutex<ActivityExports?>(nil)
        let exports = ActivityExports(start: record.start) { names in
            record.exported.withLock { $0.append(names) }
            if names == ["a"] { for name in ["b", "c"] { itself.withLock { $0 }?.add(name) } }
        }
        itself.withLock { $0 = exports }
        defer { itself.withLock { $0 = nil } }
        exports.add("a")
        record.runNext()
        #expect(record.started.withLock { $0.isEmpty })
        #expect(record.exported.withLock { $0 } == [["a"], ["b", "c"]])
        exports.add("d")
        record.runNext()
        #expect(record.exported.withLock { $0.last } == ["d"])
    }

    @Test func whatWaitsAtTheEndIsHandedOver() {
        let record = record
        let exports = ActivityExports(start: record.start) { names in record.exported.withLock { $0.append(names) } }
        exports.add("a")
        #expect(exports.takeWaiting() == ["a"])
        record.runNext()
        #expect(record.exported.withLock { $0 } == [])
        #expect(exports.isIdle)
    }

    @Test func withoutAThreadTheNextSessionTriesAgain() {
        let record = record
        let fails = Mutex(true)
        let exports = ActivityExports(
            start: { body in fails.withLock { $0 } ? false : record.start(body) },
            export: { names in record.exported.withLock { $0.append(names) } })
        exports.add("a")
        #expect(exports.isIdle)
        fails.withLock { $0 = false }
        exports.add("b")
        record.runNext()
        #expect(record.exported.withLock { $0 } == [["a", "b"]])
    }
}
