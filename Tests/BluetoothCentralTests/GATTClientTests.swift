// SPDX-License-Identifier: GPL-3.0-or-later
@testable import BluetoothCentral
import GATT
import TestSupport
import Testing

@Suite struct GATTClientTests {
    @Test func discoversAStrapAndSwitchesItOnBeforeItReadsTheRest() {
        var dialogue = GATTDialogue()
        var heard = dialogue.start()
        for (index, exchange) in Strap.exchanges.enumerated() {
            #expect(heard == ["> " + exchange.question], "question \(index)")
            heard = dialogue.hear(exchange.answer)
            for line in exchange.outcome {
                #expect(heard.first == line, "after answer \(index)")
                if !heard.isEmpty { heard.removeFirst() }
            }
        }
        #expect(heard == [])
        #expect(dialogue.client.phase == .complete)
        #expect(dialogue.client.deadline == nil)
        #expect(dialogue.client.counters.refusals == 5)
        // 67 bpm with RR 882 and 906.
        #expect(dialogue.hear("1B 0A00 10 43 7203 8A03") == ["0x2A37@000a = 104372038a03"])
    }

    // MARK: Every state, every event

    /// Where a strap's dialogue stands before an exchange, and what its question turns into.
    struct Row: Sendable, CustomTestStringConvertible {
        var exchange: Int
        var state: GATTClient.State
        /// Refused with "unlikely error", 0x0E.
        var refused: GATTClient.State
        /// Answered by a response of one byte, its opcode; where that is a whole answer, the state after the answer.
        var malformed: GATTClient.State
        var testDescription: String { "\(state)" }
    }

    static let rows = [
        Row(
            exchange: 0, state: .exchangingMTU, refused: .findingServices(from: 1),
            malformed: .findingServices(from: 1)),
        Row(exchange: 1, state: .findingServices(from: 1), refused: .failed, malformed: .failed),
        // The services found so far suffice; those that cannot be read make the peer unfit.
        Row(
            exchange: 2, state: .findingServices(from: 0x0E),
            refused: .findingCharacteristics(service: 0, from: 8), malformed: .failed),
        // Heart Rate's characteristics are what the connection is for.
        Row(
            exchange: 3, state: .findingCharacteristics(service: 0, from: 8), refused: .failed,
            malformed: .failed),
        Row(
            exchange: 4, state: .findingCharacteristics(service: 0, from: 0x0D),
            refused: .findingDescriptors(characteristic: 0, from: 0x0B),
            malformed: .findingDescriptors(characteristic: 0, from: 0x0B)),
        Row(
            exchange: 5, state: .findingDescriptors(characteristic: 0, from: 0x0B), refused: .failed,
            malformed: .failed),
        // A write response has one byte.
        Row(
            exchange: 6, state: .subscribing(characteristic: 0), refused: .failed,
            malformed: .findingCharacteristics(service: 1, from: 4)),
        // What is not a measurement may fail.
        Row(
            exchange: 7, state: .findingCharacteristics(service: 1, from: 4),
            refused: .findingCharacteristics(service: 2, from: 0x0E),
            malformed: .findingCharacteristics(service: 2, from: 0x0E)),
        Row(
            exchange: 9, state: .findingDescriptors(characteristic: 2, from: 7),
            refused: .findingCharacteristics(service: 2, from: 0x0E),
            malformed: .findingCharacteristics(service: 2, from: 0x0E)),
        Row(
            exchange: 10, state: .subscribing(characteristic: 2),
            refused: .findingCharacteristics(service: 2, from: 0x0E),
            malformed: .findingCharacteristics(service: 2, from: 0x0E)),
        // An empty value is a value.
        Row(
            exchange: 19, state: .reading(characteristic: 1, offset: 0),
            refused: .reading(characteristic: 3, offset: 0), malformed: .reading(characteristic: 3, offset: 0)),
        Row(
            exchange: 22, state: .reading(characteristic: 5, offset: 0), refused: .complete,
            malformed: .complete),
        Row(exchange: 23, state: .complete, refused: .complete, malformed: .complete),
    ]

    /// Events that a client takes in its stride in any state, and what it sends to them.
    static let bystanders: [(name: String, pdu: String, sends: [String])] = [
        ("nothing", "", []),
        ("a notification of nobody", "1B 7700 01", []),
        ("a notification without a handle", "1B 77", []),
        ("several values, the second cut short", "23 7700 0100 AA 7800 0500 BB", []),
        ("an indication of nobody", "1D 7700 01", ["> 1e"]),
        ("an indication without a handle", "1D 77", []),
        ("a confirmation", "1E", []),
        ("a command", "52 0100 FF", []),
        ("an unknown command", "7F 01", []),
        ("an unknown request", "3F 01", ["> 013f000006"]),
        ("the peer's MTU request", "02 4000", ["> 03f700"]),
        ("the peer's MTU request, cut short", "02 40", ["> 0102000004"]),
        ("the peer's search for services", "10 0100 FFFF 0028", ["> 011001000a"]),
        ("a response that nobody asked for", "19", []),
        ("an error to something else", "01 16 0000 06", []),
        ("an error of one byte", "01", []),
        ("a PDU of 248 bytes", "1B 0A00" + String(repeating: "00", count: 245), []),
    ]

    @Test(arguments: rows) func everyStateTakesEveryEvent(_ row: Row) throws {
        let base = Strap.dialogue(after: row.exchange)
        #expect(base.client.state == row.state)
        for bystander in Self.bystanders {
            var dialogue = base
            #expect(dialogue.hear(bystander.pdu) == bystander.sends, "\(bystander.name)")
            #expect(dialogue.client.state == row.state, "\(bystander.name)")
        }
        // Time: nothing before 30 s are over.
        var early = base
        #expect(early.tick(at: 29.9) == [])
        #expect(early.client.state == row.state)
        var late = base
        if row.state == .complete {
            #expect(late.tick(at: 1e6) == [])
            #expect(late.client.state == .complete)
            return
        }
        let question = try #require(bytes(Strap.exchanges[row.exchange].question).first)
        let opcode = try #require(ATTOpcode(rawValue: question))
        #expect(late.tick(at: 30) == ["no answer to \(opcode.name) for 30 s"])
        #expect(late.client.state == .failed)
        // An expired transaction ends the bearer: even the answer is not heard any more.
        #expect(late.hear(Strap.exchanges[row.exchange].answer) == [])
        #expect(late.tick(at: 99) == [])

        var refused = base
        _ = refused.hear([0x01, question, 0x00, 0x00, 0x0E])
        #expect(refused.client.state == row.refused, "refused")
        var malformed = base
        _ = malformed.hear([question + 1])
        #expect(malformed.client.state == row.malformed, "malformed")
        // The same answer again finds no question, or the wrong one.
        var twice = base
        _ = twice.hear(Strap.exchanges[row.exchange].answer)
        let once = twice.client.state
        let next = row.exchange + 1 < Strap.exchanges.count ? bytes(Strap.exchanges[row.exchange + 1].question)[0] : 0
        if next != question {
            #expect(twice.hear([question + 1, 0, 0, 0, 0]) == [])
            #expect(twice.client.state == once, "answered twice")
            #expect(twice.client.counters.unmatched == 1)
        }
    }

    // MARK: Failures in words

    struct Failing: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// Answers in place of the strap's own, from an exchange on.
        var exchange: Int
        var answers: [String]
        var words: String
        var needsPairing = false
    }

    static let failing = [
        Failing(
            testDescription: "no service at all", exchange: 1, answers: ["01 10 0100 0A"],
            words: "offers neither heart rate nor running speed and cadence"),
        Failing(
            testDescription: "only a battery", exchange: 1, answers: ["11 06 0100 FFFF 0F18"],
            words: "offers neither heart rate nor running speed and cadence"),
        Failing(
            testDescription: "services out of order", exchange: 2, answers: ["11 06 0D00 1100 0F18"],
            words: "sends an answer to Read By Group Type Request that cannot be read"),
        Failing(
            testDescription: "a service that ends before it begins", exchange: 1, answers: ["11 06 0800 0700 0D18"],
            words: "sends an answer to Read By Group Type Request that cannot be read"),
        Failing(
            testDescription: "a value outside of its service", exchange: 3, answers: ["09 07 0900 10 0E00 372A"],
            words: "sends an answer to Read By Type Request that cannot be read"),
        Failing(
            testDescription: "a measurement that does not notify", exchange: 3,
            answers: ["09 07 0900 02 0A00 372A", "01 08 0A00 0A"],
            words: "has no Heart Rate Measurement that can be switched on"),
        Failing(
            testDescription: "a measurement without a configuration", exchange: 5, answers: ["05 01 0B00 0129"],
            words: "has no Heart Rate Measurement that can be switched on"),
        Failing(
            testDescription: "a bond is wanted", exchange: 6, answers: ["01 12 0B00 08"],
            words: "refuses to send Heart Rate Measurement: insufficient authorization", needsPairing: true),
        Failing(
            testDescription: "improperly configured", exchange: 6, answers: ["01 12 0B00 FD"],
            words: "refuses to send Heart Rate Measurement: client configuration improperly configured"),
    ]

    @Test(arguments: failing) func saysInWordsWhatIsWrong(_ row: Failing) {
        var dialogue = Strap.dialogue(after: row.exchange)
        var last: [String] = []
        for answer in row.answers { last = dialogue.hear(answer) }
        #expect(last == [row.words])
        #expect(dialogue.client.phase == .failed)
        #expect(dialogue.client.deadline == nil)
    }

    @Test(arguments: [
        (0x05, true), (0x08, true), (0x0C, true), (0x0F, true), (0x03, false), (0x0E, false), (0xFD, false),
    ])
    func knowsWhichRefusalsABondMends(code: Int, mends: Bool) {
        let failure = GATTClientFailure.refused(.heartRateMeasurement, ATTErrorCode(rawValue: UInt8(code)))
        #expect(failure.needsPairing == mends)
    }

    // MARK: Particular peers

    @Test func aFootpodWith128BitUUIDsAndAnIndicatedMeasurementIsSwitchedOn() {
        var dialogue = GATTDialogue()
        _ = dialogue.start()
        // Request not supported: the MTU stays 23.
        #expect(dialogue.hear("01 02 0000 06") == ["> 100100ffff0028"])
        // Entries of 20: 00001814-0000-1000-8000-00805F9B34FB.
        #expect(
            dialogue.hear("11 14 1000 FFFF FB349B5F80000080 00100000 14180000") == ["> 081000ffff0328"])
        // Entries of 21: 00002A53-…, 20 indicate.
        #expect(
            dialogue.hear("09 15 1100 20 1200 FB349B5F80000080 00100000 532A0000") == ["> 081200ffff0328"])
        #expect(dialogue.hear("01 08 1200 0A") == ["> 041300ffff"])
        // Format 2: 00002902-….
        #expect(dialogue.hear("05 02 1300 FB349B5F80000080 00100000 02290000") == ["> 1213000200"])
        #expect(dialogue.hear("13") == ["ready", "complete"])
        #expect(dialogue.hear("1D 1200 00 0003 AA") == ["0x2A53@0012 = 000003aa", "> 1e"])
    }

    @Test func bothMeasurementsOfADoubleSensorAreSwitchedOnBeforeItIsReady() {
        var dialogue = GATTDialogue()
        _ = dialogue.start()
        _ = dialogue.hear("03 F700")
        // The footpod's service stands first, the strap's second.
        #expect(dialogue.hear("11 06 0100 0400 1418 0500 0800 0D18") == ["> 100900ffff0028"])
        #expect(dialogue.hear("01 10 0900 0A") == ["> 08050008000328"])
        #expect(dialogue.hear("09 07 0600 10 0700 372A") == ["> 08070008000328"])
        #expect(dialogue.hear("01 08 0700 0A") == ["> 0408000800"])
        #expect(dialogue.hear("05 01 0800 0229") == ["> 1208000100"])
        #expect(dialogue.hear("13") == ["> 08010004000328"])
        #expect(dialogue.hear("09 07 0200 10 0300 532A") == ["> 08030004000328"])
        #expect(dialogue.hear("01 08 0300 0A") == ["> 0404000400"])
        #expect(dialogue.hear("05 01 0400 0229") == ["> 1204000100"])
        #expect(dialogue.hear("13") == ["ready", "complete"])
    }

    @Test func aLongNameIsReadInParts() {
        var dialogue = Strap.dialogue(after: 21)
        // 22 bytes fill a PDU of 23: there may be more.
        let first = String(repeating: "41", count: 22)
        #expect(dialogue.hear("0B" + first) == ["> 0c14001600"])
        #expect(dialogue.hear("0D" + first) == ["> 0c14002c00"])
        #expect(dialogue.hear("0D 4242") == ["0x2A29@0014 = " + first + first + "4242", "> 0a0300"])
        // A value of just 22 bytes: "invalid offset", or an empty part.
        #expect(dialogue.hear("0B" + first) == ["> 0c03001600"])
        #expect(dialogue.hear("01 0C 0300 07") == ["0x2A00@0003 = " + first, "complete"])
    }

    @Test func aValueWithoutEndIsCutAt512Bytes() throws {
        var dialogue = Strap.dialogue(after: 21)
        let part = String(repeating: "41", count: 22)
        var last = dialogue.hear("0B" + part)
        var parts = 1
        while let question = last.first, question.hasPrefix("> 0c"), parts < 100 {
            last = dialogue.hear("0D" + part)
            parts += 1
        }
        // 24 parts of 22 are the first to reach 512.
        #expect(parts == 24)
        #expect(last == ["0x2A29@0014 = " + String(repeating: "41", count: 512), "> 0a0300"])
    }

    @Test func movedAttributesAreDiscoveredAnew() {
        var dialogue = Strap.dialogue(after: 23)
        // Service Changed, 0001-FFFF: confirmed, then everything from the services on.
        #expect(
            dialogue.hear("1D 0600 0100 FFFF") == ["0x2A05@0006 = 0100ffff", "> 1e", "> 100100ffff0028"])
        // Until then no handle means anything.
        #expect(dialogue.hear("1B 0A00 00 48") == [])
        var outcome: [String] = []
        for exchange in Strap.exchanges[1...] { outcome += dialogue.hear(exchange.answer) }
        #expect(outcome.filter { $0 == "ready" || $0 == "complete" } == ["ready", "complete"])
        #expect(dialogue.hear("1B 0A00 00 48") == ["0x2A37@000a = 0048"])
    }

    @Test func attributesThatMoveDuringARequestAreDiscoveredAfterItsAnswer() {
        // The battery's level is being read.
        var dialogue = Strap.dialogue(after: 20)
        #expect(dialogue.hear("1D 0600 0100 FFFF") == ["0x2A05@0006 = 0100ffff", "> 1e"])
        #expect(dialogue.hear("0B 5F") == ["> 100100ffff0028"])
    }

    @Test func aPeerThatMovesItsAttributesForEverIsNotFollowedForEver() {
        var dialogue = Strap.dialogue(after: 23)
        var starts = 0
        for _ in 0..<100 {
            starts += dialogue.hear("1D 0600 0100 FFFF").count { $0 == "> 100100ffff0028" }
            for exchange in Strap.exchanges[1...] { _ = dialogue.hear(exchange.answer) }
        }
        #expect(starts == GATTClient.restartLimit)
        #expect(dialogue.client.phase == .complete)
    }

    @Test func aPeerThatListsServicesWithoutEndIsGivenUp() {
        var dialogue = GATTDialogue()
        _ = dialogue.start()
        var last = dialogue.hear("03 1700")
        var handle: UInt16 = 1
        var questions = 0
        while last.first?.hasPrefix("> 10") == true, questions < 5000 {
            let low = UInt8(handle & 0xFF)
            let high = UInt8(handle >> 8)
            last = dialogue.hear([0x11, 6, low, high, low, high, 0x0D, 0x18])
            handle += 1
            questions += 1
        }
        #expect(last == ["lists attributes without end"])
        // The limit, less the MTU exchange.
        #expect(questions == GATTClient.requestLimit - 1)
    }

    @Test func theSmallerMTUHoldsAndNeverLessThan23() {
        for (offered, expected) in [
            ("0000", 23), ("1600", 23), ("1700", 23), ("4000", 64), ("F700", 247), ("FFFF", 247),
        ] {
            var dialogue = GATTDialogue()
            _ = dialogue.start()
            _ = dialogue.hear("03" + offered)
            #expect(dialogue.client.mtu == UInt16(expected), "\(offered)")
        }
    }
}
