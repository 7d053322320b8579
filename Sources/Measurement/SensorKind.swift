// SPDX-License-Identifier: GPL-3.0-or-later

/// What a sensor measures.
@usableFromInline
package enum SensorKind: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    case heartRate
    /// Speed, cadence or distance of a runner: a footpod, a treadmill, a watch's own track.
    case footpod

    /// The contract's spelling, as in `analysis.json`.
    package var name: String {
        switch self {
        case .heartRate: "heart_rate"
        case .footpod: "footpod"
        }
    }

    /// What an ANT+ device type measures; `nil` for one that is not understood, or that measures more than one thing.
    package init?(antDeviceType type: UInt8) {
        switch type {
        case 120: self = .heartRate
        case 124: self = .footpod
        default: return nil
        }
    }
}
