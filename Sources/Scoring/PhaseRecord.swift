// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
package import Segmentation

/// One finished or open phase with what was measured in it. Times in seconds from the recording's start.
package struct PhaseRecord: Equatable, Sendable {
    package var kind: PhaseKind
    package var start: Double
    package var end: Double
    package var decided: Double
    /// When a sprint became an interval; `nil` when it did not.
    package var becameInterval: Double?
    package var evidence: Evidence
    package var confidence: Double
    package var meanSpeed: Double?
    package var maxSpeed: Double?
    package var meanHeartRate: Double?
    package var peakHeartRate: Double?
    package var cadence: Double?
    package var distance: Double?

    init(_ start: PhaseStart) {
        kind = start.kind
        self.start = start.start.seconds
        end = start.start.seconds
        decided = start.decided.seconds
        evidence = start.evidence
        confidence = start.confidence
    }

    package var duration: Double { end - start }

    /// The share of a phase in which a quantity must be known for its mean to be told.
    private static let leastCoverage = 0.5

    mutating func measure(from first: History.Totals, to last: History.Totals, peaks: History.Peaks) {
        /// A few seconds of a footpod that then died say nothing of the minutes after.
        func mean(_ integral: Double, _ time: Double) -> Double? {
            time > 0 && time >= Self.leastCoverage * duration ? integral / time : nil
        }
        meanSpeed = mean(last.speedIntegral - first.speedIntegral, last.speedTime - first.speedTime)
        meanHeartRate = mean(
            last.heartRateIntegral - first.heartRateIntegral, last.heartRateTime - first.heartRateTime)
        cadence = mean(last.cadenceIntegral - first.cadenceIntegral, last.cadenceTime - first.cadenceTime)
        // Fused distance begins at 0, so an unknown one before it is 0.
        distance = last.distance.map { max(0, $0 - (first.distance ?? 0)) }
        if distance == nil, last.speedTime > first.speedTime {
            distance = last.speedIntegral - first.speedIntegral
        }
        maxSpeed = peaks.speed
        peakHeartRate = peaks.heartRate
    }
}
