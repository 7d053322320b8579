// SPDX-License-Identifier: GPL-3.0-or-later
import Fusion

/// Hands on what happens to all who are interested, each with a queue of its own.
final class EventFan: Sendable {
    private let display: EventQueue
    /// `nil` when no other program can ask.
    private let watch: WatchQueue?

    init(display: EventQueue, watch: WatchQueue?) {
        self.display = display
        self.watch = watch
    }

    /// Whether anybody takes reports and sensors: making them costs something.
    var takesReports: Bool { watch != nil }

    func post(_ event: LiveEvent) {
        display.post(event)
        watch?.post(.live(event))
    }

    func post(_ report: LiveReport) { watch?.post(.report(report)) }

    func post(_ sample: FusedSample, of athlete: Int) {
        display.post(sample, of: athlete)
        watch?.post(sample, of: athlete)
    }

    func post(_ sensors: [HeardSensor]) { watch?.post(sensors) }
}
