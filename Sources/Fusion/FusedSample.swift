// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement

/// The athlete's state as the sensors together tell it, at the time one of them spoke. All numbers are finite.
///
/// What is known is told by one bit for each value, not by four optionals: then a sample goes from one stage to the next in registers.
@usableFromInline
package struct FusedSample: Equatable, Sendable, BitwiseCopyable {
    package var time: Timestamp
    // 0 where the value is not known. Side by side, in this order, for ``values``.
    @usableFromInline var knownSpeed: Double
    @usableFromInline var knownCadence: Double
    @usableFromInline var knownHeartRate: Double
    @usableFromInline var knownDistance: Double
    @usableFromInline var knownDistanceAge: Float
    /// Which of these are known.
    @usableFromInline var known: Fields
    /// The fields that this very sample brought; the others are carried from earlier ones, still fresh.
    @usableFromInline package var updated: Fields
    /// What is doubtful about the values. A marked value is passed on as it came.
    @usableFromInline package var doubts: Doubts

    /// Metres per second; `nil` when no sensor has said it recently enough.
    @inlinable package var speed: Double? {
        get { value(knownSpeed, .speed) }
        set {
            knownSpeed = newValue ?? 0
            note(.speed, isKnown: newValue != nil)
        }
    }
    /// Steps (both feet) per minute; `nil` when no sensor has said it recently enough.
    @inlinable package var cadence: Double? {
        get { value(knownCadence, .cadence) }
        set {
            knownCadence = newValue ?? 0
            note(.cadence, isKnown: newValue != nil)
        }
    }
    /// Beats per minute; `nil` when no sensor has said it recently enough.
    @inlinable package var heartRate: Double? {
        get { value(knownHeartRate, .heartRate) }
        set {
            knownHeartRate = newValue ?? 0
            note(.heartRate, isKnown: newValue != nil)
        }
    }
    /// Metres since the first sample that had a distance or a speed; never falls. `nil` before that.
    @inlinable package var distance: Double? {
        get { value(knownDistance, .distance) }
        set {
            knownDistance = newValue ?? 0
            note(.distance, isKnown: newValue != nil)
        }
    }

    /// How long before `time` this very sample's distance was so, in seconds; `nil` when it brought none, or its sensor does not say.
    @inlinable package var distanceAge: Double? {
        get { value(Double(knownDistanceAge), .distanceAge) }
        set {
            knownDistanceAge = Float(newValue ?? 0)
            note(.distanceAge, isKnown: newValue != nil)
        }
    }

    // The lanes of ``values``.
    @inlinable package static var speedLane: Int { 0 }
    @inlinable package static var cadenceLane: Int { 1 }
    @inlinable package static var heartRateLane: Int { 2 }

    /// Speed, cadence, heart rate and distance, for those who compute with all at once; 0 where the value is not known.
    @inlinable package var values: SIMD4<Double> { SIMD4(knownSpeed, knownCadence, knownHeartRate, knownDistance) }

    /// Which of ``values`` are known, a bit each; lane 0 is the lowest.
    @inlinable package var knownLanes: UInt8 { known.rawValue & 15 }

    @inlinable
    @inline(__always)
    func value(_ value: Double, _ field: Fields) -> Double? { known.rawValue & field.rawValue != 0 ? value : nil }

    @inlinable
    @inline(__always)
    mutating func note(_ field: Fields, isKnown: Bool) {
        known = Fields(rawValue: isKnown ? known.rawValue | field.rawValue : known.rawValue & ~field.rawValue)
    }

    @usableFromInline
    package struct Fields: OptionSet, Sendable, BitwiseCopyable {
        @usableFromInline package let rawValue: UInt8
        @inlinable package init(rawValue: UInt8) { self.rawValue = rawValue }
        @inlinable package static var speed: Fields { Fields(rawValue: 1) }
        @inlinable package static var cadence: Fields { Fields(rawValue: 2) }
        @inlinable package static var heartRate: Fields { Fields(rawValue: 4) }
        @inlinable package static var distance: Fields { Fields(rawValue: 8) }
        @inlinable static var distanceAge: Fields { Fields(rawValue: 16) }
    }

    @usableFromInline
    package struct Doubts: OptionSet, Sendable, BitwiseCopyable {
        @usableFromInline package let rawValue: UInt8
        @inlinable package init(rawValue: UInt8) { self.rawValue = rawValue }
        /// A speed that no runner reaches, or that is reached faster than a runner can.
        @inlinable package static var speedOutlier: Doubts { Doubts(rawValue: 1) }
        /// A heart rate out of the human range, or one that jumped as no heart does.
        @inlinable package static var heartRateArtefact: Doubts { Doubts(rawValue: 2) }
        /// The strap says that it does not feel skin.
        @inlinable package static var noSkinContact: Doubts { Doubts(rawValue: 4) }
        /// A cadence out of the human range after its convention was applied.
        @inlinable package static var cadenceOutlier: Doubts { Doubts(rawValue: 8) }
    }

    package init(
        time: Timestamp, speed: Double? = nil, cadence: Double? = nil, heartRate: Double? = nil,
        distance: Double? = nil, distanceAge: Double? = nil, updated: Fields = [], doubts: Doubts = []
    ) {
        self.time = time
        knownSpeed = speed ?? 0
        knownCadence = cadence ?? 0
        knownHeartRate = heartRate ?? 0
        knownDistance = distance ?? 0
        knownDistanceAge = Float(distanceAge ?? 0)
        known = Fields(
            rawValue: (speed == nil ? 0 : 1) | (cadence == nil ? 0 : 2) | (heartRate == nil ? 0 : 4)
                | (distance == nil ? 0 : 8) | (distanceAge == nil ? 0 : 16))
        self.updated = updated
        self.doubts = doubts
    }
}
