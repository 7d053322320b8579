// SPDX-License-Identifier: GPL-3.0-or-later
import Synchronization

/// Orders to the writer, each with its place among the records of the ring beside it: after how many of them it comes.
///
/// Orders carry texts, so they do not fit a ring, and must never be dropped. They are seldom: a lock costs nothing then.
final class OrderQueue: Sendable {
    private struct Entry: Sendable {
        var place: UInt64
        var order: LogOrder
    }

    private let entries = Mutex<[Entry]>([])

    func append(_ order: LogOrder, after records: UInt64) {
        entries.withLock { $0.append(Entry(place: records, order: order)) }
    }

    /// To be asked after the ring: an order that comes later has its place behind all records that the ring held before.
    var nextPlace: UInt64? { entries.withLock { $0.first?.place } }

    func take() -> LogOrder? { entries.withLock { $0.isEmpty ? nil : $0.removeFirst().order } }
}
