// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import Simulation

/// What truly happened while the athletes of one stick were out. Times in seconds of the soak.
struct Outing: Sendable {
    struct Sprint: Sendable {
        var start: Double
        var end: Double
        /// Mean speed of the working part, m/s.
        var speed: Double
        /// Whether a fault took something of it, or of what is needed to tell its edges.
        var isHit: Bool
    }

    struct Participant: Sendable {
        var name: String
        var sprints: [Sprint]
        /// When the footpod was not heard: its own silences, and the stick's.
        var outages: [ClosedRange<Double>]
    }

    var start: Double
    var end: Double
    var participants: [Participant]

    /// The strides around an edge decide where it is; this much of them is needed.
    private static let edge = 15.0

    init(start: Double, end: Double, participants: [Participant]) {
        self.start = start
        self.end = end
        self.participants = participants
    }

    init(_ session: SimulatedSession, start: Double, end: Double, names: [String], unplugged: [ClosedRange<Double>]) {
        self.start = start
        self.end = end
        participants = names.indices.map { athlete in
            var outages = unplugged
            for sensor in session.sensors(of: athlete) where sensor.kind == .footpod {
                outages += sensor.outages.map { start + $0.start...start + max($0.start, $0.end) }
            }
            let sprints = session.records[athlete].bouts.map { bout in
                let range = start + bout.start - Self.edge...start + bout.end + Self.edge
                return Sprint(
                    start: start + bout.start, end: start + bout.end, speed: bout.workSpeed,
                    isHit: outages.contains { $0.overlaps(range) })
            }
            return Participant(name: names[athlete], sprints: sprints, outages: outages)
        }
    }
}
