// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import TestSupport
import Testing

@testable import ANT

@Suite struct ANTDecoderTests {
    /// A decoder fed by hand, with everything it said.
    struct Bench {
        var decoder = ANTDecoder()
        var events: [ANTEvent] = []

        mutating func receive(_ bytes: [UInt8], stick: UInt32 = 1, fromStick: Bool = true, at seconds: Double = 0) {
            decoder.receive(bytes.span, stick: stick, fromStick: fromStick, at: Timestamp(seconds: seconds)) {
                events.append($0)
            }
        }

        mutating func send(_ id: UInt8, _ payload: [UInt8], stick: UInt32 = 1) {
            receive(frame(id, payload) + [0, 0], stick: stick, fromStick: false)
        }

        mutating func finish() { decoder.finish { events.append($0) } }

        /// Of messages with data, in order.
        var senders: [SensorID?] {
            events.compactMap { event -> SensorID?? in
                if case .message(let message, let sensor, _) = event, message.id.carriesData {
                    .some(sensor)
                } else {
                    nil
                }
            }
        }
        var samples: [Sample] {
            events.compactMap { if case .sample(let sample) = $0 { sample } else { nil } }
        }
        var faults: [ANTFault] {
            events.compactMap { if case .bad(let fault) = $0 { fault } else { nil } }
        }
        var lost: [UInt32] {
            events.compactMap { if case .lostMessages(_, let count, _, _) = $0 { count } else { nil } }
        }
    }

    /// Beat 1 at 1 s, 60 bpm, behind the channel number.
    static func heartRate(channel: UInt8 = 0, count: UInt8 = 1, behind: [UInt8] = []) -> [UInt8] {
        frame(0x4E, [channel, 0x00, 0xFF, 0xFF, 0xFF, 0x00, 0x04, count, 0x3C] + behind)
    }

    static func trusted() -> Bench {
        var bench = Bench()
        bench.decoder.trust(stick: 1)
        return bench
    }

    @Test func theSenderIsTheChannelsDevice() {
        var bench = Self.trusted()
        // Device number 0x41AF, type 120 with the pairing bit, transmission type 0x21: bit 17 of the number is set.
        bench.send(0x51, [3, 0xAF, 0x41, 0xF8, 0x21])
        bench.receive(Self.heartRate(channel: 3))
        #expect(bench.senders == [.ant(deviceType: 120, number: 0x2_41AF)])
        #expect(bench.samples.count == 1)
        // The same from the stick's answer to a request.
        bench.receive(frame(0x51, [4, 0x07, 0x00, 0x78, 0x01]))
        bench.receive(Self.heartRate(channel: 4))
        #expect(bench.senders.last == .ant(deviceType: 120, number: 7))
    }

    @Test func extendedDataNameTheSenderOfEachMessage() {
        var bench = Self.trusted()
        bench.send(0x5B, [0, 0])
        // Flag 0xE0: channel id; −60 dBm (0xC4) of type 0x20 and its threshold; time 0x1234.
        let first = Self.heartRate(behind: [0xE0, 0x01, 0x00, 0x78, 0x01, 0x20, 0xC4, 0x80, 0x34, 0x12])
        let second = Self.heartRate(behind: [0x80, 0x02, 0x00, 0x78, 0x01])
        bench.receive(first + second + first)
        let one = SensorID.ant(deviceType: 120, number: 1)
        #expect(bench.senders == [one, .ant(deviceType: 120, number: 2), one])
        guard case .message(let message, _, _)? = bench.events.dropFirst().first else {
            Issue.record("no message")
            return
        }
        #expect(message.extendedData?.signalStrength == -60)
        #expect(message.extendedData?.receptionTime == 0x1234)
        #expect(message.description == "broadcast ch0 ant:120:1 heart rate page 0: 60 bpm, beat 1, -60 dBm")
        // In scan mode a message without them has no known sender.
        bench.receive(Self.heartRate())
        #expect(bench.senders.last == .some(nil))
        #expect(bench.decoder.counters.undecided == 1)
    }

    @Test func everyPrefixOfExtendedDataDecodesOrIsLeftOut() {
        let full: [UInt8] = [0xE0, 0x01, 0x00, 0x78, 0x01, 0x20, 0xC4, 0x80, 0x34, 0x12]
        for count in 1..<full.count {
            let found = ANTFramerTests.read([Self.heartRate(behind: Array(full.prefix(count)))])
            #expect(found.first?.extendedData == nil, "\(count) bytes")
            #expect(found.first?.page != nil)
        }
    }

    @Test func legacyExtendedMessagesNameTheirSender() {
        for id in [UInt8(0x5D), 0x5E] {
            var bench = Self.trusted()
            bench.receive(frame(id, [0, 0xAF, 0x41, 0x78, 0x11, 0x00, 0xFF, 0xFF, 0xFF, 0x00, 0x04, 0x01, 0x3C]))
            #expect(bench.senders == [.ant(deviceType: 120, number: 0x1_41AF)])
            #expect(bench.samples.map(\.reading) == [.heartRate(HeartRateReading(beatsPerMinute: 60))])
        }
    }

    @Test func acknowledgedDataArePagesAndBurstsAreNot() {
        var bench = Self.trusted()
        bench.send(0x51, [1, 7, 0, 120, 1])
        bench.receive(frame(0x4F, [1, 0, 0xFF, 0xFF, 0xFF, 0, 4, 1, 60]))
        #expect(bench.samples.count == 1)
        // Packet 5 of a burst on channel 1.
        bench.receive(frame(0x50, [0xA1, 0, 0xFF, 0xFF, 0xFF, 0, 4, 1, 60]))
        #expect(bench.samples.count == 1)
        #expect(bench.senders.last == .ant(deviceType: 120, number: 7))
        // What the host sends is no measurement.
        bench.send(0x4E, [1, 0, 0xFF, 0xFF, 0xFF, 0, 4, 1, 60])
        #expect(bench.samples.count == 1)
    }

    @Test(arguments: [(8070, 120), (32_280, 120), (8134, 124), (8182, 0)])
    func anUntoldDeviceTypeIsInferredFromThePeriod(_ period: UInt16, _ type: UInt8) {
        var bench = Self.trusted()
        bench.send(0x51, [0, 0, 0, 0, 0])
        bench.send(0x43, [0, UInt8(period & 0xFF), UInt8(period >> 8)])
        bench.receive(Self.heartRate())
        #expect(bench.senders == [type == 0 ? nil : .ant(deviceType: type, number: 0)])
        #expect(bench.decoder.counters.undecided == (type == 0 ? 1 : 0))
        // A reset forgets the channel.
        bench.receive(frame(0x6F, [0x20]))
        bench.receive(Self.heartRate())
        #expect(bench.senders.last == .some(nil))
    }

    @Test func aKindOfSensorThatIsNotUnderstoodIsNamedButNotDecoded() {
        var bench = Self.trusted()
        bench.send(0x51, [0, 9, 0, 11, 1])
        bench.receive(Self.heartRate())
        #expect(bench.senders == [.ant(deviceType: 11, number: 9)])
        #expect(bench.samples == [])
    }

    @Test func wildcardsOnTwoChannelsAreNotMixed() {
        var bench = Self.trusted()
        for channel in [UInt8(0), 1] { bench.send(0x51, [channel, 0, 0, 120, 0]) }
        // Each channel counts on by one; together they would jump.
        for count in 0..<4 as Range<UInt8> {
            for channel in [UInt8(0), 1] {
                bench.receive(
                    frame(0x4E, [channel, 0, 255, 255, 255, 0, 4 * count, count &+ 100 * channel, 60]),
                    at: Double(count))
            }
        }
        let intervals = bench.samples.compactMap { sample -> UInt16? in
            if case .rrInterval(let interval) = sample.reading { interval.ticks } else { nil }
        }
        #expect(intervals == [UInt16](repeating: 1024, count: 6))
    }

    // MARK: Lost messages. Period 8070/32768 s = 0.24628 s.

    static func arrivals(_ times: [Double], failures: [Double] = []) -> Bench {
        var bench = trusted()
        bench.send(0x51, [0, 7, 0, 120, 1])
        let all = times.map { ($0, false) } + failures.map { ($0, true) }
        for (time, failed) in all.sorted(by: { $0.0 < $1.0 }) {
            bench.receive(failed ? frame(0x40, [0, 1, 2]) : heartRate(), at: time)
        }
        bench.finish()
        return bench
    }

    @Test(
        arguments: [
            // Regular, and with 0.1 s of jitter.
            ([0, 0.246, 0.493, 0.739], [], []),
            ([0, 0.346, 0.493, 0.739], [], []),
            // One missing; with the stick's own word for it; three missing, two of them told.
            ([0, 0.246, 0.739, 0.985], [], [1]),
            ([0, 0.246, 0.739, 0.985], [0.5], [1]),
            ([0, 0.246, 1.231], [0.5, 0.75], [3]),
            // Told, though the next message came early.
            ([0, 0.246, 0.6], [0.5], [1]),
            // A host that was busy: two messages come late, at once with the third. Nothing is lost.
            ([0, 0.246, 0.985, 0.986, 0.987, 1.232], [], []),
            // The same, and one of them is missing.
            ([0, 0.246, 0.985, 0.986, 1.232], [], [1]),
            // The last gap is told at the end.
            ([0, 0.246, 0.739], [], [1]),
            // Time that runs backwards loses nothing.
            ([5, 4.9, 4.8], [], []),
        ] as [([Double], [Double], [UInt32])])
    func lostMessagesAreCountedOnce(_ times: [Double], _ failures: [Double], _ lost: [UInt32]) {
        let bench = Self.arrivals(times, failures: failures)
        #expect(bench.lost == lost)
        #expect(bench.decoder.counters.lostMessages == lost.reduce(0) { $0 + UInt64($1) })
    }

    @Test func whatTwoSticksHearIsNotLostWhenOneFails() {
        var bench = Bench()
        for stick in [UInt32(1), 2] {
            bench.decoder.trust(stick: stick)
            bench.send(0x51, [0, 7, 0, 120, 1], stick: stick)
        }
        for step in 0..<8 {
            let time = Double(step) * 8070 / 32_768
            if step == 4 {
                bench.receive(frame(0x40, [0, 1, 2]), stick: 1, at: time)
            } else {
                bench.receive(Self.heartRate(), stick: 1, at: time)
            }
            bench.receive(Self.heartRate(), stick: 2, at: time + 0.001)
        }
        bench.finish()
        #expect(bench.lost == [])
    }

    // MARK: Sticks

    @Test func twoMessagesProveAStickAndNoneIsLost() {
        var bench = Bench()
        bench.send(0x4A, [0])
        #expect(bench.events.isEmpty)
        #expect(!bench.decoder.isKnownStick(stick: 1))
        bench.receive(frame(0x6F, [0]))
        #expect(bench.decoder.isKnownStick(stick: 1))
        #expect(bench.events.count == 2)
        #expect(bench.decoder.counters.messages == 2)
        bench.receive([0xA4, 1, 0x6F, 0, 0])
        // Its three bytes that are not zero.
        #expect(bench.faults == [.checksum])
        #expect(bench.decoder.counters.skippedBytes == 3)
    }

    @Test func aTrustedStickGivesUpWhatWasHeldBack() {
        var bench = Bench()
        bench.receive(frame(0x6F, [0]))
        bench.decoder.trust(stick: 1)
        bench.receive([])
        #expect(bench.events.count == 1)
    }

    @Test func otherDevicesSayNothing() {
        var bench = Bench()
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<200 {
            bench.receive((0..<512).map { _ in UInt8.random(in: 0...255, using: &generator) })
        }
        // A lone frame amid other bytes proves nothing, however often.
        for _ in 0..<50 { bench.receive([1] + Self.heartRate() + [2]) }
        #expect(bench.events.isEmpty)
        #expect(bench.decoder.counters == ANTDecoder.Counters())
    }

    @Test func manySensorsAndSticksAreBounded() {
        var bench = Self.trusted()
        for number in 1...ANTDecoder.sensorLimit + 72 {
            let bytes = [UInt8(number & 0xFF), UInt8(number >> 8)]
            bench.receive(Self.heartRate(behind: [0x80, bytes[0], bytes[1], 120, 1]))
        }
        #expect(bench.samples.count == ANTDecoder.sensorLimit)
        #expect(bench.decoder.counters.sensorOverflow == 72)
        #expect(bench.faults.allSatisfy { $0 == .tooManySensors })
        // Any number of other devices pass; of sticks, the limit.
        for stick in 2..<500 as Range<UInt32> { bench.receive([1, 2, 3], stick: stick) }
        #expect(bench.decoder.counters.stickOverflow == 0)
        for stick in 500..<540 as Range<UInt32> { bench.decoder.trust(stick: stick) }
        bench.receive([0], stick: 900)
        #expect(bench.decoder.counters.stickOverflow == 1)
        #expect(bench.decoder.isKnownStick(stick: 1))
    }

    @Test func aSessionMaySeeAnyNumberOfReplugs() {
        var bench = Bench()
        // Each plugging-in gives a stick a new number; a heart-rate message as in the tests above, twice to prove the stick.
        for stick in 1...200 as ClosedRange<UInt32> {
            for _ in 0..<2 {
                bench.receive(Self.heartRate(behind: [0x80, 7, 0, 120, 1]), stick: stick, at: Double(stick))
            }
        }
        #expect(bench.decoder.counters.stickOverflow == 0)
        #expect(bench.samples.count == 400)
        // While they all speak, none makes room for one more.
        var crowd = Bench()
        for stick in 1...33 as ClosedRange<UInt32> {
            for _ in 0..<2 {
                crowd.receive(Self.heartRate(behind: [0x80, 7, 0, 120, 1]), stick: stick, at: Double(stick) / 100)
            }
        }
        #expect(crowd.decoder.counters.stickOverflow == 2)
    }

    @Test func dataCutShortIsCounted() {
        var bench = Self.trusted()
        bench.receive(frame(0x4E, [0, 1, 2, 3]))
        #expect(bench.faults == [.shortData])
        #expect(bench.decoder.counters.shortData == 1)
    }

    @Test(arguments: [
        (frame(0x40, [2, 0x42, 0x00]), "response ch2 to assign channel: no error"),
        (frame(0x40, [0, 1, 1]), "response ch0 event: search time-out"),
        (frame(0x40, [0, 1, 7]), "response ch0 event: channel closed"),
        (frame(0x40, [0, 1, 8]), "response ch0 event: go to search"),
        (frame(0x40, [0, 1, 0xEE]), "response ch0 event: code 0xEE"),
        (frame(0x6F, [0x00]), "start-up after power-on"),
        (frame(0x6F, [0x20]), "start-up after command reset"),
        (frame(0x4A, [0x00]), "reset"),
        (frame(0x4D, [0, 0x54]), "request ch0 of capabilities"),
        (frame(0x61, [0xE4, 0x7A, 0x61, 0x12]), "serial number 308378340"),
        (frame(0x43, [0, 0x86, 0x1F]), "channel period ch0 8070/32768 s"),
        (frame(0x45, [0, 57]), "RF frequency ch0 2457 MHz"),
        (frame(0x51, [0, 0xAF, 0x41, 0x78, 0x01]), "channel id ch0 ant:120:16815, transmission type 0x01"),
        (frame(0x46, [0, 1, 2, 3, 4, 5, 6, 7, 8]), "network key of network 0"),
        (frame(0xEE, [0x12, 0xAB]), "message 0xEE 12 AB"),
        (
            heartRate(behind: [0x80, 0xAF, 0x41, 0x78, 0x01]),
            "broadcast ch0 ant:120:16815 heart rate page 0: 60 bpm, beat 1"
        ),
        (heartRate(), "broadcast ch0 00 FF FF FF 00 04 01 3C"),
    ])
    func describes(_ bytes: [UInt8], _ text: String) {
        #expect(ANTFramerTests.read([bytes]).map(\.description) == [text])
    }

    @Test func anyBytesOnAnyStickNeverTrap() {
        var generator = SeededGenerator(seed: 13)
        var bench = Bench()
        for stick in 0..<4 as Range<UInt32> { bench.decoder.trust(stick: stick) }
        for _ in 0..<5_000 {
            let id = UInt8.random(in: 0x3D...0x70, using: &generator)
            let payload = (0..<Int.random(in: 1...41, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            bench.decoder.receive(
                frame(id, payload).span, stick: .random(in: 0..<4, using: &generator),
                fromStick: .random(using: &generator),
                at: Timestamp(nanoseconds: Int64(bitPattern: generator.next()))
            ) { event in
                if case .message(let message, let sensor, _) = event {
                    #expect(!message.description(sensor: sensor).isEmpty)
                }
            }
        }
        #expect(bench.decoder.counters.messages == 5_000)
    }
}
