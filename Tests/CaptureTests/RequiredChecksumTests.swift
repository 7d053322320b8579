// SPDX-License-Identifier: GPL-3.0-or-later
import Capture
import Measurement
import Testing

@Suite struct RequiredChecksumTests {
    /// Two packets of a capture that we wrote, the second one's `epb_hash` (option 3) renamed to an option or to an algorithm that nobody knows.
    private static func capture(renamesAlgorithm: Bool) throws -> [UInt8] {
        var writer = try PcapngWriter(.init(application: "test"))
        for index in 0..<2 {
            let bytes: [UInt8] = [1, 2, 3, UInt8(index)]
            writer.bluetooth(
                time: Timestamp(seconds: Double(index)), direction: .received, adapter: 0, packet: bytes.span)
        }
        var file: [UInt8] = []
        writer.drain { pending in file = pending.indices.map { pending[$0] } }
        // From the end: the block's length (4), the end of options (4), the hash padded to 8, its option's code and length (4).
        let code = file.count - 20
        #expect(Array(file[code..<code + 4]) == [3, 0, 5, 0])
        file[renamesAlgorithm ? code + 4 : code] = 0x33
        return file
    }

    private static func frames(_ file: [UInt8], requiresChecksums: Bool) throws -> (count: UInt64, fault: CaptureFault?)
    {
        var reader = CaptureReader(requiresChecksums: requiresChecksums)
        reader.append(file.span)
        reader.endOfInput()
        while try reader.next(frame: { _, _ in }, event: { _ in }) != .end {}
        return (reader.frames, reader.breakage?.fault)
    }

    @Test(arguments: [false, true])
    func aPacketWithoutOneEndsTheCaptureOnlyWhereEachMustHaveOne(renamesAlgorithm: Bool) throws {
        let file = try Self.capture(renamesAlgorithm: renamesAlgorithm)
        let strict = try Self.frames(file, requiresChecksums: true)
        #expect(strict.count == 1 && strict.fault == .checksumMissing)
        let tolerant = try Self.frames(file, requiresChecksums: false)
        #expect(tolerant.count == 2 && tolerant.fault == nil)
    }
}
