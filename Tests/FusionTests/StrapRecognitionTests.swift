// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import TestSupport
import Testing

@testable import Fusion

@Suite struct StrapRecognitionTests {
    /// Beat intervals of a heart, in 1/1024 s: breathing, drift and noise around a rate.
    struct Heart {
        var mean: Double
        /// Standard deviation of the noise, in 1/1024 s.
        var noise: Double
        /// Of the respiratory swing.
        var breathing = 6.0
        var phase = 0.0
        var generator: SeededGenerator

        init(_ bpm: Double, noise: Double, breathing: Double = 6, phase: Double = 0, seed: UInt64) {
            mean = 60 / bpm * 1024
            self.noise = noise
            self.breathing = breathing
            self.phase = phase
            generator = SeededGenerator(seed: seed)
        }

        mutating func next() -> UInt16 {
            phase += 1
            // The sum of twelve uniform numbers less six is nearly normal with deviation 1.
            var normal = -6.0
            for _ in 0..<12 { normal += Double.random(in: 0..<1, using: &generator) }
            // A triangle wave of 9 beats.
            let breath = abs((phase / 9).truncatingRemainder(dividingBy: 1) - 0.5) * 4 - 1
            return UInt16(max(1, mean + breathing * breath + noise * normal))
        }
    }

    private func recognised(_ stream: Stream) -> Bool {
        stream.fusion.sensors.contains { $0.id == .strapByBluetooth && $0.sameAs == .strap && $0.used }
    }

    /// One heart told by ANT at once and by Bluetooth `delay` seconds later, each with its own rounding.
    private func oneStrap(
        _ stream: inout Stream, heart: Heart, beats: Int, delay: Double, rounding: Int = 1,
        lost: (Int) -> Bool = { _ in false }
    ) {
        var heart = heart
        var rounder = SeededGenerator(seed: 99)
        var events: [(Double, SensorID, UInt16)] = []
        var time = 0.0
        var former = 0.0
        for beat in 0..<beats {
            let ticks = heart.next()
            time += Double(ticks) / 1024
            let off = Int.random(in: -rounding...rounding, using: &rounder)
            if !lost(beat) { events.append((time, .strap, ticks)) }
            events.append((time + delay, .strapByBluetooth, UInt16(Int(ticks) + off)))
        }
        for (time, sensor, ticks) in events.sorted(by: { $0.0 < $1.0 }) {
            if sensor == .strap {
                stream.heart(time, 61440 / Double(ticks), sensor)
                // As a decoder tells it: beats were missed.
                stream.beat(time, ticks, sensor, gap: time - former > 2)
                former = time
            } else {
                stream.beat(time, ticks, sensor)
            }
        }
    }

    @Test(arguments: [0.0, 1.0, 4.0])
    func oneStrapOnTwoRadiosIsRecognised(delay: Double) {
        var stream = Stream()
        oneStrap(
            &stream, heart: Heart(150, noise: 6, seed: 1), beats: 120, delay: delay, rounding: 2)
        #expect(recognised(stream))
    }

    @Test func aFewLostBeatsDoNotHinderIt() {
        var stream = Stream()
        oneStrap(&stream, heart: Heart(120, noise: 12, seed: 2), beats: 300, delay: 2) {
            $0 % 50 == 7
        }
        #expect(recognised(stream))
    }

    @Test(arguments: [
        (60.0, 30.0), (100, 15), (150, 6), (170, 4), (180, 2), (180, 1), (180, 0),
    ])
    func twoHeartsAtTheSameRateAreNotTakenForOne(bpm: Double, noise: Double) {
        for seed in 1...6 as ClosedRange<UInt64> {
            var stream = Stream()
            // Even the breathing goes together.
            var one = Heart(bpm, noise: noise, breathing: noise, seed: seed)
            var other = Heart(bpm, noise: noise, breathing: noise, seed: seed &+ 1000)
            var oneTime = 0.0
            var otherTime = 0.1
            for _ in 0..<400 {
                let ticks = one.next()
                oneTime += Double(ticks) / 1024
                stream.heart(oneTime, bpm, .strap)
                stream.beat(oneTime, ticks, .strap)
                let others = other.next()
                otherTime += Double(others) / 1024
                stream.beat(otherTime, others, .strapByBluetooth)
            }
            #expect(!recognised(stream), "seed \(seed)")
        }
    }

    @Test func twoStrapsOnTheSameRadioAreNeverOne() {
        var stream = Stream()
        var heart = Heart(140, noise: 10, seed: 3)
        var time = 0.0
        for _ in 0..<200 {
            let ticks = heart.next()
            time += Double(ticks) / 1024
            stream.heart(time, 140, .strap)
            stream.beat(time, ticks, .strap)
            stream.beat(time, ticks, .otherStrap)
        }
        #expect(stream.fusion.sensors.allSatisfy { $0.sameAs == nil })
    }

    @Test func oldBeatsAreNotCompared() {
        var stream = Stream()
        var heart = Heart(140, noise: 10, seed: 4)
        let beats = (0..<64).map { _ in heart.next() }
        for (index, ticks) in beats.enumerated() {
            stream.heart(Double(index) * 0.43, 140, .strap)
            stream.beat(Double(index) * 0.43, ticks, .strap)
        }
        for (index, ticks) in beats.enumerated() {
            stream.beat(600 + Double(index) * 0.43, ticks, .strapByBluetooth)
        }
        #expect(!recognised(stream))
    }

    // MARK: The stream of intervals

    @Test func noBeatIsToldTwice() {
        var stream = Stream()
        var heart = Heart(150, noise: 8, seed: 5)
        let expected = (0..<200).map { _ in heart.next() }
        oneStrap(
            &stream, heart: Heart(150, noise: 8, seed: 5), beats: 200, delay: 0.2, rounding: 0)
        #expect(stream.intervals.map(\.ticks) == expected)
        #expect(recognised(stream))
    }

    //  strap      1 2 3 … 150 151                          ANT falls silent
    //  Bluetooth  1 2 3 … 150 151 152 153 154 155 …        all there already when it takes over
    @Test(arguments: [0.2, 2.0, 4.0])
    func aFailOverToTheOtherRadioLosesNothing(delay: Double) {
        var stream = Stream()
        var heart = Heart(150, noise: 8, seed: 6)
        let expected = (0..<300).map { _ in heart.next() }
        oneStrap(
            &stream, heart: Heart(150, noise: 8, seed: 6), beats: 300, delay: delay, rounding: 1
        ) { $0 >= 150 }
        #expect(recognised(stream))
        #expect(stream.intervals.count == expected.count)
        #expect(
            zip(stream.intervals, expected).allSatisfy { abs(Int($0.ticks) - Int($1)) <= 1 })
        #expect(stream.intervals.allSatisfy { !$0.followsGap })
        #expect(stream.fusion.counters.switches > 0)
    }

    //  strap      1 … 150 ················ 221 222 … 300
    //  Bluetooth  1 …              …                 300
    @Test(arguments: [0.2, 2.0, 4.0])
    func theReturnOfThePreferredRadioLosesNothing(delay: Double) {
        var stream = Stream()
        var heart = Heart(150, noise: 8, seed: 6)
        let expected = (0..<400).map { _ in heart.next() }
        oneStrap(
            &stream, heart: Heart(150, noise: 8, seed: 6), beats: 400, delay: delay, rounding: 1
        ) { (150..<220).contains($0) }
        #expect(stream.intervals.count == expected.count)
        #expect(
            zip(stream.intervals, expected).allSatisfy { abs(Int($0.ticks) - Int($1)) <= 1 })
        #expect(stream.intervals.allSatisfy { !$0.followsGap })
        #expect(stream.fusion.counters.switches >= 2)
    }

    @Test func aFailOverToAnotherStrapIsMarked() {
        var stream = Stream(FusionConfiguration(sensors: [.strap, .otherByBluetooth]))
        var one = Heart(150, noise: 8, seed: 7)
        var other = Heart(148, noise: 8, seed: 8)
        for beat in 0..<200 {
            let time = Double(beat) * 0.4
            if beat < 100 { stream.beat(time, one.next(), .strap) }
            stream.beat(time + 0.1, other.next(), .otherByBluetooth)
        }
        #expect(stream.intervals.count(where: \.followsGap) == 1)
    }

    @Test func evenBeatsThatCannotBeToldApartAreMarked() {
        var stream = Stream(FusionConfiguration(sensors: [.strap, .strapByBluetooth]))
        for beat in 0..<200 {
            let time = Double(beat) * 0.4
            if beat < 100 { stream.beat(time, 410, .strap) }
            stream.beat(time + 0.1, 410, .strapByBluetooth)
        }
        #expect(stream.intervals.count(where: \.followsGap) == 1)
    }

    @Test func aSilenceOfTheOnlyStrapIsMarked() {
        var stream = Stream()
        stream.heart(0, 120)
        for beat in 0..<10 { stream.beat(Double(beat) * 0.5, 512) }
        for beat in 0..<10 { stream.beat(30 + Double(beat) * 0.5, 512) }
        #expect(stream.intervals.map(\.followsGap).firstIndex(of: true) == 10)
        #expect(stream.intervals.count(where: \.followsGap) == 1)
    }

    @Test func theNaturalLogarithmIsRight() {
        for (value, expected) in [
            (1.0, 0.0), (2, 0.693_147_180_559_945), (0.5, -0.693_147_180_559_945),
            (10, 2.302_585_092_994_046), (1e-3, -6.907_755_278_982_137), (19, 2.944_438_979_166_44),
        ] {
            #expect(abs(value.naturalLogarithm - expected) < 1e-7)
        }
    }
}
