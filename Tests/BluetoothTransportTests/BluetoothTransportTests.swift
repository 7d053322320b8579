// SPDX-License-Identifier: GPL-3.0-or-later
import Foundation
import GATT
import Measurement
import TestSupport
import Testing

/// The whole transport, with the unmodified libbluetooth, among adapters and sensors that a fake kernel gives it.
@Suite(.serialized, .enabled(if: World.isPossible, "the fake kernel (libFakeBluetooth.so) was not built"))
struct BluetoothTransportTests {
    private static func address(_ index: Int) -> UInt64 { 0xC412_F500_A000 + UInt64(index) }

    @Test func scansConnectsDiscoversAndReceives() throws {
        let world = try World()
        let strap = world.add(.strap, Self.address(1), name: "Strap 1")
        let pod = world.add(.pod, 0x0012_F500_A002, isRandom: false, name: "Pod 2")
        let both = world.add(.both, Self.address(3), name: "Double 3")
        for sensor in world.sensors { sensor.period = 0.02 }
        try world.launch()
        #expect(
            world.play {
                world.intervals(strap).count >= 5 && world.readings(pod).count >= 5
                    && world.intervals(both).count >= 5 && both.podCount >= 5
                    && world.sensors.allSatisfy {
                        world.information($0)?.manufacturer != nil && world.information($0)?.name != nil
                    }
            }, "\(world.notices)")

        // 120 bpm, contact; RR of the first measurement 512 + 1, after a gap, the next without.
        let rate = Reading.heartRate(HeartRateReading(beatsPerMinute: 120, skinContact: true))
        #expect(world.readings(strap).contains(rate))
        #expect(world.intervals(strap).first == RRInterval(ticks: 513, followsGap: true))
        #expect(world.intervals(strap).dropFirst().first == RRInterval(ticks: 514, followsGap: false))
        // 0x0300 / 256 m/s, 170 per minute.
        let strides = world.readings(both).compactMap { if case .stride(let stride) = $0 { stride } else { nil } }
        #expect(strides.first?.speed == 3)
        #expect(strides.first?.cadence?.perMinute == 170)

        let information = try #require(world.information(strap))
        #expect(information.name == "Strap 1")
        #expect(information.manufacturer == "A maker with a name longer than one PDU")
        #expect(information.bodyLocation == .chest)
        #expect(information.services == .heartRate)
        #expect(world.information(both)?.services == [.heartRate, .runningSpeedAndCadence])
        #expect(world.information(pod)?.strideFeatures == RunningSpeedAndCadenceFeature(rawValue: 7))
        #expect(world.readings(strap).contains(.battery(percent: 95)))

        // The sensors' own questions and indications are answered.
        strap.askForServices()
        #expect(world.play { !strap.answersToOwnQuestions.isEmpty })
        // Read By Group Type, handle 1, attribute not found.
        #expect(strap.answersToOwnQuestions == [[0x01, 0x10, 0x01, 0x00, 0x0A]])
        strap.indicateChange()
        let before = world.intervals(strap).count
        #expect(world.play { strap.confirmations == 1 && world.intervals(strap).count > before + 5 })

        #expect(world.decoder.counters.bad == 0)
        #expect(world.controllers[0].mistakes == 0)
        #expect(world.stop() == 0)
        let usage = try #require(world.usage)
        #expect(usage.dropped == 0)
        // An adapter is given back with its scan off.
        #expect(!world.controllers[0].isScanning)
    }

    /// Every loss is followed by a new connection; every interval after one is marked, and none is bridged.
    @Test func twoHundredLossesAtRandomMomentsAreAllMadeGood() throws {
        let world = try World()
        var random = SeededGenerator(seed: 200)
        for index in 1...8 {
            world.add(.strap, Self.address(index), name: "Strap \(index)").period = 0.004
        }
        try world.launch()
        var losses = 0
        while losses < 200 {
            let victim = random.element(of: world.sensors)
            // At any point of the connection: while it is made, discovered, or in full flow.
            guard world.play(until: { victim.isConnected }) else { break }
            let moment = Int(random.next() % 24)
            let target = victim.strapCount + moment
            _ = world.play(atMost: random.uniform() * 0.03) { victim.strapCount >= target && moment > 8 }
            guard victim.isConnected else { continue }
            if random.next() % 8 == 0 {
                victim.leave()
                world.play(for: 0.01)
                victim.comeBack()
            } else {
                victim.drop()
            }
            losses += 1
        }
        #expect(losses == 200)
        let counts = world.sensors.map { world.intervals($0).count }
        #expect(
            world.play {
                zip(world.sensors, counts).allSatisfy { $0.isMeasuring && world.intervals($0).count > $1 + 3 }
            },
            "\(world.notices.suffix(20))")
        for sensor in world.sensors {
            let intervals = world.intervals(sensor)
            var bridged = 0
            for (last, next) in zip(intervals, intervals.dropFirst()) where !next.followsGap {
                // The strap counts its intervals, modulo 1024.
                if (Int(next.ticks) - Int(last.ticks) + 1024) % 1024 != 1 { bridged += 1 }
            }
            #expect(bridged == 0)
        }
        #expect(world.decoder.counters.bad == 0)
        #expect(world.controllers[0].mistakes == 0)
        #expect(world.stop() == 0)
    }

    @Test func adaptersComeGoAndAreSwitched() throws {
        let world = try World(adapters: 0)
        let strap = world.add(.strap, Self.address(1))
        strap.period = 0.01
        try world.launch()
        #expect(world.play { world.notices.contains { $0.contains("there is no Bluetooth adapter") } })
        // One comes, switched off.
        world.set("hci0.down", true)
        _ = world.addAdapter(0)
        #expect(world.play { !world.intervals(strap).isEmpty }, "\(world.notices)")
        // It goes, and its links with it.
        world.removeAdapter(0)
        strap.drop()
        #expect(world.play { world.notices.contains { $0.hasPrefix("deviceLeft") } })
        let before = world.intervals(strap).count
        // Another comes.
        _ = world.addAdapter(2)
        #expect(world.play { world.intervals(strap).count > before })
        #expect(world.notices.contains { $0.hasPrefix("sensorLost ble:C4:12:F5:00:A0:01") })
        #expect(world.notices.contains { $0.hasPrefix("sensorBack ble:C4:12:F5:00:A0:01") })
        #expect(world.stop() == 0)
    }

    @Test func saysWhatIsMissingAndHowToMendIt() throws {
        let world = try World()
        let strap = world.add(.strap, Self.address(1))
        strap.period = 0.01
        world.set("hci0.down", true)
        world.set("noadmin", true)
        try world.launch()
        let mayNotPower =
            "deviceUnusable - no permission to switch Bluetooth adapter hci0 on; try: "
            + #"sudo setcap cap_net_raw,cap_net_admin+ep "$(command -v sprintd)""#
        #expect(world.play { world.notices.contains(mayNotPower) }, "\(world.notices)")
        // Somebody switches it on; but scanning is not allowed either.
        world.set("noraw", true)
        world.set("hci0.down", false)
        world.announce()
        let mayNotScan =
            "deviceUnusable - no permission to scan with Bluetooth adapter hci0; try: "
            + #"sudo setcap cap_net_raw,cap_net_admin+ep "$(command -v sprintd)""#
        #expect(world.play { world.notices.contains(mayNotScan) }, "\(world.notices)")
        // The permission comes: it is found out without a restart.
        world.set("noraw", false)
        #expect(world.play { !world.intervals(strap).isEmpty })
        #expect(world.stop() == 0)
    }

    @Test func withoutAnyRightsABoundSensorIsConnectedAllTheSame() throws {
        let world = try World(adapters: 1, ["--bind", "C4:12:F5:00:A0:01"])
        let strap = world.add(.strap, Self.address(1))
        strap.period = 0.01
        world.set("noraw", true)
        world.set("noadmin", true)
        try world.launch()
        #expect(world.play { world.intervals(strap).count > 5 }, "\(world.notices)")
        #expect(world.controllers[0].commands.isEmpty)
        #expect(world.stop() == 0)
    }

    @Test func rfkillIsNamed() throws {
        let world = try World()
        world.set("hci0.down", true)
        world.set("hci0.rfkill", true)
        try world.launch()
        let words = "deviceUnusable - Bluetooth adapter hci0 is blocked by rfkill; try: rfkill unblock bluetooth"
        #expect(world.play { world.notices.contains(words) }, "\(world.notices)")
        #expect(world.stop() == 0)
    }

    @Test func worksThroughAnotherProgramsScanAndAnExtendedController() throws {
        let world = try World(adapters: 2)
        world.controllers[0].isScannedByOthers = true
        world.controllers[1].wantsExtended = true
        let strap = world.add(.strap, Self.address(1))
        strap.period = 0.01
        try world.launch()
        #expect(world.play { !world.intervals(strap).isEmpty }, "\(world.notices)")
        #expect(
            world.play {
                world.notices.contains { $0.contains("scans with Bluetooth adapter hci0; try: bluetoothctl scan off") }
            })
        #expect(world.play { world.notices.contains { $0.contains("hci1 is scanning") } })
        world.controllers[0].isScannedByOthers = false
        #expect(world.play { world.notices.contains { $0.contains("hci0 is scanning") } })
        #expect(world.stop() == 0)
    }

    @Test func onlyBoundSensorsAreTaken() throws {
        let world = try World(adapters: 1, ["--bind", "C4:12:F5:00:A0:01", "--bind", "pod 2"])
        let strap = world.add(.strap, Self.address(1))
        let pod = world.add(.pod, Self.address(2), name: "Pod 2")
        let stranger = world.add(.strap, Self.address(3), name: "Stranger")
        for sensor in world.sensors { sensor.period = 0.01 }
        try world.launch()
        #expect(world.play { world.readings(strap).count > 5 && world.readings(pod).count > 5 }, "\(world.notices)")
        #expect(stranger.connections == 0)
        // Nothing is missing, so nothing scans.
        #expect(world.play { !world.controllers[0].isScanning })
        #expect(world.stop() == 0)
    }

    @Test func hostileSensorsHarmNobody() throws {
        let world = try World()
        let strap = world.add(.strap, Self.address(1))
        for index in 2...5 {
            let hostile = world.add(.hostile(seed: UInt64(index)), Self.address(index), name: "Hostile \(index)")
            hostile.period = 0.001
        }
        strap.period = 0.005
        try world.launch()
        #expect(world.play { strap.isMeasuring })
        let first = strap.connections
        #expect(
            world.play { world.intervals(strap).count > 200 && world.sensors[1...].allSatisfy { $0.connections > 2 } })
        #expect(strap.connections == first)
        let numbers = world.intervals(strap).map { Int($0.ticks) - 512 }
        #expect(numbers == (1...numbers.count).map { $0 % 1024 })
        #expect(world.stop() == 0)
    }

    @Test func aSensorWhoseAttributesMoveIsDiscoveredAnewAndBetweenSessionsItIsFree() throws {
        let world = try World(adapters: 1, ["--releases"])
        let strap = world.add(.strap, Self.address(1), name: "Strap 1")
        strap.period = 0.01
        try world.launch()
        #expect(world.play { world.intervals(strap).count > 5 })
        strap.indicateChange()
        let samples = world.intervals(strap).count
        #expect(world.play { strap.confirmations == 1 && world.intervals(strap).count > samples + 20 })
        #expect(world.decoder.counters.unidentifiedNotifications < 20)
        #expect(strap.connections == 1)

        world.say("ended")
        #expect(world.play { !strap.isConnected })
        world.play(for: 0.2)
        #expect(strap.connections == 1)
        world.say("began")
        #expect(world.play { strap.isMeasuring })
        #expect(strap.connections == 2)
        #expect(world.stop() == 0)
    }

    /// The link stands, and nothing comes over it: a strap that was taken off, and goes to sleep only later.
    @Test func aConnectedSensorThatFallsSilentIsToldAndSoIsItsReturn() throws {
        let world = try World()
        let strap = world.add(.strap, Self.address(1))
        strap.period = 0.01
        try world.launch()
        #expect(world.play { world.intervals(strap).count > 5 }, "\(world.notices)")
        strap.isMute = true
        let who = "ble:C4:12:F5:00:A0:01 C4:12:F5:00:A0:01"
        #expect(
            world.play(atMost: 60) {
                world.notices.contains("sensorLost \(who) is connected, and has been silent for 10 s")
            }, "\(world.notices)")
        let before = world.intervals(strap).count
        strap.isMute = false
        #expect(world.play { world.notices.contains("sensorBack \(who) is heard again") }, "\(world.notices)")
        #expect(world.play { world.intervals(strap).count > before })
        #expect(strap.connections == 1)
        #expect(world.stop() == 0)
    }

    /// Read at each connection; the second time it is no news.
    @Test func aLowBatteryIsTold() throws {
        let world = try World()
        let strap = world.add(.strap, Self.address(1))
        let other = world.add(.strap, Self.address(2))
        strap.battery = 9
        for sensor in world.sensors { sensor.period = 0.01 }
        try world.launch()
        let words = "batteryLow ble:C4:12:F5:00:A0:01 C4:12:F5:00:A0:01 has 9 % of its battery left"
        #expect(world.play { world.notices.contains(words) }, "\(world.notices)")
        #expect(world.play { world.readings(other).contains(.battery(percent: 95)) })
        #expect(world.notices.count { $0.hasPrefix("batteryLow") } == 1)
        #expect(world.stop() == 0)
    }

    /// How much of a processor that takes is measured by `Benchmarks`; that nothing is lost and one thread does it, here.
    @Test func twentySensorsAtOnceLoseNothing() throws {
        let world = try World()
        for index in 1...20 {
            world.add(
                index % 3 == 0 ? .pod : .strap, Self.address(index), isRandom: index % 2 == 0, name: "S \(index)"
            ).period = 1 / Double(1 + index % 4) / 10
        }
        try world.launch()
        #expect(world.play { world.sensors.allSatisfy(\.isMeasuring) }, "\(world.notices)")
        world.play(for: 1)
        world.say("usage")
        #expect(world.play { world.usage != nil })
        #expect(world.usage?.threads == 1)
        let sent = world.sensors.map { $0.strapCount + $0.podCount }
        #expect(world.play { zip(world.sensors, sent).allSatisfy { self.count(world, $0) >= $1 } })
        for sensor in world.sensors {
            #expect(sensor.connections == 1)
            if sensor.hasStrap {
                let numbers = world.intervals(sensor).map { Int($0.ticks) - 512 }
                #expect(numbers == (1...numbers.count).map { $0 % 1024 })
            }
        }
        #expect(world.stop() == 0)
        #expect(world.usage?.dropped == 0)
    }

    private static let load = ProcessInfo.processInfo.environment["SPRINTD_BLUETOOTH_LOAD"].flatMap { Double($0) }

    /// A figure, not a verdict: the processor time of the whole process with twenty sensors at 1 to 4 Hz.
    @Test(.enabled(if: load != nil, "SPRINTD_BLUETOOTH_LOAD is not set"))
    func whatTwentySensorsCost() throws {
        let world = try World(adapters: 1, ["--quiet"])
        for index in 1...20 {
            world.add(index % 3 == 0 ? .pod : .strap, Self.address(index)).period = 1 / Double(1 + index % 4)
        }
        try world.launch()
        try #require(world.play { world.sensors.allSatisfy(\.isMeasuring) })
        world.play(for: 2)
        world.say("usage")
        try #require(world.play { world.usage != nil })
        let before = try #require(world.usage)
        let start = World.now
        let sent = world.sensors.reduce(0) { $0 + $1.strapCount + $1.podCount }
        world.play(for: Self.load ?? 0)
        world.forgetUsage()
        world.say("usage")
        try #require(world.play { world.usage != nil })
        let after = try #require(world.usage)
        let elapsed = World.now - start
        let measurements = world.sensors.reduce(0) { $0 + $1.strapCount + $1.podCount } - sent
        let share = Double(after.microseconds - before.microseconds) / 1e4 / elapsed
        print(
            "20 sensors, \(measurements) measurements in \(Int(elapsed)) s: \(share) % of a processor, "
                + "\(after.threads) thread, \(after.dropped) dropped")
        #expect(world.stop() == 0)
    }

    private func count(_ world: World, _ sensor: FakePeripheral) -> Int {
        world.readings(sensor).count { reading in
            switch reading {
            case .rrInterval, .stride: true
            case .heartRate, .battery: false
            }
        }
    }
}
