// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement

/// What is known of a recording apart from its samples.
package struct RecordingFacts: Equatable, Sendable {
    /// `pcapng`, `pcap`, `btsnoop`, `fit` or `csv`.
    package var kind: String
    /// Seconds from the first frame to the last.
    package var duration: Double
    /// Frames of a radio, or records of a file.
    package var frames = 0
    package var badFrames = 0
    package var droppedFrames = 0
    /// Messages that sensors sent and nobody heard.
    package var lostMessages = 0
    /// Silences of sensors whose messages can be counted, down to a single message.
    package var gaps: [Gap] = []
    /// What a person should know of it: a torn end, a guess.
    package var notes: [String] = []
    /// Devices by the names that they give themselves.
    package var sensorNames: [SensorID: String] = [:]

    package struct Gap: Equatable, Sendable {
        package var sensor: SensorID
        /// Seconds from the recording's first frame.
        package var start: Double
        package var end: Double
        var length: Double { end - start }
        package init(sensor: SensorID, start: Double, end: Double) {
            self.sensor = sensor
            self.start = start
            self.end = end
        }
    }

    package init(kind: String, duration: Double) {
        self.kind = kind
        self.duration = duration
    }
}
