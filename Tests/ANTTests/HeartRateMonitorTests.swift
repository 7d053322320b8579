// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import TestSupport
import Testing

@testable import ANT

@Suite struct HeartRateMonitorTests {
    static let sensor = SensorID.ant(deviceType: 120, number: 0x2_41AF)

    struct Output: Equatable {
        var rates: [Double?] = []
        var intervals: [RRInterval] = []
        var info = ANTSensorInfo()
        var battery: [UInt8] = []
    }

    static func run(_ messages: [(seconds: Double, page: String)]) -> Output {
        var monitor = HeartRateMonitor(sensor: sensor)
        var output = Output()
        for message in messages {
            let time = Timestamp(seconds: message.seconds)
            monitor.receive(page(message.page), at: time) { event in
                switch event {
                case .sample(let sample):
                    #expect(sample.sensor == sensor)
                    #expect(sample.time == time)
                    switch sample.reading {
                    case .heartRate(let reading): output.rates.append(reading.beatsPerMinute)
                    case .rrInterval(let interval): output.intervals.append(interval)
                    case .battery(let percent): output.battery.append(percent)
                    case .stride: Issue.record("no footpod")
                    }
                case .sensorInfo(_, let info): output.info = info
                case .message, .bad, .lostMessages: Issue.record("not a monitor's event")
                }
            }
        }
        return output
    }

    /// Two messages that show the toggle, beat 1 at 0x0400 (1 s).
    static let introduction: [(seconds: Double, page: String)] = [
        (0.00, "04 FF 00 00 00 04 01 3C"),
        (0.25, "84 FF 00 00 00 04 01 3C"),
    ]

    static func interval(_ ticks: UInt16, gap: Bool = false) -> RRInterval { RRInterval(ticks: ticks, followsGap: gap) }

    @Test func aMessageWithoutANewBeatRepeatsNoInterval() {
        let output = Self.run(
            Self.introduction + [
                (1.0, "84 FF 00 04 00 08 02 3C"), (1.25, "84 FF 00 04 00 08 02 3C"), (1.5, "84 FF 00 04 00 08 02 3C"),
            ])
        #expect(output.rates == [60, 60, 60, 60, 60])
        #expect(output.intervals == [Self.interval(0x400)])
    }

    @Test func aLegacyStrapIsReadByItsLastFourBytes() {
        // Byte 0 never toggles and looks like page 4; its bytes 2–3 are no time.
        let output = Self.run([
            (0, "04 11 22 33 00 04 01 3C"), (1, "04 99 88 77 00 08 02 3D"), (2, "04 55 66 44 10 0C 03 00"),
            // Two beats at once: the interval is unknown, and the next one follows a gap.
            (4, "04 55 66 44 00 14 05 3C"), (5, "04 55 66 44 00 18 06 3C"),
        ])
        #expect(output.rates == [60, 61, nil, 60, 60])
        #expect(output.intervals == [Self.interval(0x400), Self.interval(0x410), Self.interval(0x400, gap: true)])
    }

    @Test func pageFiftyOneKeepsItsBeats() {
        // B3 21 02 84 CA C7 EF 5D is a real message of an old Garmin strap; 33 … is the same page, toggled.
        let output = Self.run([(0, "B3 21 02 84 CA C7 EF 5D"), (0.7, "33 21 02 84 56 CA F0 5D")])
        #expect(output.rates == [93, 93])
        // 0xCA56 − 0xC7CA = 652
        #expect(output.intervals == [Self.interval(652)])
    }

    @Test func timesAndCountsRollOver() {
        let output = Self.run(
            [(0, "04 FF 00 00 FF FF FF 3C"), (0.25, "84 FF 00 00 FF FF FF 3C")] + [
                // Beat 0 at time 0x0000, a legal time: 1 tick after 65 535 would be absurd, but the arithmetic is the
                // point.
                (1, "84 FF FF FF 00 00 00 3C"),
                // Beat 1 at 0x0400, page 0: from the difference alone.
                (2, "80 FF FF FF 00 04 01 3C"),
            ])
        #expect(output.intervals == [Self.interval(1), Self.interval(0x400)])
        // Modulo 65 536, not 65 535: 0xFC00 to 0x0000 is 0x400.
        let wrapped = Self.run([(0, "00 FF FF FF 00 FC 09 3C"), (1, "00 FF FF FF 00 00 0A 3C")])
        #expect(wrapped.intervals == [Self.interval(0x400)])
    }

    @Test func pageFourGivesTheLastIntervalAcrossLostMessages() {
        let output = Self.run(
            Self.introduction + [
                // Beats 2, 3 and 4 were lost; beat 5 at 0x1400, the one before at 0x1010.
                (4.0, "84 FF 10 10 00 14 05 3C"), (5.0, "04 FF 00 14 00 18 06 3C"),
            ])
        #expect(output.intervals == [Self.interval(0x3F0, gap: true), Self.interval(0x400)])
    }

    @Test func pageFourGivesBothIntervalsOfTwoNewBeats() {
        let output = Self.run(
            Self.introduction + [
                // Beat 2 at 0x0810 was lost, but page 4 of beat 3 (0x0C00) names it: nothing is missing.
                (2.0, "84 FF 10 08 00 0C 03 3C")
            ])
        #expect(output.intervals == [Self.interval(0x410), Self.interval(0x3F0)])
    }

    @Test func pageFourIsNotBelievedBeforeTheToggleWasSeen() {
        let output = Self.run([(0, "04 FF 00 00 00 04 01 3C"), (2, "04 FF 10 08 00 0C 03 3C")])
        #expect(output.intervals == [])
    }

    @Test func aPageFourThatRepeatsTheBeatsOwnTimeFallsBackOnTheDifference() {
        // As the strap of the recording does: 65 A6 twice, after a lost message.
        let output = Self.run([
            (0.00, "04 34 A1 D1 D1 A3 AA 57"), (0.25, "84 34 D1 A3 D1 A3 AA 57"), (0.74, "84 34 65 A6 65 A6 AB 57"),
        ])
        // 0xA665 − 0xA3D1 = 660
        #expect(output.intervals == [Self.interval(660)])
    }

    @Test func silenceBeyondTheClocksRangeStartsAgain() {
        let long = Self.run(
            Self.introduction + [(66.0, "84 FF 00 04 00 08 02 3C"), (67.0, "84 FF 00 08 00 0C 03 3C")])
        #expect(long.intervals == [Self.interval(0x400, gap: true)])
        // 60 s of silence, one beat: a pause of 60 s, and the clock can say so.
        let short = Self.run(Self.introduction + [(60.0, "80 FF FF FF 00 F4 02 3C")])
        #expect(short.intervals == [Self.interval(0xF000)])
        // Messages go on but the heart does not: the same.
        let still = (1...300).map { (seconds: Double($0) / 4, page: "84 FF 00 04 00 04 01 00") }
        let off = Self.run(
            Self.introduction + still + [(76, "84 FF 00 04 00 08 02 3C"), (77, "04 FF 00 08 00 0C 03 3C")])
        #expect(off.intervals == [Self.interval(0x400, gap: true)])
    }

    @Test func twoBeatsAtOneTimeGiveNoInterval() {
        #expect(Self.run([(0, "00 FF FF FF 00 04 01 3C"), (1, "00 FF FF FF 00 04 02 3C")]).intervals == [])
    }

    @Test func gathersWhatTheSensorTellsAboutItself() {
        let output = Self.run(
            Self.introduction + [
                // Page 2: manufacturer 1, upper half of the serial number 0xBEEF; the lower half is the device number.
                (0.5, "82 01 EF BE 00 04 01 3C"),
                // Page 3: hardware 5, software 6, model 7.
                (0.75, "83 05 06 07 00 04 01 3C"),
                // Page 1: 0x000100 × 2 s.
                (1.0, "01 00 01 00 00 04 01 3C"),
                // Page 7: 88 %, 0x80/256 V + 2 V, good.
                (1.25, "07 58 80 22 00 04 01 3C"),
            ])
        #expect(output.info.manufacturer == 1)
        #expect(output.info.serialNumber == 0xBEEF_41AF)
        #expect(output.info.hardwareVersion == 5)
        #expect(output.info.softwareVersion == 6)
        #expect(output.info.model == 7)
        #expect(output.info.operatingSeconds == 512)
        #expect(output.info.battery == ANTBattery(voltage: 0x280, status: .good))
        #expect(output.battery == [88])
        // A legacy strap's bytes mean nothing of that.
        #expect(Self.run([(0, "07 58 80 22 00 04 01 3C")]).battery == [])
    }

    @Test func commonPagesHoldNoBeats() {
        let output = Self.run(
            Self.introduction + [
                // Page 80: hardware 3, manufacturer 0x0001, model 0x1234.
                (0.5, "D0 FF FF 03 01 00 34 12"),
                (1.0, "84 FF 00 04 00 08 02 3C"),
            ])
        #expect(output.rates.count == 3)
        #expect(output.intervals == [Self.interval(0x400)])
        #expect(output.info.model == 0x1234)
    }

    @Test func anyPagesInAnyOrderNeverTrap() {
        var generator = SeededGenerator(seed: 3)
        var monitor = HeartRateMonitor(sensor: Self.sensor)
        for _ in 0..<20_000 {
            let time = Timestamp(nanoseconds: Int64(bitPattern: generator.next()))
            monitor.receive(ANTPage(bits: generator.next()), at: time) { event in
                if case .sample(let sample) = event, case .rrInterval(let interval) = sample.reading {
                    #expect(interval.ticks != 0)
                }
            }
        }
    }

    @Test(arguments: [
        ("00 FF FF FF 00 04 01 00", "heart rate page 0: no heart rate, beat 1"),
        ("81 10 00 00 00 04 01 3C", "heart rate page 1: 60 bpm, beat 1, running for 32 s"),
        ("84 FF 00 00 72 03 84 43", "heart rate page 4: 67 bpm, beat 132, RR 882/1024 s"),
        ("05 50 60 55 00 04 01 3C", "heart rate page 5: 60 bpm, beat 1, interval 80 bpm (at most 96), session 85 bpm"),
        ("06 FF 07 01 00 04 01 3C", "heart rate page 6: 60 bpm, beat 1, features 0x07, enabled 0x01"),
        ("07 FF 80 22 00 04 01 3C", "heart rate page 7: 60 bpm, beat 1, battery good 2.5 V"),
        ("D2 FF FF 0A 00 00 80 B3", "heart rate: battery ok 3.5 V, running for 20 s"),
        // Neither a step nor a voltage: 0 and 15.
        ("07 58 80 0F 00 04 01 3C", "heart rate page 7: 60 bpm, beat 1, battery 88 %"),
    ])
    func summarises(_ text: String, _ summary: String) {
        #expect(HeartRateMonitor.summary(of: page(text)) == summary)
    }
}
