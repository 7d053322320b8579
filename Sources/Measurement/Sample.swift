// SPDX-License-Identifier: GPL-3.0-or-later

/// One thing a sensor said, at the time its frame arrived.
@usableFromInline
package struct Sample: Equatable, Sendable, BitwiseCopyable {
    @usableFromInline package var time: Timestamp
    @usableFromInline package var sensor: SensorID
    @usableFromInline package var reading: Reading

    @inlinable
    package init(time: Timestamp, sensor: SensorID, reading: Reading) {
        self.time = time
        self.sensor = sensor
        self.reading = reading
    }
}

/// What a sample holds. Decoders convert the wire's units to these in one named place each.
@usableFromInline
package enum Reading: Equatable, Sendable, BitwiseCopyable {
    case heartRate(HeartRateReading)
    /// One interval between two successive heart beats.
    case rrInterval(RRInterval)
    case stride(StrideReading)
    /// Charge left, in percent (0...100).
    case battery(percent: UInt8)
}

/// A heart rate, as the sensor computed it.
@usableFromInline
package struct HeartRateReading: Equatable, Sendable, BitwiseCopyable {
    /// Beats per minute; `nil` when the sensor says that it has none (ANT+: 0).
    @usableFromInline package var beatsPerMinute: Double?
    /// Whether the sensor feels skin; `nil` when it does not say.
    @usableFromInline package var skinContact: Bool?

    @inlinable
    package init(beatsPerMinute: Double?, skinContact: Bool? = nil) {
        self.beatsPerMinute = beatsPerMinute
        self.skinContact = skinContact
    }
}

/// An interval between two successive beats.
@usableFromInline
package struct RRInterval: Equatable, Sendable, BitwiseCopyable {
    /// In 1/1024 s: the unit of both radios, so that no rounding hides here.
    @usableFromInline package var ticks: UInt16
    /// Whether beats are missing between the interval before and this one, so that differences between the two
    /// (as RMSSD takes) are meaningless.
    @usableFromInline package var followsGap: Bool

    @inlinable
    package init(ticks: UInt16, followsGap: Bool) {
        self.ticks = ticks
        self.followsGap = followsGap
    }

    @inlinable package var seconds: Double { Double(ticks) / 1024 }
}

/// How a runner moves.
@usableFromInline
package struct StrideReading: Equatable, Sendable, BitwiseCopyable {
    /// Metres per second; `nil` when the sensor does not measure it.
    @usableFromInline package var speed: Double?
    @usableFromInline package var cadence: Cadence?
    /// Metres covered since the sensor was first heard, roll-overs undone; `nil` when it does not say.
    @usableFromInline package var distance: Double?
    /// How long before the sample `distance` was so, in seconds: of a footpod since the last stride; `nil` when the sensor does not say.
    @usableFromInline package var distanceAge: Float?

    @inlinable
    package init(
        speed: Double? = nil, cadence: Cadence? = nil, distance: Double? = nil, distanceAge: Float? = nil
    ) {
        self.speed = speed
        self.cadence = cadence
        self.distance = distance
        self.distanceAge = distanceAge
    }
}

/// A step rate in the unit that its sensor uses.
@usableFromInline
package struct Cadence: Equatable, Sendable, BitwiseCopyable {
    @usableFromInline
    package enum Convention: UInt8, Sendable, BitwiseCopyable {
        /// Both feet: about 160–200 per minute at a run.
        case steps
        /// One foot: about 80–100 per minute at a run.
        case strides
        /// The sensor's standard leaves it open or its makers disagree; fusion decides by plausibility.
        case unknown
    }
    /// Per minute, in the unit of `convention`.
    @usableFromInline package var perMinute: Double
    @usableFromInline package var convention: Convention

    @inlinable
    package init(perMinute: Double, convention: Convention) {
        self.perMinute = perMinute
        self.convention = convention
    }
}
