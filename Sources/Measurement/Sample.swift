// SPDX-License-Identifier: GPL-3.0-or-later

/// One thing a sensor said, at the time its frame arrived.
package struct Sample: Equatable, Sendable, BitwiseCopyable {
    package var time: Timestamp
    package var sensor: SensorID
    package var reading: Reading

    package init(time: Timestamp, sensor: SensorID, reading: Reading) {
        self.time = time
        self.sensor = sensor
        self.reading = reading
    }
}

/// What a sample holds. Decoders convert the wire's units to these in one named place each.
package enum Reading: Equatable, Sendable, BitwiseCopyable {
    case heartRate(HeartRateReading)
    /// One interval between two successive heart beats.
    case rrInterval(RRInterval)
    case stride(StrideReading)
    /// Charge left, in percent (0...100).
    case battery(percent: UInt8)
}

/// A heart rate, as the sensor computed it.
package struct HeartRateReading: Equatable, Sendable, BitwiseCopyable {
    /// Beats per minute; `nil` when the sensor says that it has none (ANT+: 0).
    package var beatsPerMinute: Double?
    /// Whether the sensor feels skin; `nil` when it does not say.
    package var skinContact: Bool?

    package init(beatsPerMinute: Double?, skinContact: Bool? = nil) {
        self.beatsPerMinute = beatsPerMinute
        self.skinContact = skinContact
    }
}

/// An interval between two successive beats.
package struct RRInterval: Equatable, Sendable, BitwiseCopyable {
    /// In 1/1024 s: the unit of both radios, so that no rounding hides here.
    package var ticks: UInt16
    /// Whether beats are missing between the interval before and this one, so that differences between the two
    /// (as RMSSD takes) are meaningless.
    package var followsGap: Bool

    package init(ticks: UInt16, followsGap: Bool) {
        self.ticks = ticks
        self.followsGap = followsGap
    }

    package var seconds: Double { Double(ticks) / 1024 }
}

/// How a runner moves.
package struct StrideReading: Equatable, Sendable, BitwiseCopyable {
    /// Metres per second; `nil` when the sensor does not measure it.
    package var speed: Double?
    package var cadence: Cadence?
    /// Metres covered since the sensor was first heard, roll-overs undone; `nil` when it does not say.
    package var distance: Double?

    package init(speed: Double? = nil, cadence: Cadence? = nil, distance: Double? = nil) {
        self.speed = speed
        self.cadence = cadence
        self.distance = distance
    }
}

/// A step rate in the unit that its sensor uses.
package struct Cadence: Equatable, Sendable, BitwiseCopyable {
    package enum Convention: UInt8, Sendable, BitwiseCopyable {
        /// Both feet: about 160–200 per minute at a run.
        case steps
        /// One foot: about 80–100 per minute at a run.
        case strides
        /// The sensor's standard leaves it open or its makers disagree; fusion decides by plausibility.
        case unknown
    }
    /// Per minute, in the unit of `convention`.
    package var perMinute: Double
    package var convention: Convention

    package init(perMinute: Double, convention: Convention) {
        self.perMinute = perMinute
        self.convention = convention
    }
}
