// SPDX-License-Identifier: GPL-3.0-or-later
import Capture
import Measurement

/// A recording written again: what our writer makes of any frame has to be read back as it was.
enum CaptureCopy {
    private enum Item: Equatable {
        case frame(CapturedFrame, [UInt8])
        /// What crossed a USB endpoint, or an HCI packet.
        case transfer([UInt8])
        case text(Timestamp?, String)
    }

    static func compare(_ input: [UInt8]) {
        guard var writer = try? PcapngWriter(PcapngWriter.Section(application: "fuzz", comment: "a copy")) else {
            fatalError("no writer")
        }
        var written: [Item] = []
        read(input, requiresChecksums: false) { frame, bytes in
            written += copy(frame, bytes, into: &writer)
        } text: { comment in
            // To the microsecond, and not before the epoch.
            let micros = max(0, comment.time?.nanoseconds ?? 0) / 1000
            guard (try? writer.comment(comment.text, at: Timestamp(nanoseconds: micros * 1000))) != nil else { return }
            written.append(.text(Timestamp(nanoseconds: micros * 1000), comment.text))
        }
        writer.statistics(drops: 7, at: .zero)
        var output: [UInt8] = []
        writer.drain(into: &output)

        var found: [Item] = []
        read(output, requiresChecksums: true) { frame, bytes in
            if written.count > found.count, case .transfer = written[found.count] {
                found.append(.transfer(payload(frame, bytes)))
            } else {
                found.append(.frame(frame, array(bytes)))
            }
        } text: { comment in
            if comment.origin == .journal { found.append(.text(comment.time, comment.text)) }
        }
        demand(written == found, "what was written is read differently: \(written) or \(found)")
    }

    /// Writes a frame as it is, and what it carries as if it had been heard live.
    private static func copy(_ frame: CapturedFrame, _ bytes: Span<UInt8>, into writer: inout PcapngWriter) -> [Item] {
        writer.frame(frame, bytes, drops: UInt32(bytes.count % 3))
        var expected = frame
        expected.time = max(.zero, frame.time)
        expected.originalLength = max(frame.originalLength, UInt32(bytes.count))
        var items = [Item.frame(expected, array(bytes))]
        if let data = USBData(frame, bytes) {
            writer.usb(
                time: expected.time, direction: data.isInput ? .received : .sent,
                bus: UInt16(truncatingIfNeeded: data.address >> 8), device: UInt8(data.address & 0x7F), endpoint: 1,
                bytes: data.payload)
            items.append(.transfer(array(data.payload)))
        } else if let packet = try? HCIPacket(frame, bytes) {
            let whole = [packet.type.rawValue] + array(packet.payload)
            writer.bluetooth(
                time: expected.time, direction: packet.direction ?? .sent, adapter: packet.adapter, packet: whole.span)
            items.append(.transfer(Array(whole.dropFirst())))
        }
        return items
    }

    private static func payload(_ frame: CapturedFrame, _ bytes: Span<UInt8>) -> [UInt8] {
        if let packet = try? USBPacket(frame, bytes) {
            demand(packet.carriesData, "data of a transfer that carries none")
            demand(USBData(frame, bytes)?.address == packet.address, "another device")
            return array(packet.payload)
        }
        if let packet = try? HCIPacket(frame, bytes) { return array(packet.payload) }
        return []
    }

    private static func read(
        _ input: [UInt8], requiresChecksums: Bool, frame: (CapturedFrame, Span<UInt8>) -> Void,
        text: (CaptureComment) -> Void
    ) {
        var reader = CaptureReader(requiresChecksums: requiresChecksums)
        reader.append(input.span)
        reader.endOfInput()
        while let step = try? reader.next(
            frame: frame,
            event: { event in
                if case .comment(let comment) = event { text(comment) }
            }), step != .end
        {}
    }

    private static func array(_ bytes: Span<UInt8>) -> [UInt8] {
        var copy: [UInt8] = []
        for index in bytes.indices { copy.append(bytes[index]) }
        return copy
    }
}
