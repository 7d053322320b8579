// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement

/// What the values of one unidentified handle look like.
///
/// Three characteristics are told apart: Heart Rate Measurement, RSC Measurement, Battery Level. One value can never
/// fit two of them: a battery level has one byte; with flags below 8 (all that RSC defines) a heart rate has 2 or 3
/// bytes and a stride measurement at least 4; with flags from 8 only a heart rate remains. What is left to fear are
/// characteristics that are none of the three, so every value has to fit, three in a row have to be plausible, and what
/// changes has to change as a body does. These limits are this project's judgement, not a standard's.
struct ShapeEvidence: Sendable {
    private struct Candidate: Sendable {
        /// A single value of another shape ends this for good.
        var isPossible = true
        /// Plausible values in a row.
        var run = 0

        mutating func take(_ fit: Fit) {
            guard isPossible else { return }
            switch fit {
            case .misfit:
                isPossible = false
                run = 0
            case .implausible: run = 0
            case .silent: break
            case .plausible: run = min(run + 1, ShapeEvidence.needed)
            }
        }
    }

    private enum Fit {
        case misfit, implausible
        /// Fits, but anything might look so (a heart rate of 0, a pod at rest).
        case silent
        case plausible
    }

    static let needed = 3

    let handle: UInt16
    private var heartRate = Candidate()
    private var stride = Candidate()
    private var battery = Candidate()
    private var lastRate: UInt16?
    private var lastFormat: UInt8?
    private var lastPercent: UInt8?
    private var lastDistance: UInt32?
    private var lastTime: Timestamp?

    init(handle: UInt16) {
        self.handle = handle
    }

    /// - Returns: the characteristic, once the evidence for it stands and there is none for another.
    mutating func observe(_ value: Span<UInt8>, at time: Timestamp) -> GATTUUID? {
        heartRate.take(heartRateFit(value))
        stride.take(strideFit(value, at: time))
        battery.take(batteryFit(value))
        lastTime = time
        switch (heartRate.run, stride.run, battery.run) {
        case (Self.needed, 0, 0): return .heartRateMeasurement
        case (0, Self.needed, 0): return .runningSpeedAndCadenceMeasurement
        case (0, 0, Self.needed): return .batteryLevel
        case (_, _, _): return nil
        }
    }

    private mutating func heartRateFit(_ value: Span<UInt8>) -> Fit {
        guard let measurement = try? HeartRateMeasurement(value: value), measurement.unreadBytes == 0,
            value[0] & 0xE0 == 0
        else { return .misfit }
        let intervals = measurement.rrIntervals
        // 0.2 s to 3 s, that is 300 to 20 beats per minute.
        guard intervals.allSatisfy({ $0 == 0 || (205...3072).contains($0) }) else { return .implausible }
        guard measurement.beatsPerMinute != 0 else { return .silent }
        // Rate format and contact support are properties of the device.
        let format = value[0] & 0x05
        defer {
            lastRate = measurement.beatsPerMinute
            lastFormat = format
        }
        guard (25...250).contains(measurement.beatsPerMinute) else { return .implausible }
        if let lastFormat, lastFormat != format { return .implausible }
        if let lastRate {
            let change = Int(measurement.beatsPerMinute) - Int(lastRate)
            guard change.magnitude <= 30 else { return .implausible }
        }
        return .plausible
    }

    private mutating func strideFit(_ value: Span<UInt8>, at time: Timestamp) -> Fit {
        guard let measurement = try? RunningSpeedAndCadenceMeasurement(value: value),
            measurement.unreadBytes == 0, value[0] & 0xF8 == 0
        else { return .misfit }
        defer { lastDistance = measurement.totalDistance }
        // 13 m/s is faster than any runner; 20 per minute is slower than any walker; 4 m is longer than any stride.
        guard measurement.speed <= 13 * 256, measurement.cadence == 0 || measurement.cadence >= 20,
            measurement.strideLength ?? 0 <= 400
        else { return .implausible }
        if let lastDistance, let lastTime, let distance = measurement.totalDistance {
            let elapsed = max(0, time.seconds(since: lastTime))
            guard Double(distance &- lastDistance) <= (elapsed * 15 + 20) * 10 else { return .implausible }
        }
        return measurement.speed > 0 && measurement.cadence > 0 ? .plausible : .silent
    }

    private mutating func batteryFit(_ value: Span<UInt8>) -> Fit {
        guard value.count == 1, value[0] <= 100 else { return .misfit }
        defer { lastPercent = value[0] }
        // One byte of 0 or 1 is more often a switch than an empty battery.
        guard value[0] > 1 else { return .silent }
        if let lastPercent, (Int(value[0]) - Int(lastPercent)).magnitude > 2 { return .implausible }
        return .plausible
    }
}
