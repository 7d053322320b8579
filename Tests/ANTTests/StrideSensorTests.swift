// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import TestSupport
import Testing

@testable import ANT

@Suite struct StrideSensorTests {
    static let sensor = SensorID.ant(deviceType: 124, number: 7)

    /// Page 1 from values in the wire's units.
    static func main(clock: Int, distance: Int, speed: Int, strides: Int, latency: Int = 0) -> ANTPage {
        let clock = clock % 51_200
        let fields = [
            1, clock % 200, clock / 200, distance >> 4 & 0xFF, (distance & 0xF) << 4 | speed >> 8 & 0xF, speed & 0xFF,
            strides & 0xFF, latency,
        ]
        return ANTPage(bits: fields.enumerated().reduce(0) { $0 | UInt64($1.element) << (8 * UInt64($1.offset)) })
    }

    static func run(_ pages: [(seconds: Double, page: ANTPage)]) -> [StrideReading] {
        var sensor = StrideSensor(sensor: sensor)
        var readings: [StrideReading] = []
        for message in pages {
            sensor.receive(message.page, at: Timestamp(seconds: message.seconds)) { event in
                if case .sample(let sample) = event, case .stride(let reading) = sample.reading {
                    readings.append(reading)
                }
            }
        }
        return readings
    }

    @Test func decodesPageOneByHand() {
        // 50/200 s + 10 s; 0x64 m + 8/16 m; 3 m/s + 0x80/256 m/s; 5 strides; 16/32 s.
        #expect(
            StridePage(page("01 32 0A 64 83 80 05 10"))
                == .main(time: 2050, distance: 0x648, speed: 0x380, strides: 5, latency: 16))
        #expect(
            StrideSensor.summary(of: page("01 32 0A 64 83 80 05 10"))
                == "footpod page 1: 3.5 m/s, 100.5 m, stride 5, time 10.25 s")
    }

    @Test func decodesTheOtherPagesByHand() {
        // 85 + 8/16 strides/min, 2.5 m/s; midsole, good battery, active.
        #expect(
            StridePage(page("02 FF FF 55 82 80 FF 51"))
                == .cadence(cadence: 0x558, speed: 0x280, StrideStatus(rawValue: 0x51)))
        let status = StrideStatus(rawValue: 0x51)
        #expect((status.location, status.battery, status.health, status.use) == (1, .good, 0, 1))
        #expect(
            StridePage(page("03 FF FF 55 82 80 2A 51"))
                == .calories(cadence: 0x558, speed: 0x280, energy: 42, StrideStatus(rawValue: 0x51)))
        // 0x030201 strides, 0x07060504/256 m.
        #expect(StridePage(page("10 01 02 03 04 05 06 07")) == .summary(strides: 0x03_0201, distance: 0x0706_0504))
        #expect(StridePage(page("16 17 FF FF FF FF FF FF")) == .capabilities([.time, .distance, .speed, .cadence]))
        #expect(
            StridePage(page("50 FF FF 03 01 00 34 12"))
                == .common(.manufacturer(hardwareRevision: 3, manufacturer: 1, model: 0x1234)))
        #expect(
            StridePage(page("51 FF 02 09 78 56 34 12"))
                == .common(.product(softwareMain: 9, softwareSupplement: 2, serialNumber: 0x1234_5678)))
        // 0x000A units of 2 s (bit 7), status low (4), 3 V + 64/256 V.
        #expect(
            StridePage(page("52 FF FF 0A 00 00 40 C3"))
                == .common(
                    .battery(ANTBattery(voltage: 0x340, status: .low), identifier: nil, operatingSeconds: 20)))
        // In units of 16 s; 15 V means that there is no voltage.
        #expect(
            StridePage(page("52 FF 11 0A 00 00 40 2F"))
                == .common(
                    .battery(ANTBattery(voltage: nil, status: .good), identifier: 0x11, operatingSeconds: 160)))
        #expect(StridePage(page("09 00 00 00 00 00 00 00")) == .unknown(number: 9))
    }

    @Test func distanceStartsAtZeroAndRollsOver() {
        let readings = Self.run([
            // 255 15/16 m is one sixteenth before the roll-over.
            (0, Self.main(clock: 0, distance: 4095, speed: 512, strides: 254)),
            (0.25, Self.main(clock: 50, distance: 0, speed: 512, strides: 255)),
            (0.50, Self.main(clock: 100, distance: 8, speed: 512, strides: 0)),
            // Only the whole metres moved back: the 12 bits went once around.
            (25, Self.main(clock: 5000, distance: 4, speed: 512, strides: 30)),
        ])
        #expect(readings.map(\.distance) == [0, 0.0625, 0.5625, 0.5625 + 4092.0 / 16])
        #expect(readings.map(\.speed) == [2, 2, 2, 2])
    }

    /// 16/32 s, and half a unit for what was cut off.
    @Test func distanceComesWithItsAge() {
        let pages = [0, 16, 0].enumerated().map { index, latency in
            (
                seconds: Double(index),
                page: Self.main(
                    clock: 200 * index, distance: 16 * index, speed: 512, strides: index, latency: latency)
            )
        }
        let readings = Self.run(pages + [(3, page("02 FF FF 55 82 80 FF 51"))])
        #expect(readings.map(\.distanceAge) == [nil, 0.515625, 0.015625, nil])
        // Page 22 says that the latency is measured, or that it is not.
        #expect(Self.run([(-1, page("16 0E FF FF FF FF FF FF"))] + pages).first?.distanceAge == 0.015625)
        #expect(Self.run([(-1, page("16 06 FF FF FF FF FF FF"))] + pages).allSatisfy { $0.distanceAge == nil })
    }

    @Test func distanceIsNotBridgedOverALongSilence() {
        let readings = Self.run([
            (0, Self.main(clock: 0, distance: 100, speed: 512, strides: 1)),
            (1, Self.main(clock: 200, distance: 132, speed: 512, strides: 2)),
            (31, Self.main(clock: 6200, distance: 500, speed: 512, strides: 50)),
            (32, Self.main(clock: 6400, distance: 532, speed: 512, strides: 51)),
        ])
        #expect(readings.map(\.distance) == [0, 2, nil, 4])
    }

    @Test func aPodThatRepeatsItsSpeedStands() {
        var pages: [(seconds: Double, page: ANTPage)] = []
        for step in 0...40 {
            let time = Double(step) / 4
            // Strides every 0.75 s for 5 s, then none.
            let strides = min(step, 20) / 3
            pages.append((time, Self.main(clock: step * 50, distance: 100, speed: 768, strides: strides)))
        }
        pages.append((10.25, Self.main(clock: 2050, distance: 100, speed: 768, strides: 7)))
        let readings = Self.run(pages)
        // The sixth and last stride is heard at 4.5 s, so 7.5 s is the first moment of standing.
        #expect(readings.prefix(30).allSatisfy { $0.speed == 3 })
        #expect(readings[30...40].allSatisfy { $0.speed == 0 && $0.cadence?.perMinute == 0 })
        #expect(readings[41].speed == 3)
    }

    @Test func aPodWithoutAStrideCountIsNotTakenForStanding() {
        let pages = (0...40).map { step in
            (seconds: Double(step) / 4, page: Self.main(clock: step * 50, distance: step * 12, speed: 768, strides: 0))
        }
        #expect(Self.run(pages).allSatisfy { $0.speed == 3 })
    }

    @Test func unusedFieldsAreAbsentAndStandingIsZero() {
        // Only strides: one every 0.75 s, all else 0.
        let running = (0...20).map { step in
            (seconds: Double(step) / 4, page: Self.main(clock: 0, distance: 0, speed: 0, strides: step / 3))
        }
        #expect(Self.run(running) == [], "nothing is known, so nothing is said")
        let stopped = running + [(9.0, Self.main(clock: 0, distance: 0, speed: 0, strides: 6))]
        #expect(Self.run(stopped).map(\.speed) == [0])
        // Page 22 says that speed is measured: then 0 is 0.
        let told = [(seconds: -1.0, page: page("16 1F FF FF FF FF FF FF"))] + running
        #expect(Self.run(told).allSatisfy { $0.speed == 0 && $0.distance == 0 })
        // Page 22 says that it is not: then no number is one.
        let denied = Self.run([
            (0, page("16 00 FF FF FF FF FF FF")), (1, Self.main(clock: 0, distance: 16, speed: 256, strides: 0)),
            (2, page("02 FF FF 55 82 80 FF 51")),
        ])
        #expect(denied == [])
    }

    @Test func cadenceComesFromPageTwoInStrides() {
        let readings = Self.run([(0, page("02 FF FF 55 82 80 FF 51"))])
        #expect(
            readings == [StrideReading(speed: 2.5, cadence: Cadence(perMinute: 85.5, convention: .strides))])
    }

    @Test func cadenceIsCountedWhenPageTwoIsAbsent() {
        // A stride every 0.75 s is 80 a minute; clock and strides roll over on the way.
        let pages = (0...60).map { step in
            (
                seconds: Double(step) / 4,
                page: Self.main(clock: 51_000 + step * 50, distance: step, speed: 512, strides: 250 + step / 3)
            )
        }
        let cadences = Self.run(pages).compactMap(\.cadence)
        #expect(cadences.count > 40)
        #expect(cadences.allSatisfy { $0.convention == .strides && $0.perMinute == 80 })
    }

    @Test func noCadenceIsCountedByAClockThatStands() {
        let pages = (0...60).map { step in
            (seconds: Double(step) / 4, page: Self.main(clock: 0, distance: step, speed: 512, strides: step / 3))
        }
        #expect(Self.run(pages).allSatisfy { $0.cadence == nil })
    }

    @Test func anyPagesInAnyOrderNeverTrap() {
        var generator = SeededGenerator(seed: 5)
        var sensor = StrideSensor(sensor: Self.sensor)
        for _ in 0..<20_000 {
            let number = UInt64.random(in: 0...24, using: &generator)
            let time = Timestamp(nanoseconds: Int64(bitPattern: generator.next()))
            sensor.receive(ANTPage(bits: generator.next() << 8 | number), at: time) { event in
                if case .sample(let sample) = event, case .stride(let reading) = sample.reading {
                    #expect(reading.speed ?? 0 < 16)
                    #expect(reading.distance ?? 0 >= 0)
                    #expect(reading.cadence?.perMinute.isFinite ?? true)
                }
            }
        }
    }
}
