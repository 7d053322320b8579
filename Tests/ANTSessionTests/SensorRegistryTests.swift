// SPDX-License-Identifier: GPL-3.0-or-later
import ANT
import Measurement
import TestSupport
import Testing

@testable import ANTSession

@Suite struct SensorRegistryTests {
    static let strap = ANTChannelID(deviceNumber: 0x1234, deviceType: 120, transmissionType: 0x41)
    static let otherStrap = ANTChannelID(deviceNumber: 0x1234, deviceType: 120, transmissionType: 0x91)
    static let pod = ANTChannelID(deviceNumber: 0x5678, deviceType: 124, transmissionType: 0x01)
    static let bike = ANTChannelID(deviceNumber: 0x0BAD, deviceType: 121, transmissionType: 0x01)

    struct Air {
        var registry: SensorRegistry
        var time = Timestamp(seconds: 1000)
        var events: [SensorRegistry.Event] = []

        init(_ policy: SensorRegistry.Policy) { registry = SensorRegistry(policy) }

        /// - Parameter page: eight bytes; `strength` in dBm rides behind them.
        mutating func hear(_ id: ANTChannelID, _ page: String = "00 ff ff ff 10 20 05 64", strength: Int8? = nil) {
            var payload: [UInt8] = [0] + bytes(page)
            if let strength { payload += [0x40, 0x20, UInt8(bitPattern: strength), 0x80] }
            guard let message = ANTMessage(id: .broadcast, payload: payload.span) else { return }
            registry.hear(message, from: id, at: time) { events.append($0) }
        }

        mutating func wait(_ seconds: Double) {
            time = time.advanced(bySeconds: seconds)
            registry.tick(at: time) { events.append($0) }
        }
    }

    @Test func tellsASensorWhenItIsFoundLostAndBack() {
        var air = Air(.everyone)
        air.hear(Self.strap, strength: -61)
        #expect(air.registry[Self.strap.sensor]?.signalStrength == -61)
        #expect(air.registry.deadline == Timestamp(seconds: 1005))
        air.wait(4)
        air.hear(Self.strap)
        air.wait(4.9)
        #expect(air.events == [.found(Self.strap.sensor, isAccepted: true)])
        air.wait(0.1)
        #expect(air.registry.deadline == nil)
        air.wait(50)
        air.hear(Self.strap)
        #expect(
            air.events == [
                .found(Self.strap.sensor, isAccepted: true), .lost(Self.strap.sensor),
                .back(Self.strap.sensor, silentSeconds: 55),
            ])
        #expect(air.registry[Self.strap.sensor]?.messages == 3)
        #expect(air.registry[Self.strap.sensor]?.signalStrength == -61)
    }

    @Test func knowsAChosenSensorByAllTwentyBits() {
        var air = Air(.chosen([Self.strap.sensor, Self.pod.sensor]))
        air.hear(Self.strap)
        air.hear(Self.otherStrap)
        air.hear(Self.pod)
        #expect(air.registry.entries.map(\.isAccepted) == [true, false, true])
        #expect(
            air.events == [
                .found(Self.strap.sensor, isAccepted: true), .found(Self.otherStrap.sensor, isAccepted: false),
                .found(Self.pod.sensor, isAccepted: true),
            ])
        // Nobody is told that a stranger went.
        air.wait(60)
        #expect(air.events.dropFirst(3) == [.lost(Self.strap.sensor), .lost(Self.pod.sensor)])
        air.hear(Self.otherStrap)
        #expect(air.events.count == 5)
    }

    @Test func aLoneAthleteKeepsTheFirstOfEachKind() {
        var air = Air(.firstOfEachKind)
        air.hear(Self.bike)
        air.hear(Self.strap)
        air.hear(Self.otherStrap)
        air.wait(3600)
        air.hear(Self.otherStrap)
        air.hear(Self.pod)
        air.hear(Self.strap)
        #expect(air.registry.entries.filter(\.isAccepted).map(\.sensor) == [Self.strap.sensor, Self.pod.sensor])
        #expect(air.registry.locks == [120: Self.strap.sensor, 124: Self.pod.sensor])
    }

    @Test func tellsALowBatteryOnceUntilItIsChanged() {
        var air = Air(.everyone)
        // Footpod page 2, last byte: bits 4-5 the battery, 3 low, 0 new.
        air.hear(Self.pod, "02 ff ff 50 00 00 00 10")
        air.hear(Self.pod, "02 ff ff 50 00 00 00 31")
        air.hear(Self.pod, "02 ff ff 50 00 00 00 31")
        air.hear(Self.pod, "02 ff ff 50 00 00 00 01")
        air.hear(Self.pod, "02 ff ff 50 00 00 00 31")
        #expect(
            air.events.dropFirst() == [
                .batteryLow(Self.pod.sensor, level: nil), .batteryLow(Self.pod.sensor, level: nil),
            ])
    }

    @Test func believesAStrapsPagesOnlyOnceItsToggleWasSeen() {
        var air = Air(.everyone)
        // Page 7: 9 %, 1/256 V 80, descriptor 22: good, 2 V. Then page 2: manufacturer 1, serial number's upper half.
        air.hear(Self.strap, "07 09 80 22 10 20 05 64")
        #expect(air.registry[Self.strap.sensor]?.info.batteryLevel == nil)
        air.hear(Self.strap, "87 09 80 f2 10 20 05 64")
        air.hear(Self.strap, "82 01 34 12 10 20 05 64")
        let entry = air.registry[Self.strap.sensor]
        #expect(entry?.info.batteryLevel == 9)
        #expect(entry?.info.manufacturer == 1)
        #expect(entry?.heartRate == 100)
        #expect(air.events.last == .batteryLow(Self.strap.sensor, level: 9))
    }

    @Test func makesRoomForNewSensorsAtTheCostOfThoseLongGone() {
        var air = Air(.chosen([Self.strap.sensor]))
        air.hear(Self.strap)
        for number in 1...UInt16(SensorRegistry.limit + 50) {
            air.wait(0.01)
            air.hear(ANTChannelID(deviceNumber: number, deviceType: 120, transmissionType: 1))
        }
        #expect(air.registry.entries.count == SensorRegistry.limit)
        #expect(air.registry.overflow == 0)
        #expect(air.registry[Self.strap.sensor] != nil)
        var crowd = Air(.everyone)
        for number in 1...UInt16(SensorRegistry.limit + 1) {
            crowd.hear(ANTChannelID(deviceNumber: number, deviceType: 120, transmissionType: 1))
        }
        #expect(crowd.registry.overflow == 1)
    }

    @Test func aMessageOfNobodyIsNotTaken() {
        var air = Air(.everyone)
        air.hear(ANTChannelID(deviceNumber: 0, deviceType: 0, transmissionType: 0))
        #expect(air.registry.entries.isEmpty)
        air.hear(Self.bike)
        #expect(air.registry.entries.count == 1, "a kind that is not understood is still a sensor in the air")
    }
}
