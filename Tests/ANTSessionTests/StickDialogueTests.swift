// SPDX-License-Identifier: GPL-3.0-or-later
import ANT
import Measurement
import SimulatedStick
import TestSupport
import Testing

@testable import ANTSession

/// Whole conversations with a stick that behaves, misbehaves, or is of another make.
@Suite struct StickDialogueTests {
    static let strap = SensorID.ant(deviceType: 120, number: 0x4_1234)
    static let pod = SensorID.ant(deviceType: 124, number: 0x0_5678)
    static let both: [(type: UInt8, number: UInt32)] = [(120, 0x4_1234), (124, 0x0_5678)]
    static let scan = StickConfiguration(mode: .scan)
    static let channels = StickConfiguration(mode: .channels([strap, pod]))

    /// Hosts pad each frame with two zero bytes.
    private static func written(_ dialogue: Dialogue) -> [String] {
        dialogue.commands.map { message in
            var bytes: [UInt8] = []
            message.appendCommandFrame(to: &bytes)
            return hex(bytes)
        }
    }

    // Frames marked R stand so in the recording of a real host with an ANTUSB2.
    static let opening = [
        "a4 01 4a 00 ef 00 00",  // R reset
        "a4 02 4d 00 54 bf 00 00",  // request capabilities
        "a4 02 4d 00 3e d5 00 00",  // request version
        "a4 02 4d 00 61 8a 00 00",  // request serial number
        "a4 09 46 00 b9 a5 21 fb bd 72 c3 45 64 00 00",  // R network 0: ANT+ key
        "a4 02 6e 00 e0 28 00 00",  // extended data: channel id, signal strength, time
    ]

    @Test func aScanIsSetUpLikeThis() {
        var dialogue = Dialogue(Self.scan, .usb2)
        dialogue.start()
        dialogue.run(seconds: 1)
        #expect(
            Self.written(dialogue)
                == (Self.opening + [
                    "a4 03 42 00 00 00 e5 00 00",  // assign channel 0: receive, network 0
                    "a4 05 51 00 00 00 00 00 f0 00 00",  // R channel 0: any device
                    "a4 02 45 00 39 da 00 00",  // R channel 0: 2457 MHz
                    "a4 01 5b 00 fe 00 00",  // scan
                ]).map { hex(bytes($0)) })
        #expect(dialogue.isReceiving)
        #expect(dialogue.stick.isScanning)
        #expect(dialogue.remarks.isEmpty)
        #expect(dialogue.session.version == "AP2USB1.05")
        #expect(dialogue.session.serialNumber == 0x1261_7AE4)
    }

    @Test func channelsAreSetUpLikeThis() {
        var dialogue = Dialogue(Self.channels, .usb2)
        dialogue.start()
        dialogue.run(seconds: 1)
        #expect(
            Self.written(dialogue)
                == (Self.opening + [
                    "a4 03 42 00 00 00 e5 00 00",  // assign channel 0
                    "a4 05 51 00 34 12 78 00 ae 00 00",  // channel 0: 0x1234, type 120, any transmission type
                    "a4 03 43 00 86 1f 7d 00 00",  // R channel 0: 8070/32768 s
                    "a4 02 45 00 39 da 00 00",  // R channel 0: 2457 MHz
                    "a4 02 44 00 00 e2 00 00",  // channel 0: no search with priority
                    "a4 02 63 00 ff 3a 00 00",  // channel 0: search beside, for ever
                    "a4 01 4b 00 ee 00 00",  // R open channel 0
                    "a4 03 42 01 00 00 e4 00 00",  // assign channel 1
                    "a4 05 51 01 78 56 7c 00 a3 00 00",  // channel 1: 0x5678, type 124
                    "a4 03 43 01 c6 1f 3c 00 00",  // channel 1: 8134/32768 s
                    "a4 02 45 01 39 db 00 00",  // channel 1: 2457 MHz
                    "a4 02 44 01 00 e3 00 00",  // channel 1: no search with priority
                    "a4 02 63 01 ff 3b 00 00",  // channel 1: search beside, for ever
                    "a4 01 4b 01 ef 00 00",  // open channel 1
                ]).map { hex(bytes($0)) })
        #expect(dialogue.stick.isOpen(0) && dialogue.stick.isOpen(1))
    }

    @Test(arguments: [StickFirmware.Cutting.whole, .merged, .split])
    func everyMessageOfAScanIsHeard(_ cutting: StickFirmware.Cutting) {
        let sensors = (0..<30).map { (type: $0.isMultiple(of: 2) ? 120 : 124 as UInt8, number: 0x1_0000 + UInt32($0)) }
        var dialogue = Dialogue(Self.scan, .usbM, air: Dialogue.air(sensors, seconds: 20))
        dialogue.stick.faults.cutting = cutting
        dialogue.start()
        dialogue.run(seconds: 20)
        #expect(dialogue.heard.count == dialogue.stick.counters.sent)
        #expect(dialogue.heard.count > 30 * 19 * 4)
        #expect(Set(dialogue.heard.map(\.id.sensor)).count == 30)
        #expect(dialogue.heard.allSatisfy { $0.message.extendedData?.signalStrength != nil })
        #expect(dialogue.readies == 1)
    }

    @Test func aSensorThatIsGoneNeverStarvesTheOther() {
        var air = Dialogue.air(Self.both, seconds: 120)
        // The footpod is away for a minute.
        air.removeAll { $0.deviceType == 124 && (31_000_000_000..<91_000_000_000).contains($0.time) }
        var dialogue = Dialogue(Self.channels, .usb2, air: air)
        dialogue.start()
        dialogue.run(seconds: 120)
        #expect(dialogue.stick.counters.starved == 0)
        let pod = dialogue.heard.filter { $0.id.deviceType == 124 }
        let back = pod.first { $0.time > 60_000_000_000 }
        #expect(back.map { $0.time < 92_000_000_000 } == true, "found again within a second")
        #expect(dialogue.readies == 1)
    }

    @Test func aStickThatCannotSearchBesideReceivingGivesTheOthersMostOfTheTime() {
        var air = Dialogue.air(Self.both, seconds: 300)
        air.removeAll { $0.deviceType == 124 && (31_000_000_000..<200_000_000_000).contains($0.time) }
        var dialogue = Dialogue(Self.channels, .old, air: air)
        dialogue.start()
        dialogue.run(seconds: 300)
        let strap = dialogue.heard.filter {
            $0.id.deviceType == 120 && $0.time > 35_000_000_000 && $0.time < 195_000_000_000
        }
        // 160 s at 4.06 Hz, of which a search of 10 s takes its part after every pause of 20 s.
        #expect(Double(strap.count) > 160 * 4.06 * 0.6)
        #expect(dialogue.heard.contains { $0.id.deviceType == 124 && $0.time > 240_000_000_000 }, "found again")
        #expect(dialogue.remarks == [.noLowPrioritySearch])
    }

    @Test func anOldStickDoesWhatItCan() {
        var dialogue = Dialogue(Self.scan, .old, air: Dialogue.air(Self.both, seconds: 10))
        dialogue.start()
        dialogue.run(seconds: 10)
        #expect(dialogue.isReceiving)
        #expect(!dialogue.session.isScanning)
        #expect(!dialogue.session.hasExtendedData)
        #expect(dialogue.remarks == [.noScanMode(channels: 2), .noLowPrioritySearch])
        #expect(Set(dialogue.heard.map(\.id.deviceType)) == [120, 124])
    }

    @Test func moreSensorsThanChannelsBecomeAScan() {
        let many = (1...9).map { SensorID.ant(deviceType: 120, number: $0) }
        var dialogue = Dialogue(StickConfiguration(mode: .channels(many)), .usb2)
        dialogue.start()
        dialogue.run(seconds: 1)
        #expect(dialogue.stick.isScanning)
        #expect(dialogue.remarks == [.scansInstead])
    }

    @Test func whereThereIsNoScanTheFirstSensorsAreListenedTo() {
        let many = (1...6).map { SensorID.ant(deviceType: 120, number: $0) }
        var dialogue = Dialogue(StickConfiguration(mode: .channels(many)), .old)
        dialogue.start()
        dialogue.run(seconds: 5)
        #expect(dialogue.isReceiving)
        #expect((0..<5).map { dialogue.stick.isOpen($0) } == [true, true, true, true, false])
        #expect(dialogue.remarks == [.sensorsLeftOut(2), .noLowPrioritySearch])
    }

    @Test(arguments: [
        ([0x6E: 0x28] as [UInt8: UInt8], true), ([0x6E: 0x28, 0x66: 0x28], false), ([0x61: 0x28, 0x3E: 0x28], true),
    ])
    func whatIsOptionalMayBeRefused(refusals: [UInt8: UInt8], isScanning: Bool) {
        var dialogue = Dialogue(Self.scan, .usb2, air: Dialogue.air(Self.both, seconds: 6))
        dialogue.stick.faults.refusals = refusals
        dialogue.start()
        dialogue.run(seconds: 6)
        #expect(dialogue.isReceiving)
        #expect(dialogue.stick.isScanning == isScanning)
        #expect(dialogue.problems.isEmpty)
        #expect(dialogue.heard.count > 30)
        #expect(Set(dialogue.heard.map(\.id.deviceType)) == [120, 124])
    }

    @Test func aRefusalThatMattersIsToldOnceInWordsAndTriedAgain() {
        var dialogue = Dialogue(Self.scan, .usb2)
        dialogue.stick.faults.refusals = [0x5B: 0x15]
        dialogue.start()
        dialogue.run(seconds: 100)
        #expect(dialogue.problems == [.refused(.openScan, .wrongState)])
        #expect(
            dialogue.problems.first?.description
                == "refuses 'open scan mode': channel in wrong state; unplug it and plug it in again")
        dialogue.stick.faults.refusals = [:]
        dialogue.run(seconds: 31)
        #expect(dialogue.isReceiving)
        #expect(dialogue.readies == 1)
    }

    @Test func aStickThatDoesNotAnswerIsToldOnceAndTriedEverMoreRarely() {
        var dialogue = Dialogue(Self.scan, .usb2)
        dialogue.stick.faults.isSilent = true
        dialogue.start()
        dialogue.run(seconds: 3)
        #expect(dialogue.problems.isEmpty)
        dialogue.run(seconds: 1)
        #expect(dialogue.problems == [.noAnswerToReset])
        dialogue.run(seconds: 3600)
        #expect(dialogue.problems == [.noAnswerToReset])
        // 1 s and a rest: 0.25, 0.5, 1, 2, 4, 8, 16, then 30.
        #expect(dialogue.session.counters.resets == 8 + (3604 - 39) / 31)
        dialogue.stick.faults.isSilent = false
        dialogue.run(seconds: 32)
        #expect(dialogue.isReceiving)
    }

    @Test func whatAnEarlierHostLeftIsIgnored() {
        var dialogue = Dialogue(Self.scan, .usb2)
        // Broadcasts of somebody's strap, an answer, and a message without its end; then half a command of the host.
        dialogue.stick.leave(bytes("a4 09 4e 00 84 ff 4d 8c 58 8f a3 55 61"), at: dialogue.now)
        dialogue.stick.leave(bytes("a4 03 40 00 5b 00 bc"), at: dialogue.now)
        dialogue.stick.leave(bytes("a4 09 4e 00 84 ff 4d"), at: dialogue.now)
        dialogue.stick.leaveUnfinishedInput()
        dialogue.start()
        dialogue.run(seconds: 3)
        #expect(dialogue.isReceiving)
        #expect(dialogue.heard.isEmpty)
        #expect(dialogue.problems.isEmpty)
    }

    @Test func aSlowStickIsWaitedForAndLateAnswersCount() {
        var dialogue = Dialogue(Self.scan, .usb2)
        dialogue.stick.faults.answerDelay = 1_400_000_000
        dialogue.start()
        dialogue.run(seconds: 120)
        // 1.4 s is beyond every time-out, so only what is late and still fits moves it on.
        dialogue.stick.faults.answerDelay = 450_000_000
        dialogue.run(seconds: 60)
        #expect(dialogue.isReceiving)
    }

    @Test func lostAnswersAreAskedForAgain() {
        for lost in 1...2 {
            var dialogue = Dialogue(Self.channels, .usb2)
            dialogue.start()
            dialogue.stick.faults.unanswered = lost
            dialogue.run(seconds: 5)
            #expect(dialogue.isReceiving)
            #expect(dialogue.session.counters.resets == 1)
        }
    }

    @Test func aStickThatForgotItsSettingsInSleepIsSetUpAgain() {
        var dialogue = Dialogue(Self.scan, .usb2, air: Dialogue.air(Self.both, seconds: 60))
        dialogue.start()
        dialogue.run(seconds: 5)
        dialogue.stick.forget()
        let before = dialogue.heard.count
        dialogue.run(seconds: 12)
        #expect(dialogue.remarks == [.forgotSettings])
        #expect(dialogue.readies == 2)
        #expect(dialogue.heard.count > before)
    }

    @Test func aStickThatRestartsIsSetUpAgainAtOnce() {
        var dialogue = Dialogue(Self.channels, .usb2)
        dialogue.start()
        dialogue.run(seconds: 5)
        dialogue.stick.restart(reason: 0x02, at: dialogue.now)
        dialogue.run(seconds: 0.5)
        #expect(dialogue.readies == 2)
        #expect(dialogue.remarks == [.restarted])
    }

    @Test func aStickThatKeepsRestartingIsTold() {
        var dialogue = Dialogue(Self.scan, .usb2)
        dialogue.stick.faults.restartsOnAssign = true
        dialogue.start()
        dialogue.run(seconds: 60)
        #expect(dialogue.problems == [.keepsRestarting])
    }

    @Test func aStickThatFallsSilentIsResetAndFoundAgain() {
        var dialogue = Dialogue(Self.scan, .usb2, air: Dialogue.air(Self.both, seconds: 200))
        dialogue.start()
        dialogue.run(seconds: 5)
        dialogue.stick.faults.isSilent = true
        // 10 s of silence, three questions of 0.5 s.
        dialogue.run(seconds: 12)
        #expect(dialogue.remarks == [.fellSilent])
        dialogue.stick.faults.isSilent = false
        dialogue.run(seconds: 20)
        #expect(dialogue.isReceiving)
        #expect(dialogue.readies == 2)
    }

    @Test func aQuietScanIsAskedAndLeftAlone() {
        var dialogue = Dialogue(Self.scan, .usb2)
        dialogue.start()
        dialogue.run(seconds: 600)
        #expect(dialogue.session.counters.resets == 1)
        #expect(dialogue.remarks.isEmpty)
        #expect(dialogue.commands.count { hex([$0.byte(1) ?? 0]) == "52" } == 59)
    }

    @Test func aStallInEveryStateIsOvercome() {
        for step in 0..<40 {
            var dialogue = Dialogue(Self.channels, .usb2, air: Dialogue.air(Self.both, seconds: 10))
            dialogue.start()
            dialogue.run(seconds: Double(step) * 0.0005)
            dialogue.clearEndpoint()
            dialogue.run(seconds: 6)
            #expect(dialogue.isReceiving)
            #expect(dialogue.problems.isEmpty)
        }
    }

    @Test func aChannelForAnySensorStaysWithTheFirstThroughResets() {
        var air = Dialogue.air([(120, 0x1_0001), (120, 0x2_0002)], seconds: 100)
        // The second strap is louder after the restart: the first is away for a while.
        air.removeAll { $0.number == 0x1_0001 && (20_000_000_000..<40_000_000_000).contains($0.time) }
        var dialogue = Dialogue(StickConfiguration(sensors: [], athletes: 1, firstCome: true), .usb2, air: air)
        dialogue.start()
        dialogue.run(seconds: 20)
        #expect(Set(dialogue.heard.map(\.id.number)) == [0x1_0001])
        dialogue.stick.restart(reason: 0x02, at: dialogue.now)
        dialogue.run(seconds: 79)
        #expect(Set(dialogue.heard.map(\.id.number)) == [0x1_0001])
        #expect(dialogue.heard.contains { $0.time > 50_000_000_000 })
    }

    @Test func aSensorThatSharesSixteenBitsIsLeftOut() {
        // 0x4_1234 is wanted; 0x9_1234 answers to the same device number.
        var dialogue = Dialogue(
            Self.channels, .usb2, air: Dialogue.air([(120, 0x9_1234), (124, 0x0_5678)], seconds: 10))
        dialogue.start()
        dialogue.run(seconds: 10)
        #expect(Set(dialogue.heard.map(\.id.sensor)) == [Self.pod])
        #expect(dialogue.session.counters.foreign > 20)
    }

    /// Whatever goes wrong for a minute, afterwards it works.
    @Test(arguments: 0..<24 as Range<UInt64>)
    func recoversFromAnyMixtureOfFaults(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let model = random.element(of: [StickFirmware.Model.usb2, .usbM, .old])
        let configuration = random.element(of: [Self.scan, Self.channels])
        var dialogue = Dialogue(configuration, model, air: Dialogue.air(Self.both, seconds: 200), seed: seed)
        dialogue.start()
        for _ in 0..<30 {
            var faults = StickFirmware.Faults()
            switch Int.random(in: 0..<10, using: &random) {
            case 0: faults.isSilent = true
            case 1: faults.unanswered = Int.random(in: 1...5, using: &random)
            case 2: faults.refusals = [UInt8.random(in: 0x40...0x6F, using: &random): 0x28]
            case 3: faults.answerDelay = Int64.random(in: 0...2_000_000_000, using: &random)
            case 4: faults.badChecksums = Int.random(in: 1...20, using: &random)
            case 5: faults.garbageBytes = Int.random(in: 1...20, using: &random)
            case 6: dialogue.stick.forget()
            case 7: dialogue.stick.restart(reason: 2, at: dialogue.now)
            case 8: dialogue.clearEndpoint()
            default: faults.restartsOnAssign = true
            }
            faults.cutting = random.element(of: [.whole, .merged, .split])
            dialogue.stick.faults = faults
            dialogue.run(seconds: Double.random(in: 0.01...4, using: &random))
        }
        dialogue.stick.faults = StickFirmware.Faults()
        // The longest rest is 30 s; a channel's pause 20 s, its neighbour's search 10 s.
        dialogue.run(seconds: 80)
        #expect(dialogue.isReceiving)
        let sent = dialogue.stick.counters.sent
        let heard = dialogue.heard.count
        dialogue.run(seconds: 20)
        #expect(dialogue.heard.count - heard == dialogue.stick.counters.sent - sent)
        #expect(dialogue.heard.count - heard > 70)
    }
}
