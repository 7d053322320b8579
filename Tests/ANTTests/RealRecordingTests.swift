// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import TestSupport
import Testing

@testable import ANT

@Suite(.enabled(if: RealRecordings.available, "no real recordings beside the package"))
struct RealRecordingTests {
    static func decode(trusted: Bool = false) throws -> (events: [ANTEvent], decoder: ANTDecoder) {
        var decoder = ANTDecoder()
        var events: [ANTEvent] = []
        if trusted { decoder.trust(stick: 6) }
        for transfer in try RealRecordings.transfers() {
            decoder.receive(
                transfer.bytes.span, stick: 6, fromStick: transfer.fromStick,
                at: Timestamp(nanoseconds: transfer.nanoseconds)
            ) { events.append($0) }
        }
        decoder.finish { events.append($0) }
        return (events, decoder)
    }

    /// 465 messages are both directions together: 57 from the host, 408 from the stick, 344 of them broadcasts.
    @Test func everyMessageOfTheRecordingIsFound() throws {
        let (events, decoder) = try Self.decode()
        let messages = events.compactMap { event -> ANTMessage? in
            if case .message(let message, _, _) = event { message } else { nil }
        }
        #expect(messages.count == 465)
        #expect(messages.count { $0.id == .broadcast } == 344)
        #expect(messages.count { $0.response?.code == .receiveFailed && $0.response?.isEvent == true } == 3)
        #expect(messages.count { $0.id == .startup } == 3)
        #expect(decoder.counters.messages == 465)
        #expect(decoder.counters.badChecksums == 0)
        #expect(decoder.counters.badLengths == 0)
        #expect(decoder.counters.skippedBytes == 0)
        #expect(decoder.counters.undecided == 0)
        #expect(try Self.decode(trusted: true).events == events)
    }

    @Test func threeGapsOfOneMessageAreFoundOnce() throws {
        let (events, decoder) = try Self.decode()
        let gaps = events.compactMap { event -> String? in
            guard case .lostMessages(let sensor, let count, let from, let to) = event else { return nil }
            return "\(sensor) \(count) \(from.nanoseconds / 1000) \(to.nanoseconds / 1000)"
        }
        // The host set the wildcard for a device number and asked for no extended data.
        #expect(
            gaps == [
                "ant:120:0 1 753204592 753697059", "ant:120:0 1 786941722 787434136",
                "ant:120:0 1 796053233 796545678",
            ])
        #expect(decoder.counters.lostMessages == 3)
    }

    /// A second, plain method. In this recording the beat count never jumps by more than one (asserted), so the
    /// interval of every new beat but the first is the difference of two beat times. Where the message is page 4 and
    /// its "previous" time is not the last beat's own, both ways have to agree.
    @Test func everyKnowableIntervalIsFoundAndNoOther() throws {
        var expected: [(nanoseconds: Int64, ticks: Int)] = []
        var previous: (time: Int, count: Int)?
        for transfer in try RealRecordings.transfers() where transfer.fromStick && transfer.bytes[2] == 0x4E {
            let page = Array(transfer.bytes[4..<12]).map(Int.init)
            let time = page[4] + 256 * page[5]
            if let previous, page[6] != previous.count {
                #expect((page[6] - previous.count + 256) % 256 == 1)
                let ticks = (time - previous.time + 65_536) % 65_536
                expected.append((transfer.nanoseconds, ticks))
                let before = page[2] + 256 * page[3]
                if page[0] % 128 == 4, before != time { #expect((time - before + 65_536) % 65_536 == ticks) }
            }
            previous = (time, page[6])
        }
        let found = try Self.decode().events.compactMap { event -> (Int64, RRInterval)? in
            guard case .sample(let sample) = event, case .rrInterval(let interval) = sample.reading else { return nil }
            return (sample.time.nanoseconds, interval)
        }
        // 343 messages after the first, 215 of them without a new beat.
        #expect(expected.count == 128)
        #expect(found.map(\.0) == expected.map(\.nanoseconds))
        #expect(found.map { Int($0.1.ticks) } == expected.map(\.ticks))
        #expect(found.allSatisfy { !$0.1.followsGap })
    }

    @Test func heartRatesAndPagesAreTheRecordings() throws {
        let (events, _) = try Self.decode()
        let rates = events.compactMap { event -> Double? in
            guard case .sample(let sample) = event, case .heartRate(let reading) = sample.reading else { return nil }
            return reading.beatsPerMinute
        }
        #expect(rates.count == 344)
        #expect(rates.min() == 80)
        #expect(rates.max() == 111)
        let pages = Set(
            events.compactMap { event -> UInt8? in
                guard case .message(let message, _, _) = event, message.id == .broadcast else { return nil }
                return message.page.map { HeartRatePage($0).number }
            })
        #expect(pages == [1, 2, 3, 4, 7])
        let told = events.compactMap { event -> ANTSensorInfo? in
            if case .sensorInfo(_, let info) = event { info } else { nil }
        }
        #expect(told.last?.manufacturer != nil)
        #expect(told.last?.hardwareVersion != nil)
        #expect(told.last?.battery != nil)
        #expect(told.last?.serialNumber == nil, "half of it is the device number, which nobody told")
    }

    /// Each quoted line and what its source says it is. All eight checksums hold, the simulated page 3 included; that
    /// line carries two bytes of padding.
    static let quoted: [(start: String, description: String)] = [
        (
            // 04 00 F0 59 A3 5F C3 2B: 0x5FA3 − 0x59F0 = 1459.
            "a4144e0104", "broadcast ch1 ant:120:16815 heart rate page 4: 43 bpm, beat 195, RR 1459/1024 s"
        ),
        ("A4094E00B3", "broadcast ch0 ant:120:0 heart rate page 51: 93 bpm, beat 239"),
        ("A40340000102E4", "response ch0 event: receive failed"),
        ("a4094e0183", "broadcast ch1 ant:120:0 heart rate page 3: 72 bpm, beat 34, hardware 1, software 1, model 51"),
        ("a40340000103e5", "response ch0 event: sent"),
        ("A4144E0000", "broadcast ch0 ant:120:9297 heart rate page 0: 104 bpm, beat 155"),
        ("a40654080300", "capabilities 8 channels, 3 networks, options 08 03 00 BA 36 00"),
        ("a40b3e414a", "version \"AJK1.04RAF\""),
    ]

    @Test func quotedMessagesDecodeToWhatTheirSourcesSay() throws {
        let lines = try RealRecordings.text("ant/quoted-messages.csv").split(separator: "\n").compactMap { line in
            line.split(separator: ",").first { $0.lowercased().hasPrefix("a4") }
        }
        #expect(lines.count == Self.quoted.count)
        for (line, truth) in zip(lines, Self.quoted) {
            #expect(line.hasPrefix(truth.start))
            let found = ANTFramerTests.read([bytes(line)])
            #expect(found.count == 1)
            let sensor = found.first?.extendedData?.channelID?.sensor ?? .ant(deviceType: 120, number: 0)
            #expect(found.first?.description(sensor: sensor) == truth.description)
        }
    }
}
