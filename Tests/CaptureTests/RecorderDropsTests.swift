// SPDX-License-Identifier: GPL-3.0-or-later
import Capture
import Measurement
import Testing

/// Frames that a recorder says it lost.
@Suite struct RecorderDropsTests {
    private static func drops(of bytes: [UInt8]) throws -> UInt64 {
        var reader = CaptureReader()
        reader.append(bytes.span)
        reader.endOfInput()
        while try reader.next(frame: { _, _ in }, event: { _ in }) != .end {}
        #expect(reader.breakage == nil)
        return reader.recorderDrops
    }

    private static func written(_ fill: (inout PcapngWriter) -> Void) throws -> [UInt8] {
        var writer = try PcapngWriter(.init())
        fill(&writer)
        var bytes: [UInt8] = []
        writer.drain(into: &bytes)
        return bytes
    }

    private static let frame = CapturedFrame(
        time: Timestamp(seconds: 1), link: .bluetoothHCIH4, interface: 0, originalLength: 1)

    @Test func whatPacketsTellAddsUp() throws {
        let bytes = try Self.written { writer in
            for drops in [0, 3, 4] as [UInt32] { writer.frame(Self.frame, [4].span, drops: drops) }
        }
        #expect(try Self.drops(of: bytes) == 7)
    }

    @Test func theStatisticsTellTheWhole() throws {
        let bytes = try Self.written { writer in
            writer.frame(Self.frame, [4].span, drops: 3)
            writer.statistics(drops: 2, at: Timestamp(seconds: 2))
        }
        #expect(try Self.drops(of: bytes) == 5)
        // Type 5, 40 bytes, interface 0, time 2 s in ns (0x7735_9400), option 5 (isb_ifdrop) of 8 bytes: 5, no more options, 40 bytes.
        let block: [UInt8] = [
            5, 0, 0, 0, 40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x00, 0x94, 0x35, 0x77, 5, 0, 8, 0, 5, 0, 0, 0, 0, 0, 0, 0,
            0, 0, 0, 0, 40, 0, 0, 0,
        ]
        #expect(Array(bytes.suffix(40)) == block)
    }

    @Test func withoutAFrameThereIsNoInterfaceToTellOf() throws {
        let bytes = try Self.written { $0.statistics(drops: 2, at: .zero) }
        #expect(try Self.drops(of: bytes) == 0)
    }

    @Test func twoSectionsTellApart() throws {
        let section = try Self.written { writer in
            writer.frame(Self.frame, [4].span, drops: 3)
            writer.statistics(drops: 1, at: .zero)
        }
        #expect(try Self.drops(of: section + section) == 8)
    }

    /// Every prefix, and every byte of the statistics changed: nothing traps.
    @Test func damagedStatisticsAreNoHarm() throws {
        let bytes = try Self.written { writer in
            writer.frame(Self.frame, [4].span)
            writer.statistics(drops: 1, at: .zero)
        }
        for index in bytes.count - 40..<bytes.count {
            for value in [0, 1, 0x7F, 0x80, 0xFF] as [UInt8] {
                var changed = bytes
                changed[index] = value
                var reader = CaptureReader()
                reader.append(changed.span.extracting(first: index + 1))
                reader.append(changed.span.extracting(droppingFirst: index + 1))
                reader.endOfInput()
                while let step = try? reader.next(frame: { _, _ in }, event: { _ in }), step != .end {}
                _ = reader.recorderDrops
            }
        }
    }
}
