// SPDX-License-Identifier: GPL-3.0-or-later

/// Lines that wait for one client to read them, within a bound.
///
/// Of lines with the same topic only the newest waits: what was so a second ago is no news to a slow client. A line of which a part is
/// already sent stays.
package struct OutputBacklog: Sendable {
    private struct Entry: Sendable {
        var line: [UInt8]
        var topic: Int?
    }

    private let limit: Int
    private var entries: [Entry] = []
    /// Of the first entry.
    private var sent = 0
    /// That wait.
    package private(set) var bytes = 0

    package init(limit: Int = SocketLimits.backlog) {
        self.limit = limit
    }

    package var isEmpty: Bool { entries.isEmpty }

    /// - Parameter topic: what the line is about, if a later one makes it worthless.
    /// - Returns: `false` when there is no room: the line is not taken, and the client is too slow.
    package mutating func append(_ line: [UInt8], topic: Int? = nil) -> Bool {
        guard !line.isEmpty else { return true }
        if let topic {
            let first = sent > 0 ? 1 : 0
            if let old = entries.dropFirst(first).firstIndex(where: { $0.topic == topic }) {
                bytes -= entries.remove(at: old).line.count
            }
        }
        guard bytes + line.count <= limit else { return false }
        entries.append(Entry(line: line, topic: topic))
        bytes += line.count
        return true
    }

    /// Throws away what waits, but for the rest of a line that is partly sent.
    package mutating func dropWaiting() {
        entries.removeSubrange((sent > 0 ? 1 : 0)...)
        bytes = (entries.first?.line.count ?? 0) - sent
    }

    /// Sends as much as is taken.
    ///
    /// - Parameter send: given what is to be sent next; returns how much of it was taken: less than all when no more can be for
    ///   now.
    package mutating func drain<Failure>(_ send: (Span<UInt8>) throws(Failure) -> Int) throws(Failure) {
        var done = 0
        defer { entries.removeFirst(done) }
        while done < entries.count {
            let line = entries[done].line
            let count = min(max(0, try send(line.span.extracting(droppingFirst: sent))), line.count - sent)
            guard count > 0 else { return }
            sent += count
            bytes -= count
            guard sent == line.count else { return }
            sent = 0
            done += 1
        }
    }
}
