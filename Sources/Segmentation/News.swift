// SPDX-License-Identifier: GPL-3.0-or-later
import Fusion

/// What a fused sample itself brought, rather than carried on, and what of it can be relied on. All numbers are finite.
struct News {
    /// m/s.
    var speed: Double?
    /// Steps per minute.
    var cadence: Double?
    /// bpm.
    var heartRate: Double?

    @inline(__always)
    init(_ sample: FusedSample) {
        let (updated, doubts) = (sample.updated, sample.doubts)
        if updated.contains(.speed), !doubts.contains(.speedOutlier) { speed = Self.finite(sample.speed) }
        if updated.contains(.cadence), !doubts.contains(.cadenceOutlier) { cadence = Self.finite(sample.cadence) }
        if updated.contains(.heartRate), doubts.isDisjoint(with: [.heartRateArtefact, .noSkinContact]) {
            heartRate = Self.finite(sample.heartRate)
        }
    }

    @inline(__always)
    private static func finite(_ value: Double?) -> Double? {
        guard let value, value.isFinite else { return nil }
        return value
    }
}
