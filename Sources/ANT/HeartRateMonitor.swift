// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement

/// One ANT+ heart rate sensor: finds the beats in its messages.
///
/// - A beat is a changed beat count, and nothing else: most messages repeat the last beat.
/// - Page numbers count only once the toggle was seen to change: older straps send anything there.
/// - With page 4 the last interval is known even when messages were lost, and with two new beats both
///   intervals are; without it only when exactly one beat is new.
/// - An interval behind an unknown one is marked and never stretched over the gap.
package struct HeartRateMonitor: ANTSensor {
    package static let profile = ANTProfile(deviceType: 120, name: "heart rate", period: 8070)

    /// Beyond this long without a new beat, in seconds, differences of the 64 s clock are ambiguous. 64 s less one
    /// second, as a beat is heard up to a message period and some delay after it happened.
    package static let ambiguousSilence = 63.0

    private struct Beat: Hashable, Sendable, BitwiseCopyable {
        var count: UInt8
        /// 1/1024 s.
        var time: UInt16
        /// When the count changed to this, by the recording's clock.
        var arrival: Timestamp
    }

    private let sensor: SensorID
    private var toggle: Bool?
    /// Whether the sensor proved to know pages.
    package private(set) var hasPages = false
    private var last: Beat?
    private var gap = false
    package private(set) var info = ANTSensorInfo()

    package init(sensor: SensorID) {
        self.sensor = sensor
    }

    package static func summary(of page: ANTPage) -> String {
        commonPage(page).map { "heart rate: \($0)" } ?? HeartRatePage(page).description
    }

    /// Common pages leave no room for beats. Until the toggle was seen, byte 0 of an old strap may look like one, so
    /// the reserved byte 1 has to fit as well.
    @inline(__always)
    private static func commonPage(_ page: ANTPage) -> CommonPage? {
        guard page.byte(0) & 0x7F >= 80, page.byte(1) == 0xFF else { return nil }
        return CommonPage(page)
    }

    package mutating func receive(
        _ page: ANTPage, at time: Timestamp, into output: inout ANTOutput
    ) {
        if let common = Self.commonPage(page) {
            watchToggle(page.byte(0) & 0x80 != 0)
            if hasPages { update(&output) { $0.take(common) } }
            return
        }
        let raw = page
        let page = HeartRatePage(raw)
        watchToggle(page.toggle)
        output.append(
            Sample(
                time: time, sensor: sensor,
                reading: .heartRate(HeartRateReading(beatsPerMinute: page.beatsPerMinute.map(Double.init)))))
        findBeats(page, at: time, &output)
        // Three of four messages repeat page 0 or 4, which tell of beats only.
        if hasPages, page.number != 0, page.number != 4 { gather(HeartRatePage(raw), at: time, &output) }
    }

    private mutating func watchToggle(_ now: Bool) {
        if let toggle, toggle != now { hasPages = true }
        toggle = now
    }

    @inline(__always)  // A call would put the page together in memory to take it apart again.
    private mutating func findBeats(_ page: HeartRatePage, at time: Timestamp, _ output: inout ANTOutput) {
        let beat = Beat(count: page.beatCount, time: page.beatTime, arrival: time)
        guard let previous = last else {
            last = beat
            return
        }
        if time.seconds(since: previous.arrival) >= Self.ambiguousSilence {
            // Whatever happened meanwhile is unknown, even whether the count went once around.
            if beat.count != previous.count || beat.time != previous.time {
                last = beat
                gap = true
            }
            return
        }
        let newBeats = beat.count &- previous.count
        guard newBeats != 0 else { return }
        last = beat

        func send(_ ticks: UInt16) {
            output.append(
                Sample(time: time, sensor: sensor, reading: .rrInterval(RRInterval(ticks: ticks, followsGap: gap))))
            gap = false
        }
        let fromPage = hasPages ? page.rrInterval : nil
        switch (newBeats, fromPage) {
        case (1, let interval?): send(interval)
        case (1, nil):
            // Two beats cannot share a time: then the sensor is wrong, and the interval unknown.
            if beat.time != previous.time { send(beat.time &- previous.time) } else { gap = true }
        case (2, let interval?):
            // The beat in between is the one whose time page 4 gives.
            let between = beat.time &- interval
            if between != previous.time { send(between &- previous.time) } else { gap = true }
            send(interval)
        case (_, let interval?):
            gap = true
            send(interval)
        case (_, nil): gap = true
        }
    }

    @inline(never)
    private mutating func gather(
        _ page: HeartRatePage, at time: Timestamp, _ output: inout ANTOutput
    ) {
        switch page.content {
        case .none, .previousBeat, .swimInterval, .capabilities, .unknown: break
        case .operatingTime(let time): update(&output) { $0.operatingSeconds = time &* 2 }
        case .manufacturer(let id, let upper):
            var lower: UInt16 = 0
            if case .ant(_, let number) = sensor { lower = UInt16(truncatingIfNeeded: number) }
            update(&output) { info in
                info.manufacturer = UInt16(id)
                // With the wildcard for a device number half of the serial number is unknown.
                if lower != 0 { info.serialNumber = UInt32(upper) << 16 | UInt32(lower) }
            }
        case .product(let hardware, let software, let model):
            update(&output) { info in
                info.hardwareVersion = hardware
                info.softwareVersion = software
                info.model = UInt16(model)
            }
        case .battery(let level, let battery):
            update(&output) { info in
                info.batteryLevel = level
                info.battery = battery
            }
            if let level {
                output.append(Sample(time: time, sensor: sensor, reading: .battery(percent: level)))
            }
        }
    }

    private mutating func update(_ output: inout ANTOutput, _ change: (inout ANTSensorInfo) -> Void) {
        let before = info
        change(&info)
        if info != before { output.tell(.sensorInfo(sensor, info)) }
    }
}
