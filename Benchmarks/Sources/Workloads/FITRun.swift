// SPDX-License-Identifier: GPL-3.0-or-later
package import FIT

/// A run that never ends: every field that we write, each record a second later.
package struct FITRun {
    package var encoder = FITEncoder()
    private var records = FITRecordEncoder(effortField: 0, phaseField: 1)
    private var values = FITRecordEncoder.Values(timestamp: 1_000_000_000)

    /// Bytes handed over at a time, as from a file.
    package static let piece = 256 << 10

    package init() {
        encoder.message(FITProfile.Message.fileID, [FITFieldValue(0, .enum(4))])
        encoder.message(207, [FITFieldValue(3, .uint8(0))])
        for number in [0, 1] as [UInt8] {
            encoder.message(
                206,
                [FITFieldValue(0, .uint8(0)), FITFieldValue(1, .uint8(number)), FITFieldValue(2, .uint8(2))])
        }
    }

    private mutating func writeNext() {
        let phase = Double(values.timestamp % 120)
        values.timestamp &+= 1
        values.heartRate = 120 + phase / 2
        values.speed = 2 + phase / 30
        values.cadence = 80 + phase / 16
        values.distance = Double(values.timestamp % 100_000) * 2.5
        values.effort = phase / 130
        values.phase = UInt8(truncatingIfNeeded: values.timestamp % 7)
        records.write(values, to: &encoder)
    }

    /// Writes records and hands the bytes over as they gather.
    package mutating func write(_ count: Int, _ body: (Span<UInt8>) -> Void) {
        for _ in 0..<count {
            writeNext()
            if encoder.pendingBytes >= Self.piece { encoder.drain(body) }
        }
    }

    /// The whole file, of so many records.
    package static func file(_ count: Int) -> [UInt8] {
        var run = FITRun()
        var bytes: [UInt8] = []
        func take(_ span: Span<UInt8>) { for index in span.indices { bytes.append(span[index]) } }
        run.write(count, take)
        run.encoder.finish()
        run.encoder.drain(take)
        bytes.replaceSubrange(0..<14, with: run.encoder.header)
        return bytes
    }
}
