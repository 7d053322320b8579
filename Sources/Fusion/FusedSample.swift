// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement

/// The athlete's state as the sensors together tell it, at the time one of them spoke. All numbers are finite.
@usableFromInline
package struct FusedSample: Equatable, Sendable, BitwiseCopyable {
    package var time: Timestamp
    /// Metres per second; `nil` when no sensor has said it recently enough.
    package var speed: Double?
    /// Steps (both feet) per minute; `nil` when no sensor has said it recently enough.
    package var cadence: Double?
    /// Beats per minute; `nil` when no sensor has said it recently enough.
    package var heartRate: Double?
    /// Metres since the first sample that had a distance or a speed; never falls. `nil` before that.
    package var distance: Double?
    /// The fields that this very sample brought; the others are carried from earlier ones, still fresh.
    package var updated: Fields
    /// What is doubtful about the values. A marked value is passed on as it came.
    package var doubts: Doubts

    @usableFromInline
    package struct Fields: OptionSet, Sendable, BitwiseCopyable {
        @usableFromInline package let rawValue: UInt8
        @inlinable package init(rawValue: UInt8) { self.rawValue = rawValue }
        @inlinable package static var speed: Fields { Fields(rawValue: 1) }
        @inlinable package static var cadence: Fields { Fields(rawValue: 2) }
        @inlinable package static var heartRate: Fields { Fields(rawValue: 4) }
        @inlinable package static var distance: Fields { Fields(rawValue: 8) }
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
        distance: Double? = nil, updated: Fields = [], doubts: Doubts = []
    ) {
        self.time = time
        self.speed = speed
        self.cadence = cadence
        self.heartRate = heartRate
        self.distance = distance
        self.updated = updated
        self.doubts = doubts
    }
}
