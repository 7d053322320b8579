// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import TestSupport
import Testing

@testable import Fusion

@Suite struct FusionTests {
    // MARK: Whose sensors count

    @Test func anUnboundAthleteAdoptsTheFirstSensorOfEachKindThatGivesAValue() {
        var stream = Stream()
        stream.heart(0, nil, .otherStrap)
        stream.heart(0.1, 131, .otherByBluetooth, contact: false)
        stream.heart(0.2, 120, .strap)
        stream.heart(0.3, 150, .otherStrap)
        stream.heart(0.4, 151, .otherByBluetooth)
        stream.run(0.5, speed: 3, .pod)
        stream.run(0.6, speed: 5, .podByBluetooth)
        #expect(stream.brought(.heartRate, \.heartRate) == [120])
        #expect(stream.brought(.speed, \.speed) == [3])
        let used = stream.fusion.sensors.filter(\.used)
        #expect(used.map(\.id) == [.strap, .pod])
        #expect(used.map(\.kind) == [.heartRate, .footpod])
        #expect(stream.fusion.sensors.count == 5)
    }

    @Test func anUnboundAthleteKeepsTheAdoptedSensorWhenItFallsSilent() {
        var stream = Stream()
        stream.heart(0, 120, .strap)
        for second in 1...60 { stream.heart(Double(second), 150, .otherStrap) }
        #expect(stream.brought(.heartRate, \.heartRate) == [120])
    }

    @Test func aBoundAthleteHasOnlyTheListedSensors() {
        var stream = Stream(FusionConfiguration(sensors: [.strap, .pod]))
        stream.heart(0, 150, .otherStrap)
        stream.heart(1, 120, .strap)
        stream.run(1, speed: 5, .podByBluetooth)
        stream.run(1, speed: 3, .pod)
        #expect(stream.brought(.heartRate, \.heartRate) == [120])
        #expect(stream.brought(.speed, \.speed) == [3])
        #expect(stream.fusion.sensors.map(\.used) == [true, true, false, false])
        #expect(stream.fusion.counters.foreign == 2)
    }

    @Test func aWildcardIsUsedWhenUnboundOrListedAndStandsForNoNumber() {
        let wildcard = SensorID.ant(deviceType: 120, number: 0)
        var unbound = Stream()
        unbound.heart(0, 120, wildcard)
        #expect(unbound.out.count == 1)
        var bound = Stream(FusionConfiguration(sensors: [.strap]))
        bound.heart(0, 120, wildcard)
        #expect(bound.out.isEmpty)
        var listed = Stream(FusionConfiguration(sensors: [wildcard]))
        listed.heart(0, 120, wildcard)
        listed.heart(1, 150, .strap)
        #expect(listed.brought(.heartRate, \.heartRate) == [120])
    }

    @Test func theFirstNumberOfAnAdoptedWildcardIsTheSameDevice() {
        let wildcard = SensorID.ant(deviceType: 120, number: 0)
        var stream = Stream()
        stream.heart(0, 120, wildcard)
        for second in 1...20 {
            stream.heart(Double(second), 121, .strap)
            stream.heart(Double(second), 150, .otherStrap)
        }
        #expect(Set(stream.brought(.heartRate) { $0.heartRate! }) == [120, 121])
        #expect(stream.fusion.sensors.first { $0.id == .strap }?.sameAs == wildcard)
    }

    @Test func sensorsBeyondTheLimitAreCounted() {
        var stream = Stream(FusionConfiguration(sensors: [.strap]))
        for number in 1...100 {
            stream.heart(0, 150, .ant(deviceType: 120, number: UInt32(number)))
        }
        stream.heart(1, 120, .strap)
        #expect(stream.out.count == 1)
        #expect(stream.fusion.sensors.count == Fusion.sensorLimit)
        #expect(stream.fusion.counters.beyondLimit == 100 - (Fusion.sensorLimit - 1))
    }

    @Test func reportsBatteryAndTimes() throws {
        var stream = Stream()
        stream.heart(2, 120)
        stream.send(3, .strap, .battery(percent: 80))
        stream.heart(9, 120)
        let seen = try #require(stream.fusion.sensors.first)
        #expect(seen.battery == 80)
        #expect(seen.firstSeen == Timestamp(seconds: 2))
        #expect(seen.lastSeen == Timestamp(seconds: 9))
        #expect(seen.cadence == nil)
    }

    // MARK: Fail-over

    //  strap  ████████████··········████████████
    //  other  ████████████████████████████████
    //  source strap       │other         │strap, after the hold time
    @Test func failsOverWhenStaleAndReturnsAfterTheHoldTime() {
        var stream = Stream(FusionConfiguration(sensors: [.strap, .otherStrap]))
        for quarter in 0..<200 {
            let time = Double(quarter) / 4
            if !(10..<20).contains(time) { stream.heart(time, 120, .strap) }
            stream.heart(time + 0.1, 130, .otherStrap)
        }
        let changes = zip(stream.out, stream.out.dropFirst())
            .filter { $0.heartRate != $1.heartRate }.map { $1.time.seconds }
        // Last heard at 9.75 s and stale after 3 s; back at 20 s and held for 5 s.
        #expect(changes == [12.85, 25])
        #expect(stream.fusion.counters.switches == 2)
    }

    @Test func aFlappingPreferredSensorNeverTakesOver() {
        var stream = Stream(FusionConfiguration(sensors: [.strap, .otherStrap]))
        for quarter in 0..<400 {
            let time = Double(quarter) / 4
            // On for 4 s, off for 4 s, from the fourth second on.
            if time >= 4, Int(time) % 8 < 4, time > 8 { stream.heart(time, 120, .strap) }
            stream.heart(time + 0.1, 130, .otherStrap)
        }
        #expect(!stream.out.contains { $0.heartRate == 120 })
    }

    @Test func freshnessFollowsASlowSensor() {
        var stream = Stream()
        for step in 0..<10 { stream.heart(Double(step) * 8, 120, .file(.heartRate)) }
        stream.run(72 + 18, speed: 3, .file(.footpod))
        #expect(stream.out.last?.heartRate == 120, "2.5 × 8 s")
        stream.run(72 + 21, speed: 3, .file(.footpod))
        #expect(stream.out.last?.heartRate == nil)
    }

    @Test func valuesThatNoOneRenewsAreBlanked() {
        var stream = Stream()
        stream.run(0, speed: 3, cadence: 170)
        stream.heart(0, 120)
        stream.heart(1, 120)
        stream.heart(2, 120)
        #expect(stream.out.last?.speed == 3)
        stream.heart(3.5, 120)
        #expect(stream.out.last?.speed == nil)
        #expect(stream.out.last?.cadence == nil)
        #expect(stream.out.last?.heartRate == 120)
    }

    @Test func aHeartRateThatTheStrapDeniesIsBlankedAtOnce() {
        var stream = Stream()
        stream.heart(0, 120)
        stream.heart(0.25, nil)
        #expect(stream.out.last?.heartRate == nil)
        #expect(stream.out.last?.updated == [])
    }

    @Test func gapsOfUsedSensorsAreKept() {
        var stream = Stream()
        for second in 0...10 { stream.heart(Double(second), 120) }
        for second in 30...40 { stream.heart(Double(second), 120) }
        stream.heart(0, 150, .otherStrap)
        #expect(
            stream.fusion.gaps == [
                SensorGap(
                    sensor: .strap, kind: .heartRate, start: Timestamp(seconds: 10),
                    end: Timestamp(seconds: 30))
            ])
        #expect(stream.fusion.openGaps(at: Timestamp(seconds: 42)).isEmpty)
        #expect(
            stream.fusion.openGaps(at: Timestamp(seconds: 50)).map(\.start)
                == [Timestamp(seconds: 40)])
    }

    // MARK: Values

    @Test func doubtfulValuesAreMarkedAndPassedOnAsTheyCame() {
        var stream = Stream()
        stream.heart(0, 300)
        #expect(stream.out.last?.doubts == .heartRateArtefact)
        #expect(stream.out.last?.heartRate == 300)
        stream.run(0.1, speed: 20, cadence: 320)
        #expect(stream.out.last?.doubts == [.heartRateArtefact, .speedOutlier, .cadenceOutlier])
        #expect(stream.out.last?.speed == 20)
        stream.run(0.35, speed: 3, cadence: 170)
        #expect(stream.out.last?.doubts == .heartRateArtefact)
        stream.heart(0.6, 120, contact: false)
        #expect(stream.out.last?.doubts == .noSkinContact)
        stream.heart(0.9, 120, contact: true)
        #expect(stream.out.last?.doubts == [])
    }

    @Test func aStrapOffTheSkinYieldsToOneOnIt() {
        var stream = Stream(FusionConfiguration(sensors: [.strap, .otherStrap]))
        for quarter in 0..<80 {
            let time = Double(quarter) / 4
            stream.heart(time, 90, .strap, contact: time < 10)
            stream.heart(time + 0.1, 130, .otherStrap)
        }
        #expect(stream.out.last?.heartRate == 130)
        #expect(stream.out.last?.doubts == [])
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func whatIsNoNumberIsCounted(value: Double) {
        var stream = Stream()
        stream.heart(0, value)
        stream.run(0, speed: value, cadence: value, distance: value)
        #expect(stream.out.isEmpty)
        #expect(stream.fusion.counters.unusable == 4)
    }

    @Test func timeNeverFalls() {
        var stream = Stream()
        stream.heart(10, 120)
        stream.heart(9, 121)
        stream.heart(11, 122)
        #expect(stream.out.map(\.time.seconds) == [10, 10, 11])
        #expect(stream.fusion.counters.backwards == 1)
    }

    @Test func stridesBecomeSteps() {
        var stream = Stream()
        stream.run(0, speed: 3, cadence: 85, as: .strides)
        #expect(stream.out.last?.cadence == 170)
        var configured = Stream(FusionConfiguration(cadenceConventions: [.pod: .steps]))
        configured.run(0, speed: 3, cadence: 85, as: .strides)
        #expect(configured.out.last?.cadence == 85)
        #expect(configured.fusion.sensors.first?.cadence?.basis == .configured)
    }

    // MARK: Distance

    @Test func distanceIsTheSourcesIncrements() {
        var stream = Stream()
        stream.run(0, distance: 1000)
        stream.run(1, distance: 1003)
        stream.run(2, distance: 1007)
        #expect(stream.out.map(\.distance) == [0, 3, 7])
    }

    @Test func theAgeOfADistanceIsToldWithItOnly() {
        var stream = Stream()
        stream.run(0, distance: 1000, aged: 0.25)
        stream.run(1, speed: 3)
        stream.run(2, distance: 1003, aged: 0.5)
        stream.heart(2, 150)
        stream.run(3, distance: 1006)
        #expect(stream.out.map(\.distanceAge) == [0.25, nil, 0.5, nil, nil])
    }

    @Test func distanceNeverFallsWhenASensorBeginsAnew() {
        var stream = Stream()
        for (second, metres) in [0.0, 3, 6, 0, 3].enumerated() {
            stream.run(Double(second), distance: metres)
        }
        #expect(stream.out.map(\.distance) == [0, 3, 6, 6, 9])
        #expect(stream.fusion.counters.distanceResets == 1)
    }

    @Test func aDistanceThatNoRunnerCoversIsNotAdded() {
        var stream = Stream()
        for (second, metres) in [0.0, 3, 1e9, 1e9 + 3].enumerated() {
            stream.run(Double(second), distance: metres)
        }
        #expect(stream.out.last?.distance == 6)
        #expect(stream.fusion.counters.distanceJumps == 1)
    }

    @Test func atAFailOverNoDistanceIsLostOrCountedTwice() throws {
        var stream = Stream(FusionConfiguration(sensors: [.pod, .podByBluetooth]))
        for second in 0..<60 {
            let time = Double(second)
            if time < 20 || time > 40 { stream.run(time, distance: 3 * time, .pod) }
            stream.run(time + 0.5, distance: 500 + 3 * (time + 0.5), .podByBluetooth)
        }
        let metres = try #require(stream.out.last?.distance)
        let time = try #require(stream.out.last?.time.seconds)
        #expect(abs(metres - 3 * time) < 0.01)
        #expect(stream.fusion.counters.switches == 2)
    }

    @Test func withoutADistanceSpeedIsIntegrated() {
        var stream = Stream()
        for (second, speed) in [2.0, 4, 4, 2].enumerated() {
            stream.run(Double(second), speed: speed)
        }
        #expect(stream.out.map(\.distance) == [0, 3, 7, 10])
        // 10 s of silence are not bridged.
        stream.run(13, speed: 2)
        #expect(stream.out.last?.distance == 10)
    }

    @Test func speedFillsInWhileADistanceIsAwayAndIsNotCountedTwice() throws {
        var stream = Stream()
        for second in 0..<40 {
            let time = Double(second)
            let distance: Double? = (10..<25).contains(time) ? nil : 3 * time
            stream.run(time, speed: 3, distance: distance)
        }
        #expect(zip(stream.out, stream.out.dropFirst()).allSatisfy { $0.distance! <= $1.distance! })
        let metres = try #require(stream.out.last?.distance)
        #expect(abs(metres - 117) < 0.01)
        let away = try #require(stream.out.first { $0.time.seconds == 20 }?.distance)
        #expect(abs(away - 60) < 0.01)
    }

    @Test func outliersAreNotIntegrated() {
        var stream = Stream()
        for (second, speed) in [3.0, 3, 100, 3].enumerated() {
            stream.run(Double(second), speed: speed)
        }
        #expect(stream.out.last?.distance == 9)
    }

    // MARK: Hostile input

    @Test func anySamplesKeepTheStreamsPromises() {
        var generator = SeededGenerator(seed: 7)
        for round in 0..<40 {
            var stream = Stream(
                FusionConfiguration(sensors: round % 2 == 0 ? [] : [.strap, .strapByBluetooth, .pod]))
            for _ in 0..<500 { stream.send(.random(using: &generator)) }
            var former: FusedSample?
            for sample in stream.out {
                if let former {
                    #expect(sample.time >= former.time)
                    #expect(sample.distance ?? .infinity >= former.distance ?? 0)
                }
                #expect(sample.distance?.isFinite != false)
                #expect(sample.cadence?.isFinite != false)
                former = sample
            }
            #expect(stream.fusion.sensors.count <= 2 * Fusion.sensorLimit)
            _ = stream.fusion.openGaps(at: Timestamp(nanoseconds: .max))
        }
    }

    @Test func theSameSamplesGiveTheSameStream() {
        func run() -> Stream {
            var generator = SeededGenerator(seed: 11)
            var stream = Stream()
            for _ in 0..<1000 { stream.send(.random(using: &generator)) }
            return stream
        }
        let one = run()
        let other = run()
        #expect(one.out == other.out)
        #expect(one.intervals == other.intervals)
        #expect(one.fusion.sensors == other.fusion.sensors)
    }
}

extension Sample {
    /// Anything a decoder could say, and more.
    static func random(using generator: inout SeededGenerator) -> Sample {
        func value() -> Double? {
            switch UInt8.random(in: 0..<8, using: &generator) {
            case 0: nil
            case 1: Double(bitPattern: generator.next())
            case 2: 0
            default: Double.random(in: 0..<250, using: &generator)
            }
        }
        let sensors: [SensorID] = [
            .strap, .strapByBluetooth, .otherStrap, .pod, .podByBluetooth,
            .ant(deviceType: 120, number: 0), .file(.heartRate), .file(.footpod),
            .bluetoothConnection(adapter: 0, handle: .random(in: 0...99, using: &generator)),
            .bluetooth(address: generator.next()),
        ]
        let time: Timestamp =
            switch UInt8.random(in: 0..<50, using: &generator) {
            case 0: Timestamp(nanoseconds: Int64(truncatingIfNeeded: generator.next()))
            default: Timestamp(seconds: .random(in: 0..<100, using: &generator))
            }
        let reading: Reading =
            switch UInt8.random(in: 0..<8, using: &generator) {
            case 0: .battery(percent: .random(in: 0...255, using: &generator))
            case 1, 2:
                .rrInterval(
                    RRInterval(
                        ticks: .random(in: 0...700, using: &generator),
                        followsGap: .random(using: &generator)))
            case 3, 4:
                .heartRate(
                    HeartRateReading(
                        beatsPerMinute: value(),
                        skinContact: generator.element(of: [nil, true, false])))
            default:
                .stride(
                    StrideReading(
                        speed: value(),
                        cadence: value().map {
                            Cadence(
                                perMinute: $0,
                                convention: generator.element(of: [.steps, .strides, .unknown]))
                        },
                        distance: value()))
            }
        return Sample(time: time, sensor: generator.element(of: sensors), reading: reading)
    }
}
