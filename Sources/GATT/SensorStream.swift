// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement

/// Turns one device's measurements into samples: the one place where the characteristics' units become ours, and where
/// what runs across notifications (the chain of beats, the odometer) is kept. It outlives a connection.
struct SensorStream: Sendable {
    private var followsGap = true
    private var lastIntervals: Timestamp?
    private var lastDistance: (raw: UInt32, time: Timestamp)?
    /// In 1/10 m since the device was first heard.
    private var travelled: UInt64 = 0

    /// How much later than its sum of intervals a packet may come before beats are held to be missing, in seconds:
    /// straps deliver RR intervals up to 4 s late, so with the beats' own length 5 s is certain.
    private static let latestDelivery = 5.0
    /// Faster than any runner, in m/s, for telling a roll-over from a device that was set back.
    private static let fastest = 15.0

    /// Beats between this connection and the one before are not known. The odometer goes on by itself.
    mutating func connectionBegan() {
        followsGap = true
    }

    mutating func take(
        _ measurement: borrowing HeartRateMeasurement, from sensor: SensorID, at time: Timestamp,
        counters: inout GATTCounters, emit: (GATTEvent) -> Void
    ) {
        if measurement.unreadBytes > 0 { counters.trailingBytes &+= 1 }
        let rate: Double? = measurement.beatsPerMinute == 0 ? nil : Double(measurement.beatsPerMinute)
        send(
            .heartRate(HeartRateReading(beatsPerMinute: rate, skinContact: measurement.skinContact)),
            sensor, time, &counters, emit)

        // By index: an iterator would copy the list.
        let count = measurement.rrIntervals.count
        guard count > 0 else { return }
        if let lastIntervals {
            var ticks = 0
            for index in 0..<count { ticks += Int(measurement.rrIntervals[index]) }
            let unexplained = time.seconds(since: lastIntervals) - Double(ticks) / 1024
            if unexplained > Self.latestDelivery { followsGap = true }
        }
        lastIntervals = time
        for index in 0..<count {
            let interval = measurement.rrIntervals[index]
            guard interval != 0 else {
                counters.zeroIntervals &+= 1
                followsGap = true
                continue
            }
            send(
                .rrInterval(RRInterval(ticks: interval, followsGap: followsGap)), sensor, time, &counters, emit)
            followsGap = false
        }
    }

    mutating func take(
        _ measurement: RunningSpeedAndCadenceMeasurement, from sensor: SensorID, at time: Timestamp,
        counters: inout GATTCounters, emit: (GATTEvent) -> Void
    ) {
        if measurement.unreadBytes > 0 { counters.trailingBytes &+= 1 }
        var distance: Double?
        if let raw = measurement.totalDistance {
            if let last = lastDistance {
                let step = raw &- last.raw
                let elapsed = max(0, time.seconds(since: last.time))
                if Double(step) <= (elapsed * Self.fastest + 20) * 10 {
                    travelled &+= UInt64(step)
                } else {
                    // Set back to zero, or forward: how far the runner came meanwhile is not known.
                    counters.distanceJumps &+= 1
                }
            }
            lastDistance = (raw, time)
            distance = Double(travelled) / 10
        }
        let reading = StrideReading(
            speed: Double(measurement.speed) / 256,
            // The standard says steps, many makers send strides.
            cadence: Cadence(perMinute: Double(measurement.cadence), convention: .unknown),
            distance: distance)
        send(.stride(reading), sensor, time, &counters, emit)
    }

    mutating func take(
        _ level: BatteryLevel, from sensor: SensorID, at time: Timestamp,
        counters: inout GATTCounters, emit: (GATTEvent) -> Void
    ) {
        send(.battery(percent: level.percent), sensor, time, &counters, emit)
    }

    private func send(
        _ reading: Reading, _ sensor: SensorID, _ time: Timestamp, _ counters: inout GATTCounters,
        _ emit: (GATTEvent) -> Void
    ) {
        counters.samples &+= 1
        emit(.sample(Sample(time: time, sensor: sensor, reading: reading)))
    }
}
