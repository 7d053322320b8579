// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement

/// What one radio identity of one sensor truly sent, and what of it the recording has.
package struct SensorRecord: Equatable, Sendable {
    /// Outages beyond this many are counted, not kept.
    package static let limit = 1000

    package struct Outage: Equatable, Sendable {
        package var start: Double
        package var end: Double
    }

    package let id: SensorID
    package let kind: SensorKind
    package let radio: Radio
    /// The other radio identity of the same device.
    package var sameAs: SensorID?
    /// Data messages on the air (ANT) or measured (Bluetooth) from the first one received on.
    package private(set) var sent = 0
    package private(set) var dropped = 0
    package private(set) var outages: [Outage] = []
    package private(set) var outagesOmitted = 0
    /// Times of the first and the last message received, in seconds on the air.
    package private(set) var first: Double?
    package private(set) var last: Double?
    /// Beats that truly happened between those two; 0 for a footpod.
    package private(set) var beats = 0
    /// Metres truly covered between those two.
    package private(set) var distance = 0.0
    /// Bouts of nonsense.
    package internal(set) var spikes = 0

    private var firstBeats = 0
    private var firstPosition = 0.0

    private let limit: Int

    /// - Parameter limit: of the outages; as ``limit``, at most.
    init(id: SensorID, kind: SensorKind, radio: Radio, limit: Int) {
        self.id = id
        self.kind = kind
        self.radio = radio
        self.limit = min(limit, Self.limit)
    }

    mutating func received(at time: Double, beats: Int, position: Double) {
        sent += 1
        if first == nil {
            first = time
            firstBeats = beats
            firstPosition = position
        }
        last = time
        self.beats = beats - firstBeats
        distance = position - firstPosition
    }

    mutating func lost() {
        guard first != nil else { return }
        sent += 1
        dropped += 1
    }

    mutating func outage(from start: Double, until end: Double) {
        if outages.count < limit {
            outages.append(Outage(start: start, end: end))
        } else {
            outagesOmitted += 1
        }
    }
}
