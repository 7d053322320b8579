// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement

/// Whose sensors count, and how long a value stays true.
package struct FusionConfiguration: Equatable, Sendable {
    /// The athlete's own sensors, the preferred one first. Empty, as are ``names``: the athlete is unbound, and the first sensor of each
    /// kind that gives a value is adopted.
    ///
    /// Identities are compared exactly. In particular `ant:120:0`, a recording that never told the number, is used for
    /// a bound athlete only if it is listed itself, and listing it admits no numbered device: ANT numbers tell the
    /// members of a group apart, so a wildcard would adopt a neighbour.
    package var sensors: [SensorID]
    /// More of the athlete's own: whoever tells one of these names. They come after ``sensors`` in preference.
    package var names: [SensorName]
    /// Cadence conventions that a person stated. They win over what a sensor states and over inference; `.unknown`
    /// asks for inference.
    package var cadenceConventions: [SensorID: Cadence.Convention]
    /// The athlete's maximum heart rate in beats per minute, where known: rates well above it are marked.
    package var maximumHeartRate: Double?
    package var freshness: Freshness
    /// Seconds that a preferred sensor must have been fresh without a break before it takes over from a sensor that
    /// works; for beat intervals three times that.
    package var holdTime: Double
    /// A used sensor silent for longer than this many seconds (or than its own freshness, if that is longer) leaves a
    /// gap in the report.
    package var gapTime: Double

    /// How long a value is believed after its sensor last said it, in seconds: 2.5 × the sensor's own usual interval,
    /// but at least the time for its radio and at most ``limit``.
    ///
    /// An ANT+ sensor sends about 4 times a second, and its channel takes about 2 s of misses to start a search; a
    /// Bluetooth sensor notifies about once a second, and a strap's RR intervals may come 3 to 4 s late.
    package struct Freshness: Equatable, Sendable {
        package var ant = 3.0
        package var bluetooth = 5.0
        /// Of a file's columns, once their interval is known; ``limit`` before. A watch that records on change goes
        /// from one sample a second to one in 8 s at any time.
        package var file = 10.0
        package var limit = 20.0

        package init() {}
    }

    package init(
        sensors: [SensorID] = [], names: [SensorName] = [], cadenceConventions: [SensorID: Cadence.Convention] = [:],
        maximumHeartRate: Double? = nil, freshness: Freshness = Freshness(), holdTime: Double = 5,
        gapTime: Double = 5
    ) {
        self.sensors = sensors
        self.names = names
        self.cadenceConventions = cadenceConventions
        self.maximumHeartRate = maximumHeartRate
        self.freshness = freshness
        self.holdTime = holdTime
        self.gapTime = gapTime
    }
}
