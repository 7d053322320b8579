// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement

/// What comes out of a decoder: samples, and apart from them the rest, which is little.
///
/// Not closures: a sample that is handed to one is written to memory, read from there at once, and written again, and a processor waits until what it
/// has just written in small parts can be read as a whole. Here it is written where it stays.
package struct ANTOutput: Sendable {
    package struct Told: Sendable {
        package var event: ANTEvent
        /// How many of the samples came before it.
        package var samplesBefore: Int
    }

    package private(set) var samples: [Sample] = []
    /// Without the samples.
    package private(set) var events: [Told] = []

    package init() {}

    @inline(__always)
    package mutating func append(_ sample: Sample) { samples.append(sample) }

    @inline(never)
    mutating func tell(_ event: ANTEvent) { events.append(Told(event: event, samplesBefore: samples.count)) }

    /// What is forgotten leaves its memory for what comes next, unless it was a flood.
    private static let usual = 1024

    /// Forgets the events, for they have been dealt with.
    package mutating func removeEvents() { events.removeAll(keepingCapacity: events.count <= Self.usual / 16) }

    package mutating func removeAll() {
        samples.removeAll(keepingCapacity: samples.count <= Self.usual)
        if !events.isEmpty { removeEvents() }
    }

    /// All of it, in the order in which it came.
    package func forEach(sample: (Sample) -> Void, event: (ANTEvent) -> Void) {
        var next = 0
        if !events.isEmpty {
            forEachEvent(&next, sample, event)
        }
        while next < samples.count {
            sample(samples[next])
            next += 1
        }
    }

    @inline(never)
    private func forEachEvent(_ next: inout Int, _ sample: (Sample) -> Void, _ event: (ANTEvent) -> Void) {
        for told in events {
            while next < told.samplesBefore {
                sample(samples[next])
                next += 1
            }
            event(told.event)
        }
    }
}
