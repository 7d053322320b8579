// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import TestSupport
import Testing

@testable import Fusion

/// What sensors say of who they are. The strap is ANT number 16815, 0x41AF; its serial number ends in that.
@Suite struct IdentityTests {
    private static let serial: UInt32 = 0x0C5A_41AF

    private func identity(_ serial: UInt32? = nil, name: String? = nil) -> DeviceIdentity {
        var identity = DeviceIdentity()
        identity.serialNumbers = serial.map { [$0] } ?? []
        identity.name = name
        return identity
    }

    private func sameAs(_ stream: Stream, _ sensor: SensorID) -> SensorID? {
        stream.fusion.sensors.first { $0.id == sensor }?.sameAs
    }

    private func isUsed(_ stream: Stream, _ sensor: SensorID) -> Bool {
        stream.fusion.sensors.contains { $0.id == sensor && $0.used }
    }

    // MARK: Serial numbers

    @Test(arguments: [false, true]) func theSameSerialNumberProvesAtOnce(bluetoothFirst: Bool) {
        let (first, second) =
            bluetoothFirst ? (SensorID.strapByBluetooth, SensorID.strap) : (.strap, .strapByBluetooth)
        var stream = Stream()
        stream.heart(0, 120, first)
        stream.fusion.identify(first, as: identity(Self.serial))
        // Before it ever measured.
        stream.fusion.identify(second, as: identity(Self.serial))
        #expect(!isUsed(stream, second))
        stream.heart(0.3, 121, second)
        #expect(isUsed(stream, second))
        #expect(sameAs(stream, second) == first)
        #expect(sameAs(stream, first) == nil)
    }

    @Test func ofSensorsThatAreListedTheFirstIsTheDevice() {
        var stream = Stream(FusionConfiguration(sensors: [.strapByBluetooth, .strap]))
        stream.heart(0, 120, .strap)
        stream.heart(0.1, 120, .strapByBluetooth)
        stream.fusion.identify(.strap, as: identity(Self.serial))
        stream.fusion.identify(.strapByBluetooth, as: identity(Self.serial))
        #expect(sameAs(stream, .strap) == .strapByBluetooth)
    }

    @Test func aListAdmitsNobodyElse() {
        var stream = Stream(FusionConfiguration(sensors: [.strap]))
        stream.heart(0, 120, .strap)
        stream.fusion.identify(.strap, as: identity(Self.serial))
        stream.fusion.identify(.strapByBluetooth, as: identity(Self.serial))
        stream.heart(0.3, 121, .strapByBluetooth)
        #expect(!isUsed(stream, .strapByBluetooth))
    }

    /// One heart beats in both; the numbers say at once what the beats would say after forty.
    @Test func aFailOverRightAfterTheProofIsSeamless() {
        var stream = Stream()
        stream.fusion.identify(.strap, as: identity(Self.serial))
        stream.fusion.identify(.strapByBluetooth, as: identity(Self.serial))
        var heart = StrapRecognitionTests.Heart(150, noise: 8, seed: 6)
        var time = 0.0
        var expected: [UInt16] = []
        for beat in 0..<40 {
            let ticks = heart.next()
            expected.append(ticks)
            time += Double(ticks) / 1024
            if beat < 20 {
                stream.heart(time, 150, .strap)
                stream.beat(time, ticks, .strap)
            }
            stream.heart(time + 0.1, 150, .strapByBluetooth)
            stream.beat(time + 0.1, ticks, .strapByBluetooth)
        }
        #expect(stream.intervals.map(\.ticks) == expected)
        #expect(stream.intervals.allSatisfy { !$0.followsGap })
    }

    @Test func twoThatTellOneNumberProveNothing() {
        var stream = Stream()
        stream.heart(0, 120, .strap)
        stream.heart(0.1, 120, .strapByBluetooth)
        stream.heart(0.2, 120, .otherByBluetooth)
        for sensor in [SensorID.strapByBluetooth, .otherByBluetooth, .strap] {
            stream.fusion.identify(sensor, as: identity(Self.serial))
        }
        stream.heart(0.3, 120, .strapByBluetooth)
        stream.heart(0.4, 120, .otherByBluetooth)
        #expect(stream.fusion.sensors.allSatisfy { $0.sameAs == nil })
    }

    @Test func aPodIsKnownAgainToo() {
        var stream = Stream()
        stream.run(0, speed: 3, .pod)
        stream.fusion.identify(.pod, as: identity(0x0777_001F))
        stream.fusion.identify(.podByBluetooth, as: identity(0x0777_001F))
        stream.run(0.3, speed: 3.1, .podByBluetooth)
        #expect(sameAs(stream, .podByBluetooth) == .pod)
    }

    // MARK: Two athletes

    /// Two hearts that keep step: the same rate, the same breathing, hardly any noise.
    private func runTogether(_ stream: inout Stream, beats: Int, seed: UInt64) {
        var one = StrapRecognitionTests.Heart(170, noise: 4, breathing: 4, seed: seed)
        var other = StrapRecognitionTests.Heart(170, noise: 4, breathing: 4, seed: seed &+ 1000)
        var oneTime = 0.0
        var otherTime = 0.1
        for _ in 0..<beats {
            let ticks = one.next()
            oneTime += Double(ticks) / 1024
            stream.heart(oneTime, 170, .strap)
            stream.beat(oneTime, ticks, .strap)
            let others = other.next()
            otherTime += Double(others) / 1024
            stream.heart(otherTime, 170, .otherByBluetooth)
            stream.beat(otherTime, others, .otherByBluetooth)
        }
    }

    @Test func twoAthletesWithDifferentNumbersAreNotTakenForOne() {
        for seed in 1...6 as ClosedRange<UInt64> {
            var stream = Stream()
            stream.fusion.identify(.strap, as: identity(Self.serial))
            stream.fusion.identify(.otherByBluetooth, as: identity(Self.serial &+ 1))
            runTogether(&stream, beats: 400, seed: seed)
            #expect(!isUsed(stream, .otherByBluetooth), "seed \(seed)")
        }
    }

    /// A name that happens to carry the neighbour's number lowers what is asked of the beats, and they still say no.
    @Test func twoAthletesAndAMisleadingNameAreNotTakenForOne() {
        for seed in 1...6 as ClosedRange<UInt64> {
            var stream = Stream()
            stream.fusion.identify(.otherByBluetooth, as: identity(name: "HRM-Dual:016815"))
            runTogether(&stream, beats: 400, seed: seed)
            #expect(!isUsed(stream, .otherByBluetooth), "seed \(seed)")
        }
    }

    /// Whose other radio is proved, the same beats from a third sensor are somebody else's.
    @Test func afterAProofBeatsSayNoMore() {
        var stream = Stream()
        stream.fusion.identify(.strap, as: identity(Self.serial))
        stream.fusion.identify(.strapByBluetooth, as: identity(Self.serial))
        var heart = StrapRecognitionTests.Heart(120, noise: 20, seed: 8)
        var time = 0.0
        for _ in 0..<200 {
            let ticks = heart.next()
            time += Double(ticks) / 1024
            for sensor in [SensorID.strap, .strapByBluetooth, .otherByBluetooth] {
                stream.heart(time, 120, sensor)
                stream.beat(time, ticks, sensor)
            }
        }
        #expect(sameAs(stream, .strapByBluetooth) == .strap)
        #expect(!isUsed(stream, .otherByBluetooth))
    }

    // MARK: Names

    /// - Returns: the beat at which the Bluetooth strap was recognised.
    private func beatsUntilRecognised(name: String?) -> Int? {
        var stream = Stream()
        stream.fusion.identify(.strapByBluetooth, as: identity(name: name))
        var heart = StrapRecognitionTests.Heart(120, noise: 12, seed: 2)
        var time = 0.0
        for beat in 1...200 {
            let ticks = heart.next()
            time += Double(ticks) / 1024
            stream.heart(time, 120, .strap)
            stream.beat(time, ticks, .strap)
            stream.beat(time, ticks, .strapByBluetooth)
            if isUsed(stream, .strapByBluetooth) { return beat }
        }
        return nil
    }

    @Test func aNameThatCarriesTheANTNumberNeedsFewerBeats() throws {
        let plain = try #require(beatsUntilRecognised(name: "Strap"))
        let hinted = try #require(beatsUntilRecognised(name: "HRM-Dual:016815"))
        #expect(hinted < plain)
        #expect(hinted >= 16)
    }

    @Test func aNameChoosesASensorWhateverItsAddressIs() throws {
        let name = try #require(SensorName("ble:name:Polar H10 12345678"))
        var stream = Stream(FusionConfiguration(names: [name]))
        stream.heart(0, 100, .otherByBluetooth)
        stream.heart(0, 100, .strap)
        #expect(stream.out.isEmpty)
        stream.fusion.identify(.strapByBluetooth, as: identity(name: "polar h10 12345678"))
        stream.fusion.identify(.otherByBluetooth, as: identity(name: "Polar H9 1"))
        stream.heart(1, 120, .strapByBluetooth)
        stream.heart(1, 100, .otherByBluetooth)
        #expect(stream.out.map(\.heartRate) == [120])
        #expect(isUsed(stream, .strapByBluetooth))
        // It was heard before it told its name: as good.
        stream.fusion.identify(.otherByBluetooth, as: identity(name: "Polar H10 12345678"))
        #expect(isUsed(stream, .otherByBluetooth))
    }

    @Test func aSensorThatIsListedGoesBeforeOneThatIsNamed() throws {
        let name = try #require(SensorName("ble:name:Belt"))
        var stream = Stream(FusionConfiguration(sensors: [.strap], names: [name]))
        stream.fusion.identify(.strapByBluetooth, as: identity(name: "Belt"))
        stream.heart(0, 100, .strapByBluetooth)
        for quarter in 1...40 {
            stream.heart(Double(quarter) / 4, 120, .strap)
            if quarter % 4 == 0 { stream.heart(Double(quarter) / 4, 100, .strapByBluetooth) }
        }
        #expect(stream.out.first?.heartRate == 100)
        #expect(stream.out.last?.heartRate == 120)
    }

    @Test func identitiesAreBounded() {
        var stream = Stream()
        for number in 0..<1000 {
            stream.fusion.identify(.bluetooth(address: UInt64(number)), as: identity(name: "\(number)"))
        }
        #expect(stream.fusion.identities.count == Fusion.identityLimit)
        stream.heart(0, 100, .strap)
        #expect(stream.out.count == 1)
    }
}
