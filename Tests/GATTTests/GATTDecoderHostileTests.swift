// SPDX-License-Identifier: GPL-3.0-or-later
import BinaryCoding
import Capture
import GATT
import Measurement
import TestSupport
import Testing

/// Input that a broken or malicious device, or a damaged recording, could hold.
@Suite struct GATTDecoderHostileTests {
    @Test func fragmentsThatDoNotAddUpAreCountedAndTheNextPDUIsRead() {
        var talk = Conversation()
        talk.connect()
        talk.discoverStrap(0x40)
        let frame = Conversation.l2cap(bytes("1B 1000 10 3C 0004"))
        talk.acl(0x40, boundary: 1, frame, fromHost: false)
        // A start that a new start interrupts: 11 bytes, 6 came.
        talk.acl(0x40, boundary: 2, Array(frame[..<6]), fromHost: false)
        talk.acl(0x40, boundary: 2, Array(frame[..<6]), fromHost: false)
        // One byte too many.
        talk.acl(0x40, boundary: 1, Array(frame[6...]) + [0], fromHost: false)
        talk.acl(0x40, boundary: 2, frame + [0, 0], fromHost: false)
        // Half a header, interrupted.
        talk.acl(0x40, boundary: 2, Array(frame[..<2]), fromHost: false)
        talk.acl(0x40, boundary: 3, frame, fromHost: false)
        // 0x1000 bytes announced for ATT: refused, its continuation passed over.
        talk.acl(0x40, boundary: 2, bytes("0010 0400 1B"), fromHost: false)
        talk.acl(0x40, boundary: 1, [UInt8](repeating: 0x1B, count: 100), fromHost: false)
        // An ATT PDU without an opcode.
        talk.acl(0x40, boundary: 2, bytes("0000 0400"), fromHost: false)
        #expect(
            talk.faults == [
                .continuationWithoutStart,
                .unfinished(missing: 5),
                .overlong(declared: 7, present: 8),
                .overlong(declared: 7, present: 9),
                .reservedBoundary(3),
                .unfinished(missing: 2),
                .tooLong(declared: 4096),
                .attribute(opcode: nil, .truncated(field: "opcode", offset: 0)),
            ])
        #expect(talk.samples.isEmpty)
        talk.acl(0x40, boundary: 2, frame, fromHost: false)
        #expect(talk.samples == [rate(60), interval(1024, gap: true)])
    }

    @Test func anyCutOfAFrameIntoFragmentsReadsTheSame() {
        let frame = Conversation.l2cap(bytes("1B 1000 10 3C 0004"))
        for first in 0...frame.count {
            for second in first...frame.count {
                var talk = Conversation()
                talk.connect()
                talk.discoverStrap(0x40)
                talk.acl(0x40, boundary: 2, Array(frame[..<first]), fromHost: false)
                // The other direction runs in between.
                talk.host(0x40, "0A 1300")
                if first < frame.count {
                    talk.acl(0x40, boundary: 1, Array(frame[first..<second]), fromHost: false)
                }
                if second < frame.count {
                    talk.acl(0x40, boundary: 1, Array(frame[second...]), fromHost: false)
                }
                #expect(talk.samples == [rate(60), interval(1024, gap: true)], "cut at \(first), \(second)")
                #expect(talk.faults.isEmpty)
            }
        }
    }

    @Test func otherChannelsArePassedOver() {
        var talk = Conversation()
        talk.connect()
        talk.discoverStrap(0x40)
        // Signalling, whole and in pieces; security; a classic channel that lies about its length.
        let signal = Conversation.l2cap(bytes("12 01 0800 0600 0C00 0000 C800"), channel: 5)
        talk.acl(0x40, boundary: 2, signal, fromHost: false)
        talk.acl(0x40, boundary: 2, Array(signal[..<6]), fromHost: false)
        talk.acl(0x40, boundary: 1, Array(signal[6...]), fromHost: false)
        talk.acl(0x40, boundary: 2, Array(signal[..<6]), fromHost: false)
        talk.acl(0x40, boundary: 2, Conversation.l2cap(bytes("0B 05"), channel: 6), fromHost: false)
        talk.acl(0x40, boundary: 2, signal + [1, 2, 3], fromHost: false)
        #expect(talk.faults.isEmpty)
        #expect(talk.decoder.counters.otherChannels == 5)
        talk.peer(0x40, "1B 1000 00 40")
        #expect(talk.samples == [rate(64)])
    }

    @Test func aClassicConnectionLeavesNoTrace() {
        var talk = Conversation()
        talk.acl(0x0B, boundary: 2, Conversation.l2cap(bytes("0A 01 0200 0200"), channel: 1), fromHost: false)
        talk.event("05 04 00 0B00 13")
        #expect(talk.events.isEmpty)
    }

    @Test func lengthsThatLieAreCounted() {
        var talk = Conversation()
        talk.packet(.acl, bytes("40 20 05"), sentByHost: false)
        talk.packet(.acl, bytes("4020 0500 00000000"), sentByHost: false)
        talk.packet(.event, bytes("3E"), sentByHost: false)
        talk.packet(.event, bytes("3E 02 01"), sentByHost: false)
        talk.packet(.event, bytes("3E 00"), sentByHost: false)
        talk.packet(.event, bytes("05 01 00"), sentByHost: false)
        #expect(
            talk.faults == [
                .hci(.acl, .truncated(field: "header", offset: 0)),
                .lengthMismatch(.acl, declared: 5, present: 4),
                .hci(.event, .truncated(field: "header", offset: 0)),
                .lengthMismatch(.event, declared: 2, present: 1),
                .hci(.event, .truncated(field: "subevent", offset: 2)),
                .hci(.event, .truncated(field: "connection handle", offset: 3)),
            ])
        #expect(talk.decoder.counters.bad == 6)
        // Commands and sound are not ours, whatever they hold.
        talk.packet(.command, [], sentByHost: true)
        talk.packet(.sco, [1], sentByHost: true)
        talk.packet(.iso, [1], sentByHost: true)
        #expect(talk.decoder.counters.bad == 6)
    }

    @Test(arguments: [
        // entry lengths that cannot be, lists that do not divide, handles that run backwards
        ["10 0100 FFFF 0028", "11 00 0E00"], ["10 0100 FFFF 0028", "11 05 0E00 1300 0D"],
        ["10 0100 FFFF 0028", "11 06 0E00 1300 0D18 00"], ["10 0100 FFFF 0028", "11"],
        ["08 0100 FFFF 0328", "09 00 0E00"], ["08 0100 FFFF 0328", "09 07"],
        ["08 0100 FFFF 0328", "09 06 0F00 10 1000 37"], ["08 0100 FFFF 0328", "09 07 1000 10 0F00 372A"],
        ["08 0100 FFFF 0328", "09 07 0F00 10 0000 372A"], ["08 0100 FFFF 0328 00"], ["08 0100 FF"],
        ["04 0100 FFFF", "05 03 1000 372A"], ["04 0100 FFFF", "05 01 1000 37"], ["04 0100 FFFF", "05"],
        ["06 0100 FFFF 0028 0D18", "07 0E00 13"], ["06 0100 FFFF 0028 0D18", "07"], ["06 0100"],
        ["0A 10"], ["0C 1000"], ["01 08"], ["02 17"], ["02 1700", "03 17"],
    ])
    func pdusThatCannotBeAreCounted(_ exchange: [String]) {
        var talk = Conversation(reportsPDUs: true)
        talk.connect()
        for hex in exchange {
            let isServer = ATTOpcode(rawValue: bytes(hex)[0])?.role == .response
            if isServer { talk.peer(0x40, hex) } else { talk.host(0x40, hex) }
        }
        #expect(talk.faults.count == 1)
        #expect(talk.lines.count == exchange.count)
        talk.host(0x40, "04 1000 1000")
        talk.peer(0x40, "05 01 1000 372A")
        talk.peer(0x40, "1B 1000 00 40")
        #expect(talk.samples == [rate(64)])
    }

    @Test func aResponseToAnotherRequestTeachesNothing() {
        var talk = Conversation()
        talk.connect()
        talk.host(0x40, "10 0100 FFFF 0028")
        talk.peer(0x40, "09 07 0F00 10 1000 372A")
        talk.peer(0x40, "01 0A 0000 01")
        talk.peer(0x40, "1B 1000 00 40")
        #expect(talk.samples.isEmpty)
        #expect(talk.decoder.counters.unmatchedResponses == 2)
    }

    // MARK: Bounds

    @Test func connectionsAreBounded() {
        var talk = Conversation()
        for handle in UInt16(0)..<100 { talk.peer(handle, "1B 1000 00 40") }
        #expect(talk.decoder.counters.overLimit == 36)
        #expect(talk.events.count == 36)
        // The latest are alive, the earliest have lost what they had gathered.
        for handle in [UInt16(99), 0] {
            talk.events = []
            talk.peer(handle, "1B 1000 00 40")
            talk.peer(handle, "1B 1000 00 40")
            #expect(talk.samples.count == (handle == 99 ? 1 : 0))
        }
    }

    @Test func handlesToGuessAtAreBounded() {
        var talk = Conversation()
        talk.connect()
        for handle in 1...9 {
            for _ in 0..<2 { talk.peer(0x40, "1B 0\(handle)00 00 40") }
        }
        #expect(talk.decoder.counters.overLimit == 2)
        talk.peer(0x40, "1B 0900 00 40")
        #expect(talk.samples.isEmpty)
        talk.peer(0x40, "1B 0800 00 40")
        #expect(talk.samples == [rate(64)])
        // That freed a place.
        for _ in 0..<3 { talk.peer(0x40, "1B 0900 00 41") }
        #expect(talk.samples == [rate(64), rate(65)])
    }

    @Test func attributesAreBounded() {
        var talk = Conversation()
        talk.connect()
        for page in 0..<200 {
            talk.host(0x40, "04 0100 FFFF")
            let entries = (0..<4).map { index in
                let handle = page * 4 + index + 1
                return [UInt8(handle & 0xFF), UInt8(handle >> 8), 0x37, 0x2A]
            }
            talk.acl(0x40, boundary: 2, Conversation.l2cap([0x05, 0x01] + entries.flatMap { $0 }), fromHost: false)
        }
        #expect(talk.decoder.counters.overLimit == 800 - 512)
    }

    @Test func advertisersAreBoundedAndAConnectedDeviceOutlastsTheCrowd() {
        var talk = Conversation()
        talk.connect()
        talk.discoverStrap(0x40)
        talk.event("05 04 00 4000 13")
        for device in 0..<1000 {
            let number = String(device, radix: 16)
            let low = String(repeating: "0", count: 4 - number.count) + number
            talk.event("3E 10 02 01 00 01 \(low) 0203 04C6 04 03030D18 C8")
        }
        #expect(talk.decoder.counters.overLimit == 1000 - 255)
        talk.connect("4100")
        talk.peer(0x41, "1B 1000 00 40")
        #expect(talk.samples == [rate(64)])
    }

    // MARK: Damage

    private func session() -> Conversation {
        var talk = Conversation()
        talk.event("3E 16 02 01 04 00 01A000F512C4 0A 09 09 506F6C6172204837 C8")
        talk.connect()
        talk.discoverStrap(0x40)
        let frame = Conversation.l2cap(bytes("1B 1000 10 3C 0004"))
        talk.acl(0x40, boundary: 2, Array(frame[..<6]), fromHost: false)
        talk.acl(0x40, boundary: 1, Array(frame[6...]), fromHost: false)
        talk.peer(0x40, "23 1000 0400 10 3C 0004 2000 0100 50")
        talk.host(0x40, "0A 1300")
        talk.peer(0x40, "0B 01")
        talk.event("05 04 00 4000 13")
        return talk
    }

    @Test func everyPrefixOfEveryPacketIsSurvived() {
        let whole = session()
        for index in whole.packets.indices {
            for count in 0..<whole.packets[index].bytes.count {
                var talk = Conversation(reportsPDUs: true)
                for (other, packet) in whole.packets.enumerated() {
                    let bytes = other == index ? Array(packet.bytes[..<count]) : packet.bytes
                    talk.packet(packet.type, bytes, sentByHost: packet.sentByHost)
                }
                #expect(talk.faults.count >= 1, "packet \(index) cut to \(count)")
            }
        }
    }

    @Test func mutationsAreSurvivedAndGiveTheSameTwice() {
        let whole = session()
        func run(_ seed: UInt64) -> [GATTEvent] {
            var generator = SeededGenerator(seed: seed)
            var talk = Conversation(reportsPDUs: true)
            for packet in whole.packets {
                var bytes = packet.bytes
                for _ in 0..<Int.random(in: 0...2, using: &generator) {
                    bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(
                        in: 0...255, using: &generator)
                }
                talk.packet(packet.type, bytes, sentByHost: seed % 3 == 0 ? nil : packet.sentByHost)
                for case .pdu(let pdu) in talk.events.suffix(3) { _ = pdu.description }
            }
            return talk.events
        }
        for seed in UInt64(0)..<1000 { #expect(run(seed) == run(seed)) }
    }

    @Test func randomBytesAreSurvived() {
        var generator = SeededGenerator(seed: 1)
        var talk = Conversation(reportsPDUs: true)
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...40, using: &generator)
            var packet = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let type = HCIPacketType.allCases.randomElement(using: &generator) ?? .acl
            // Half of them with honest lengths, so that they reach the inner layers.
            if type == .acl, count >= 9, Bool.random(using: &generator) {
                packet.replaceSubrange(1..<4, with: [packet[1] & 0x30, UInt8(count - 4), 0])
                packet.replaceSubrange(4..<8, with: [UInt8(count - 8), 0, 4, 0])
            } else if type == .event, count >= 3, Bool.random(using: &generator) {
                packet[0] = 0x3E
                packet[1] = UInt8(count - 2)
            }
            talk.packet(type, packet, sentByHost: [true, false, nil].randomElement(using: &generator) ?? nil)
            for case .pdu(let pdu) in talk.events { _ = pdu.description }
            talk.events.removeAll(keepingCapacity: true)
        }
        #expect(talk.decoder.counters.packets == 20_000)
        #expect(talk.decoder.counters.attributePDUs > 500)
    }

    @Test func theFirstPartOfARecordingGivesTheFirstPartOfTheEvents() {
        let whole = session()
        for count in whole.packets.indices {
            var talk = Conversation()
            for packet in whole.packets[..<count] {
                talk.packet(packet.type, packet.bytes, sentByHost: packet.sentByHost)
            }
            #expect(talk.events == Array(whole.events.prefix(talk.events.count)))
        }
    }
}
