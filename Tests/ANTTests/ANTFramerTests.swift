// SPDX-License-Identifier: GPL-3.0-or-later
import TestSupport
import Testing

@testable import ANT

@Suite struct ANTFramerTests {
    static let messages: [(id: UInt8, payload: [UInt8])] = [
        (0x6F, [0x00]),
        (0x4E, [0x00, 0x84, 0xFF, 0x4D, 0x8C, 0x58, 0x8F, 0xA3, 0x55]),
        // A payload that looks like the start of a frame.
        (0x4E, [0x00, 0xA4, 0x09, 0x4E, 0x00, 0xA4, 0xA4, 0x01, 0x00]),
        (0x3E, bytes("41 50 32 55 53 42 31 2E 30 35 00")),
        (0x72, [UInt8](1...41)),
        (0x40, [0x00, 0x01, 0x02]),
    ]
    static let stream: [UInt8] = messages.flatMap { frame($0.id, $0.payload) + [0, 0] as [UInt8] }

    static func read(_ transfers: [[UInt8]], _ framer: inout ANTFramer) -> [ANTMessage] {
        var found: [ANTMessage] = []
        for transfer in transfers {
            var offset = 0
            while let message = framer.next(in: transfer.span, from: &offset) { found.append(message) }
            #expect(offset == transfer.count, "a transfer is always used up")
        }
        return found
    }

    static func read(_ transfers: [[UInt8]]) -> [ANTMessage] {
        var framer = ANTFramer()
        return read(transfers, &framer)
    }

    static var expected: [ANTMessage] {
        messages.compactMap { ANTMessage(id: ANTMessageID(rawValue: $0.id), payload: $0.payload.span) }
    }

    @Test func keepsIdentifierAndEveryPayloadByte() {
        let found = Self.read([Self.stream])
        #expect(found.count == Self.messages.count)
        for (message, truth) in zip(found, Self.messages) {
            #expect(message.id.rawValue == truth.id)
            #expect((0..<Int(message.length)).map { message.byte($0) } == truth.payload)
            #expect(message.byte(Int(message.length)) == nil)
            #expect(message.byte(-1) == nil)
        }
    }

    @Test func everySplitOfAStreamYieldsTheSameMessages() {
        let stream = Self.stream
        for first in 0...stream.count {
            #expect(Self.read([Array(stream[..<first]), [], Array(stream[first...])]) == Self.expected)
        }
        for size in 1...20 {
            let pieces: [[UInt8]] = stride(from: 0, to: stream.count, by: size).map {
                Array(stream[$0..<min($0 + size, stream.count)])
            }
            var framer = ANTFramer()
            #expect(Self.read(pieces, &framer) == Self.expected)
            #expect(framer.counters.skippedBytes == 0)
            #expect(framer.counters.frames == UInt64(Self.messages.count))
        }
    }

    @Test func zerosBetweenFramesAreNotErrors() {
        var framer = ANTFramer()
        let tail = [UInt8](repeating: 0, count: 40)
        let padded: [UInt8] = [0, 0, 0] + frame(0x6F, [0]) + [0, 0] + frame(0x6F, [0x20]) + tail
        #expect(Self.read([padded], &framer).count == 2)
        #expect(framer.counters.skippedBytes == 0)
        #expect(framer.counters.badChecksums == 0)
    }

    @Test func garbageIsCountedAndSkipped() {
        var framer = ANTFramer()
        #expect(Self.read([[0x01, 0xFF, 0x00] + frame(0x6F, [0]) + [0x33] + frame(0x6F, [0])], &framer).count == 2)
        #expect(framer.counters.skippedBytes == 3)
    }

    @Test func aFrameSwallowedByAFalseStartIsStillFound() {
        // A4 09 4E announces 13 bytes; the true frame begins inside them.
        let broken: [UInt8] = [0xA4, 0x09, 0x4E] + frame(0x6F, [0]) + frame(0x40, [0, 1, 2]) + frame(0x40, [0, 1, 7])
        for cut in 0...broken.count {
            var framer = ANTFramer()
            let found = Self.read([Array(broken[..<cut]), Array(broken[cut...])], &framer)
            #expect(found.map(\.id.rawValue) == [0x6F, 0x40, 0x40])
            #expect(framer.counters.badChecksums == 1)
            // A4, 09 and 4E.
            #expect(framer.counters.skippedBytes == 3)
        }
    }

    @Test func impossibleLengthsAreCountedAndPassedOver() {
        for length in [UInt8(0), 42, 0xA4, 255] {
            var framer = ANTFramer()
            let broken: [UInt8] = [0xA4, length] + frame(0x6F, [0])
            var found = 0
            for byte in broken { found += Self.read([[byte]], &framer).count }
            #expect(found == 1)
            // A4 A4: the second is a sync byte with the impossible length A4 of the frame behind it.
            #expect(framer.counters.badLengths == (length == 0xA4 ? 2 : 1))
        }
    }

    @Test func randomGarbageBetweenFramesLosesNoFrame() {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<300 {
            var stream: [UInt8] = []
            for message in Self.messages {
                // Without sync bytes: with them a frame may be eaten by a false frame whose checksum holds.
                let count = Int.random(in: 0..<30, using: &generator)
                stream += (0..<count).map { _ in UInt8.random(in: 0...0xA3, using: &generator) }
                stream += frame(message.id, message.payload)
            }
            let cut = Int.random(in: 0...stream.count, using: &generator)
            #expect(Self.read([Array(stream[..<cut]), Array(stream[cut...])]) == Self.expected)
        }
    }

    /// Whatever comes out of hostile bytes stands in them, with a checksum that holds.
    private func check(_ found: [ANTMessage], standIn stream: [UInt8], _ note: Comment) {
        var position = 0
        for message in found {
            let body = frame(message.id.rawValue, (0..<Int(message.length)).compactMap { message.byte($0) })
            while position + body.count <= stream.count, Array(stream[position..<position + body.count]) != body {
                position += 1
            }
            #expect(position + body.count <= stream.count, note)
            position += body.count
        }
    }

    @Test func noSingleBitErrorYieldsAMessageThatWasNotSent() {
        let good = frame(0x4E, [0, 0x84, 0xFF, 0x4D, 0x8C, 0x58, 0x8F, 0xA3, 0x55])
        let next = frame(0x40, [0, 1, 2])
        for bit in 0..<good.count * 8 {
            var broken = good
            broken[bit / 8] ^= 1 << UInt8(bit % 8)
            var framer = ANTFramer()
            // Padding long enough to finish any frame that a broken length announces.
            let stream = broken + next + [UInt8](repeating: 0, count: 64)
            let found = Self.read([stream], &framer)
            check(found, standIn: stream, "bit \(bit)")
            // Unless it hit the length, nothing but the frame behind comes out.
            if bit / 8 != 1 {
                #expect(found.map(\.id.rawValue) == [0x40], "bit \(bit)")
                #expect(framer.counters.skippedBytes > 0)
            }
        }
    }

    @Test func randomBytesNeverTrapAndNeverInvent() {
        var generator = SeededGenerator(seed: 42)
        for round in 0..<2_000 {
            let stream = (0..<Int.random(in: 0..<120, using: &generator)).map { _ in
                // Few values, so that sync bytes and short lengths are common.
                [0xA4, 0xA4, 0, 1, 2, 3, 9, 0x4E, UInt8.random(in: 0...255, using: &generator)].randomElement(
                    using: &generator)!
            }
            var pieces: [[UInt8]] = []
            var rest = stream[...]
            while !rest.isEmpty {
                let size = Int.random(in: 1...rest.count, using: &generator)
                pieces.append(Array(rest.prefix(size)))
                rest = rest.dropFirst(size)
            }
            var framer = ANTFramer()
            let found = Self.read(pieces, &framer)
            check(found, standIn: stream, "round \(round)")
            #expect(found == Self.read([stream]))
            #expect(framer.counters.frames == UInt64(found.count))
        }
    }
}
