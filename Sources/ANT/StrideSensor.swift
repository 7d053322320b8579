// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement

/// One ANT+ footpod: undoes roll-overs, tells standing from "not measured", and works out a missing cadence.
///
/// - Speed and cadence are absent until the sensor has sent one that is not 0 (or page 22 says that it measures them),
///   but a sensor that shows no new stride for ``standstill`` reports 0, whatever it repeats.
/// - Distance is the sum of 12-bit differences. Over a longer silence than ``ambiguousSilence`` the difference may
///   have gone once around: the next sample has no distance (the mark), and the sum goes on without the unknown part.
/// - Its age is told once the sensor has sent a latency that is not 0, or page 22 says that it measures it.
package struct StrideSensor: ANTSensor {
    package static let profile = ANTProfile(deviceType: 124, name: "footpod", period: 8134)

    /// Seconds. 256 m at 10 m/s take 25.6 s.
    package static let ambiguousSilence = 25.6
    /// Seconds without a new stride that mean standing: the slowest walk has a stride every 2 s, and many pods repeat
    /// their last speed when the runner stops.
    package static let standstill = 3.0
    /// Seconds for which a cadence from page 2 makes one of our own unnecessary.
    package static let cadencePageLife = 10.0
    /// Seconds of strides that a cadence of our own rests on, at least.
    package static let cadenceWindow = 2.5

    /// The stride count at one message of page 1.
    private struct Mark: Hashable, Sendable, BitwiseCopyable {
        var arrival: Timestamp
        /// The sensor's, in 1/200 s; wraps at 51 200.
        var clock: UInt16
        var strides: UInt8
    }

    private let sensor: SensorID
    private var last: Mark?
    /// As in the last message: 1/16 m, wraps at 4096.
    private var lastDistance: UInt16 = 0
    /// When the stride count last changed, or was first heard.
    private var lastStride: Timestamp?
    private var standing = false
    private var stridesCounted = false
    /// 1/16 m.
    private var distance: UInt64 = 0
    private var distanceMoved = false
    private var speedMoved = false
    private var cadenceMoved = false
    private var latencyMoved = false
    private var lastCadencePage: Timestamp?
    /// The new strides that a cadence of our own is counted from, oldest first. Eight reach back ``cadenceWindow`` at
    /// up to 168 strides a minute.
    private var marks = InlineArray<8, Mark>(repeating: Mark(arrival: .zero, clock: 0, strides: 0))
    private var markCount = 0
    private var capabilities: StrideCapabilities?
    package private(set) var info = ANTSensorInfo()

    package init(sensor: SensorID) {
        self.sensor = sensor
    }

    package static func summary(of page: ANTPage) -> String { StridePage(page).description }

    package mutating func receive(
        _ page: ANTPage, at time: Timestamp, into output: inout ANTOutput
    ) {
        switch StridePage(page) {
        case .main(let clock, let distance, let speed, let strides, let latency):
            let mark = Mark(arrival: time, clock: clock, strides: strides)
            let metres = follow(mark, distance: distance)
            if latency != 0 { latencyMoved = true }
            var reading = StrideReading(
                speed: metresPerSecond(speed), cadence: ownCadence(at: time), distance: metres)
            if metres != nil, capabilities?.contains(.latency) ?? latencyMoved {
                // Cut off to whole units: half of one more in the mean.
                reading.distanceAge = (Float(latency) + 0.5) / 32
            }
            send(reading, at: time, &output)
        case .cadence(let cadence, let speed, let status):
            sendSecondary(cadence: cadence, speed: speed, status, at: time, &output)
        case .calories(let cadence, let speed, _, let status):
            sendSecondary(cadence: cadence, speed: speed, status, at: time, &output)
        case .summary, .unknown: break
        case .capabilities(let capabilities): self.capabilities = capabilities
        case .common(let common): update(&output) { $0.take(common) }
        }
    }

    private mutating func sendSecondary(
        cadence: UInt16, speed: UInt16, _ status: StrideStatus, at time: Timestamp, _ output: inout ANTOutput
    ) {
        if cadence != 0 {
            cadenceMoved = true
            lastCadencePage = time
        }
        var reading = StrideReading(speed: metresPerSecond(speed))
        if standing || cadence != 0 || capabilities?.contains(.cadence) ?? cadenceMoved {
            reading.cadence = Cadence(perMinute: standing ? 0 : Double(cadence) / 16, convention: .strides)
        }
        if capabilities.map({ !$0.contains(.cadence) }) ?? false { reading.cadence = nil }
        send(reading, at: time, &output)
        // Common page 82 knows more than the two bits here.
        guard info.battery?.voltage == nil, info.battery?.status != status.battery else { return }
        update(&output) { $0.battery = ANTBattery(voltage: nil, status: status.battery) }
    }

    /// - Parameter speed: 1/256 m/s.
    @inline(__always)
    private mutating func metresPerSecond(_ speed: UInt16) -> Double? {
        if let capabilities, !capabilities.contains(.speed) { return nil }
        if speed != 0 { speedMoved = true }
        if standing { return 0 }
        guard speed != 0 || speedMoved || capabilities != nil else { return nil }
        return Double(speed) / 256
    }

    /// - Returns: metres since the sensor was first heard; `nil` when they are not measured or have just become
    ///   unknown.
    @inline(__always)
    private mutating func follow(_ mark: Mark, distance now: UInt16) -> Double? {
        defer {
            last = mark
            lastDistance = now
        }
        guard let last else {
            lastStride = mark.arrival
            remember(mark)
            if now != 0 { distanceMoved = true }
            return distanceKnown ? 0 : nil
        }
        let silence = mark.arrival.seconds(since: last.arrival)
        if mark.strides != last.strides {
            stridesCounted = true
            standing = false
            lastStride = mark.arrival
            if silence >= Self.ambiguousSilence { forgetMarks() }
            remember(mark)
        } else if stridesCounted, let lastStride, mark.arrival.seconds(since: lastStride) >= Self.standstill {
            standing = true
            forgetMarks()
        }
        if now != 0 { distanceMoved = true }
        guard distanceKnown, silence < Self.ambiguousSilence else { return nil }
        distance &+= UInt64((now &- lastDistance) & 0x0FFF)
        return Double(distance) / 16
    }

    private var distanceKnown: Bool { capabilities?.contains(.distance) ?? distanceMoved }

    @inline(__always)
    private mutating func remember(_ mark: Mark) {
        if markCount == 8 {
            for index in 1..<8 { marks[index - 1] = marks[index] }
            markCount = 7
        }
        marks[markCount] = mark
        markCount += 1
    }

    private mutating func forgetMarks() {
        markCount = 0
    }

    /// Strides a minute by the sensor's own clock, from the newest stride back over the shortest stretch of at least
    /// ``cadenceWindow``. Only stretches that begin and end at a new stride count, so that rounding to whole strides
    /// costs no more than one message period.
    ///
    /// - Returns: `nil` while page 2 tells it better, or when the clock does not run with the recording's.
    @inline(__always)  // A call would be given a copy of the whole value.
    private func ownCadence(at time: Timestamp) -> Cadence? {
        if let lastCadencePage, time.seconds(since: lastCadencePage) < Self.cadencePageLife { return nil }
        if standing { return Cadence(perMinute: 0, convention: .strides) }
        guard markCount >= 2 else { return nil }
        let newest = marks[markCount - 1]
        for index in (0..<markCount - 1).reversed() {
            let mark = marks[index]
            let elapsed = newest.arrival.seconds(since: mark.arrival)
            guard elapsed >= Self.cadenceWindow else { continue }
            var ticks = Int(newest.clock) - Int(mark.clock)
            if ticks < 0 { ticks += 51_200 }
            let seconds = Double(ticks) / 200
            // Unused clocks stay at 0; a clock that disagrees by a second is not the one strides are counted by.
            guard seconds > 0, (seconds - elapsed).magnitude < 1 else { return nil }
            return Cadence(perMinute: 60 * Double(newest.strides &- mark.strides) / seconds, convention: .strides)
        }
        return nil
    }

    @inline(__always)  // As above.
    private func send(_ reading: StrideReading, at time: Timestamp, _ output: inout ANTOutput) {
        guard reading.speed != nil || reading.cadence != nil || reading.distance != nil else { return }
        output.append(Sample(time: time, sensor: sensor, reading: .stride(reading)))
    }

    private mutating func update(_ output: inout ANTOutput, _ change: (inout ANTSensorInfo) -> Void) {
        let before = info
        change(&info)
        if info != before { output.tell(.sensorInfo(sensor, info)) }
    }
}
