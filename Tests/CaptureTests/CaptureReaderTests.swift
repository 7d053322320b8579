// SPDX-License-Identifier: GPL-3.0-or-later
import Capture
import Measurement
import TestSupport
import Testing

@Suite struct CaptureReaderTests {
    @Test(arguments: SmallRecording.allCases) func readsEveryFormatToTheSameFrames(_ sample: SmallRecording) {
        let reading = Outcome(sample.bytes)
        #expect(reading.error == nil)
        #expect(reading.breakage == nil)
        #expect(reading.times == SmallRecording.times)
        #expect(reading.frames.map(\.bytes) == SmallRecording.packets)
        #expect(reading.frames.allSatisfy { $0.header.link == .bluetoothHCIH4WithDirection })
        #expect(reading.frames.allSatisfy { $0.header.interface == 0 })
        #expect(reading.frames.map { Int($0.header.originalLength) } == SmallRecording.packets.map(\.count))
    }

    @Test(arguments: SmallRecording.allCases, [1, 3, 7, 64])
    func readsTheSameHoweverTheBytesArrive(_ sample: SmallRecording, chunk: Int) {
        #expect(Outcome(sample.bytes, chunk: chunk) == Outcome(sample.bytes))
    }

    @Test(arguments: SmallRecording.allCases)
    func keepsAllBeforeATornBlockAndSaysWhatWasDropped(_ sample: SmallRecording) {
        let bytes = sample.bytes
        let boundaries = sample.boundaries
        let whole = Outcome(bytes)
        let headerBlocks = boundaries.count - 4
        for length in 0..<bytes.count {
            let reading = Outcome(Array(bytes.prefix(length)))
            guard length >= boundaries[1] else {
                #expect(reading.error != nil, "length \(length)")
                #expect(reading.frames.isEmpty)
                continue
            }
            let complete = boundaries.lastIndex { $0 <= length } ?? 0
            #expect(reading.error == nil)
            #expect(reading.frames == Array(whole.frames.prefix(max(0, complete - headerBlocks))))
            let start = boundaries[complete]
            if start == length {
                #expect(reading.breakage == nil)
            } else {
                #expect(
                    reading.breakage
                        == CaptureBreak(
                            position: UInt64(start), fault: .cutShort,
                            droppedBytes: UInt64(length - start)))
            }
        }
    }

    @Test(arguments: SmallRecording.allCases) func survivesEveryMutation(_ sample: SmallRecording) {
        var random = SeededGenerator(seed: 1)
        let sound = sample.bytes
        for _ in 0..<1500 {
            var bytes = sound
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                case 1: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
                case 2: bytes.remove(at: place)
                default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
                }
            }
            let reading = Outcome(bytes)
            // All is read, or it says where it stopped.
            if let breakage = reading.breakage {
                #expect(breakage.position + breakage.droppedBytes == UInt64(bytes.count))
            }
            #expect(reading == Outcome(bytes, chunk: 13))
        }
    }

    @Test func refusesRandomBytesAtOnce() {
        var random = SeededGenerator(seed: 2)
        for _ in 0..<2000 {
            let bytes = (0..<Int.random(in: 0..<64, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            #expect(Outcome(bytes).error == .notACapture)
        }
    }

    @Test func refusesZerosBeforeTheInputEnds() {
        var reader = CaptureReader()
        reader.append([UInt8](repeating: 0, count: 8).span)
        #expect(throws: CaptureError.notACapture) {
            try reader.next(frame: { _, _ in }, event: { _ in })
        }
        // It stays refused, and keeps nothing of what follows.
        reader.append([UInt8](repeating: 0, count: 8).span)
        #expect(throws: CaptureError.notACapture) {
            try reader.next(frame: { _, _ in }, event: { _ in })
        }
    }

    @Test func countsWhatFollowsABreakWithoutKeepingIt() throws {
        var reader = CaptureReader()
        let bytes = SmallRecording.pcapng.bytes + [UInt8](repeating: 0xAA, count: 16)
        reader.append(bytes.span)
        var step = CaptureStep.frame
        while step != .needsInput {
            step = try reader.next(frame: { _, _ in }, event: { _ in })
        }
        #expect(reader.frames == 3)
        let place = UInt64(SmallRecording.pcapng.bytes.count)
        #expect(reader.breakage?.position == place)
        #expect(reader.breakage?.droppedBytes == 16)
        reader.append([UInt8](repeating: 0, count: 1000).span)
        #expect(try reader.next(frame: { _, _ in }, event: { _ in }) == .needsInput)
        reader.endOfInput()
        var events: [CaptureEvent] = []
        #expect(try reader.next(frame: { _, _ in }, event: { events.append($0) }) == .event)
        #expect(
            events == [
                .broken(CaptureBreak(position: place, fault: .tooLong(0xAAAA_AAAA), droppedBytes: 1016))
            ]
                || events == [
                    .broken(CaptureBreak(position: place, fault: .badLength(0xAAAA_AAAA), droppedBytes: 1016))
                ])
        #expect(try reader.next(frame: { _, _ in }, event: { events.append($0) }) == .end)
        #expect(events.count == 1)
    }
}
