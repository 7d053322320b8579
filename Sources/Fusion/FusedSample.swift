// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement

/// The athlete's state as the sensors together tell it, at the time one of them spoke. All numbers are finite.
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

    package struct Fields: OptionSet, Sendable, BitwiseCopyable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }
        package static let speed = Fields(rawValue: 1)
        package static let cadence = Fields(rawValue: 2)
        package static let heartRate = Fields(rawValue: 4)
        package static let distance = Fields(rawValue: 8)
    }

    package struct Doubts: OptionSet, Sendable, BitwiseCopyable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }
        /// A speed that no runner reaches, or that is reached faster than a runner can.
        package static let speedOutlier = Doubts(rawValue: 1)
        /// A heart rate out of the human range, or one that jumped as no heart does.
        package static let heartRateArtefact = Doubts(rawValue: 2)
        /// The strap says that it does not feel skin.
        package static let noSkinContact = Doubts(rawValue: 4)
        /// A cadence out of the human range after its convention was applied.
        package static let cadenceOutlier = Doubts(rawValue: 8)
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
