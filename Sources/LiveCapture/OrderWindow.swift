// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement

/// Decides which of several sources' oldest elements comes next, so that together they come in order of time.
///
/// Each source shows its elements in its own order, one at a time. The earliest one is taken at once when every other live source has
/// already shown that time or a later one; else it waits for the sources that might still come with an earlier one, but never longer than
/// the window:
///
///     usb        ●10        ●14          taken: 10 (bluetooth showed 12), 12 (usb showed 14);
///     bluetooth      ●12                 14 waits for bluetooth, until 14 + window
///
/// An element that comes later than that is taken when it comes, and counted: its time lies before that of one already taken. With one
/// live source nothing waits.
package struct OrderWindow: Sendable {
    package enum Step: Equatable, Sendable {
        case take(source: Int)
        /// Nothing may be taken before this time unless a source shows more or ends.
        case wait(until: Timestamp)
        /// No source has shown anything that was not taken.
        case empty
    }

    /// Both radios hand over a frame within a few milliseconds of its stamp; a thread that waits for a processor on a busy small computer
    /// takes some tens. A decision is never later than this by waiting.
    package static let defaultWidth = 0.05

    private struct Source: Sendable {
        var head: Timestamp?
        var deadline = Timestamp.zero
        /// The latest time it has shown.
        var shown: Timestamp?
        var isLive = true
    }

    private let width: Double
    private var sources: [Source]
    private var lastTaken: Timestamp?

    /// Elements that came after a later one had been taken.
    package private(set) var late = 0

    /// - Parameter width: seconds.
    package init(sources: Int, width: Double = defaultWidth) {
        self.width = width
        self.sources = Array(repeating: Source(), count: sources)
    }

    /// Whether the source should show its next element.
    package func wants(_ source: Int) -> Bool { sources[source].isLive && sources[source].head == nil }

    package var hasLiveSource: Bool { sources.contains { $0.isLive } }

    /// - Parameter now: on the elements' clock. A time in the future waits no longer than one of now would.
    package mutating func show(_ time: Timestamp, of source: Int, now: Timestamp) {
        sources[source].head = time
        sources[source].deadline = min(time, now).advanced(bySeconds: width)
        sources[source].shown = max(sources[source].shown ?? time, time)
    }

    /// Says that the source shows nothing more.
    package mutating func end(_ source: Int) { sources[source].isLive = false }

    package mutating func next(now: Timestamp) -> Step {
        var first: Int?
        var deadline = Timestamp(nanoseconds: .max)
        for index in sources.indices {
            guard let head = sources[index].head else { continue }
            deadline = min(deadline, sources[index].deadline)
            if let other = first, let earliest = sources[other].head, earliest <= head { continue }
            first = index
        }
        guard let first, let time = sources[first].head else { return .empty }
        guard now >= deadline || isEarliest(time) else { return .wait(until: deadline) }
        sources[first].head = nil
        if let lastTaken, time < lastTaken { late += 1 }
        lastTaken = max(lastTaken ?? time, time)
        return .take(source: first)
    }

    /// Whether no live source can come with an earlier time; one that waits to be taken has shown its earliest.
    private func isEarliest(_ time: Timestamp) -> Bool {
        for source in sources where source.isLive && source.head == nil {
            guard let shown = source.shown, shown >= time else { return hasOneLiveSource }
        }
        return true
    }

    private var hasOneLiveSource: Bool { sources.count { $0.isLive } == 1 }
}
