// SPDX-License-Identifier: GPL-3.0-or-later
import TestSupport
import Testing

@testable import FIT

@Suite struct FITDecoderHostileTests {
    /// All vectors in one file, and a second file.
    static let everything =
        FITFileBuilder(records: FITDecoderTests.vectors.flatMap(\.records)).bytes
        + FITFileBuilder(records: FITDecoderTests.simple, claimedSize: 0, headerSize: 12).bytes

    @Test func everyPrefixGivesTheMessagesBeforeTheBreakAndSaysSo() {
        let whole = DecodedFile(Self.everything)
        #expect(whole.notes == [])
        #expect(whole.messages.count == FITDecoderTests.vectors.flatMap(\.expected).count + 1)
        let firstFile = FITFileBuilder(records: FITDecoderTests.vectors.flatMap(\.records)).bytes.count
        for count in 0..<Self.everything.count {
            let prefix = [UInt8](Self.everything.prefix(count))
            let cut = DecodedFile(prefix)
            #expect(cut.messages == [DecodedMessage](whole.messages.prefix(cut.messages.count)))
            #expect(cut.isAtEnd)
            if count != firstFile { #expect(cut.error != nil || cut.notes.count == 1, "\(count)") }
            #expect(cut == DecodedFile(prefix, piece: 1), "\(count) bytes, one at a time")
        }
    }

    @Test func howTheInputIsCutNeverMatters() {
        var generator = SeededGenerator(seed: 7)
        for round in 0..<600 {
            var bytes = Self.everything
            for _ in 0...round % 4 {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                switch UInt8.random(in: 0..<3, using: &generator) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: index)
                case _: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: index)
                }
            }
            let whole = DecodedFile(bytes)
            #expect(whole.isAtEnd)
            #expect(whole == DecodedFile(bytes, piece: 1 + round % 17), "round \(round)")
        }
    }

    @Test func randomBytesBehindAHeaderNeverTrap() {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<500 {
            let count = Int.random(in: 0..<300, using: &generator)
            let records = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            #expect(DecodedFile(FITFileBuilder(records: records).bytes).isAtEnd)
        }
    }

    @Test func notesAreBoundedAndFaultsCounted() {
        // 100 files, each with a bad checksum.
        let file = FITFileBuilder(records: FITDecoderTests.simple, checksum: 0x1234).bytes
        var decoder = FITDecoder()
        for _ in 0..<100 { decoder.append(file.span) }
        decoder.endOfInput()
        var messages = 0
        #expect(throws: Never.self) { while try decoder.advance() { messages += 1 } }
        #expect(decoder.faultCount == 100)
        #expect(decoder.notes.count == 51)
        #expect(messages == 100)
    }
}
