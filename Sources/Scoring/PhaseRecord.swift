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
        let seconds = start.start.seconds
        self.init(
            kind: start.kind, start: seconds, end: seconds, decided: start.decided.seconds, becameInterval: nil,
            evidence: start.evidence, confidence: start.confidence)
    }

    private init(
        kind: PhaseKind, start: Double, end: Double, decided: Double, becameInterval: Double?, evidence: Evidence,
        confidence: Double
    ) {
        self.kind = kind
        self.start = start
        self.end = end
        self.decided = decided
        self.becameInterval = becameInterval
        self.evidence = evidence
        self.confidence = confidence
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

extension PhaseRecord {
    private static let kinds = PhaseKind.allCases
    private static let evidences: [Evidence] = [.speed, .cadence, .heartRate]

    /// - Parameters:
    ///   - previous: the end of the phase before, in seconds.
    ///   - hasBout: whether a bout will follow; to be had back.
    func pack(into numbers: inout PackedNumbers, after previous: Double, hasBout: Bool) {
        let kind = UInt8(Self.kinds.firstIndex(of: kind) ?? 0)
        let evidence = UInt8(Self.evidences.firstIndex(of: evidence) ?? 0)
        numbers.append(kind | evidence << 3 | (hasBout ? 1 : 0) << 5)
        numbers.append(start, near: previous)
        numbers.append(end, near: start)
        numbers.append(decided, near: start)
        numbers.append(becameInterval, near: decided)
        numbers.append(confidence, near: Self.usualConfidence)
        numbers.append(maxSpeed, near: 0)
        numbers.append(meanSpeed, near: maxSpeed)
        numbers.append(peakHeartRate, near: 0)
        numbers.append(meanHeartRate, near: peakHeartRate)
        numbers.append(cadence, near: Self.usualCadence)
        numbers.append(distance, near: 0)
    }

    static func unpack(
        _ numbers: inout PackedNumbers.Reader, after previous: Double
    ) -> (PhaseRecord, hasBout: Bool) {
        let first = numbers.byte()
        let start = numbers.number(near: previous) ?? previous
        let end = numbers.number(near: start) ?? start
        let decided = numbers.number(near: start) ?? start
        let becameInterval = numbers.number(near: decided)
        var phase = PhaseRecord(
            kind: kinds[Int(first & 7)], start: start, end: end, decided: decided, becameInterval: becameInterval,
            evidence: evidences[Int(first >> 3 & 3)], confidence: numbers.number(near: usualConfidence) ?? 0)
        phase.maxSpeed = numbers.number(near: 0)
        phase.meanSpeed = numbers.number(near: phase.maxSpeed)
        phase.peakHeartRate = numbers.number(near: 0)
        phase.meanHeartRate = numbers.number(near: phase.peakHeartRate)
        phase.cadence = numbers.number(near: usualCadence)
        phase.distance = numbers.number(near: 0)
        return (phase, first >> 5 != 0)
    }

    /// Of what the segmenter gives most phases that are not bouts.
    private static let usualConfidence = 0.8
    /// Steps/min: with the exponent of all that runners have.
    private static let usualCadence = 160.0
}
