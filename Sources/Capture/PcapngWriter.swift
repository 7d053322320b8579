// SPDX-License-Identifier: GPL-3.0-or-later
import BinaryCoding
package import Measurement

/// Writes a pcapng file: bytes gather in a buffer that the caller drains.
///
/// Little-endian. An interface is described before the first packet that needs it, one for each link type and number,
/// with times in nanoseconds. There is one section, or another for each 1024 interfaces: readers take no more of one
/// (``PcapngDecoder/interfaceLimit``). Each packet carries its direction and a CRC-32 of its bytes. Source of all
/// layouts: draft-ietf-opsawg-pcapng.
package struct PcapngWriter: Sendable {
    /// What the section's header says. Absent texts are left out.
    package struct Section: Equatable, Sendable {
        package var hardware: String?
        package var operatingSystem: String?
        /// Also named as the speaker of later comments.
        package var application: String?
        /// The session's metadata.
        package var comment: String?

        package init(
            hardware: String? = nil, operatingSystem: String? = nil, application: String? = nil,
            comment: String? = nil
        ) {
            self.hardware = hardware
            self.operatingSystem = operatingSystem
            self.application = application
            self.comment = comment
        }
    }

    private struct Interface: Equatable {
        var link: LinkType
        var number: UInt32
    }

    private typealias BlockType = PcapngDecoder.BlockType
    private typealias Option = PcapngDecoder.Option

    private var output: [UInt8] = []
    private var scratch: [UInt8] = []
    private var interfaces: [Interface] = []
    private var transfers: UInt64 = 0
    /// Of this section.
    private var drops: UInt64 = 0
    private let application: String
    /// Seconds.
    private let clockOffset: Int64

    /// - Parameters:
    ///   - clockOffset: what to add to every time to make it Unix time, in seconds. Readers add it, so recordings
    ///     made on another clock show true dates; times between frames are not touched.
    /// - Throws: when a text is longer than the 65 535 bytes of an option.
    package init(_ section: Section, clockOffset: Int64 = 0) throws(PcapngWriterError) {
        // A newline would begin a new field of a journal entry.
        application = section.application?.split(whereSeparator: \.isNewline).first.map(String.init) ?? "sprintd"
        self.clockOffset = clockOffset
        let start = beginSection()
        let texts = [
            (Option.comment, section.comment), (2, section.hardware), (3, section.operatingSystem),
            (4, section.application),
        ]
        for (code, text) in texts {
            guard let text else { continue }
            let bytes = Array(text.utf8)
            guard bytes.count <= Int(UInt16.max) else { throw .textTooLong(bytes: bytes.count) }
            option(code, bytes.span)
        }
        output.appendLittleEndian(UInt32(0))
        end(start)
    }

    /// Bytes that wait to be drained.
    package var pendingBytes: Int { output.count }

    /// Hands over what was written since the last call. When `body` throws, the bytes stay.
    package mutating func drain<Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        try body(output.span)
        output.removeAll(keepingCapacity: true)
    }

    /// Appends what was written since the last call.
    ///
    /// - Parameter keeping: bytes; what more a burst has taken is given back.
    package mutating func drain(into bytes: inout [UInt8], keeping: Int = .max) {
        bytes.append(contentsOf: output)
        output.removeAll(keepingCapacity: output.capacity <= keeping)
    }

    // MARK: Packets

    /// Of an enhanced packet: header and trailer (32), flags (8), checksum (12), drops (12), and the options' end (4). A multiple of 4, so that
    /// what is cut to fit needs no padding.
    private static let longestFraming = 32 + 8 + 12 + 12 + 4

    /// Writes a frame as it is, for the recording of a recording too.
    ///
    /// - Parameters:
    ///   - bytes: the frame's; what is beyond the longest block that ``CaptureReader`` takes is cut.
    ///   - drops: frames lost since the one before.
    package mutating func frame(_ frame: CapturedFrame, _ bytes: Span<UInt8>, drops: UInt32 = 0) {
        let interface = describe(Interface(link: frame.link, number: frame.interface))
        self.drops &+= UInt64(drops)
        // The rest of the block: its header and trailer, padding, and the options.
        let kept = bytes.extracting(first: Int(CaptureReader.blockLimit) - Self.longestFraming)
        let start = begin(BlockType.enhancedPacket)
        output.appendLittleEndian(interface)
        appendTime(frame.time)
        output.appendLittleEndian(UInt32(truncatingIfNeeded: kept.count))
        output.appendLittleEndian(max(frame.originalLength, UInt32(clamping: bytes.count)))
        output.append(kept)
        pad()
        if let direction = Self.direction(of: frame, bytes) {
            output.appendLittleEndian(Option.packetFlags)
            output.appendLittleEndian(UInt16(4))
            // 1 inbound, 2 outbound.
            output.appendLittleEndian(UInt32(direction == .received ? 1 : 2))
        }
        output.appendLittleEndian(Option.packetHash)
        output.appendLittleEndian(UInt16(5))
        output.append(Option.crc32)
        output.appendLittleEndian(CRC32.checksum(kept))
        pad()
        if drops > 0 { appendDrops(Option.packetDrops, UInt64(drops)) }
        output.appendLittleEndian(UInt32(0))
        end(start)
    }

    /// Says at the end how many frames were lost in all, in the statistics of the section's first interface: those that were lost after the last frame
    /// can stand nowhere else. Nothing is written where there is no interface.
    ///
    /// - Parameters:
    ///   - drops: frames lost after the last one.
    ///   - time: on the packets' clock.
    package mutating func statistics(drops: UInt32, at time: Timestamp) {
        self.drops &+= UInt64(drops)
        guard !interfaces.isEmpty else { return }
        let start = begin(BlockType.statistics)
        output.appendLittleEndian(UInt32(0))
        appendTime(time)
        appendDrops(Option.interfaceDrops, self.drops)
        output.appendLittleEndian(UInt32(0))
        end(start)
    }

    private mutating func appendDrops(_ option: UInt16, _ drops: UInt64) {
        output.appendLittleEndian(option)
        output.appendLittleEndian(UInt16(8))
        output.appendLittleEndian(drops)
    }

    private mutating func appendTime(_ time: Timestamp) {
        // The format has no times before its epoch.
        let ticks = UInt64(max(0, time.nanoseconds))
        output.appendLittleEndian(UInt32(truncatingIfNeeded: ticks >> 32))
        output.appendLittleEndian(UInt32(truncatingIfNeeded: ticks))
    }

    /// Writes bytes that crossed a USB bulk endpoint, as link type 220.
    package mutating func usb(
        time: Timestamp, direction: FrameDirection, bus: UInt16, device: UInt8, endpoint: UInt8,
        bytes: Span<UInt8>
    ) {
        transfers &+= 1
        scratch.removeAll(keepingCapacity: true)
        USBPacket.encode(
            time: time, direction: direction, bus: bus, device: device, endpoint: endpoint,
            identifier: transfers, data: bytes, into: &scratch)
        writeScratch(time: time, link: .usbLinuxMmapped, interface: 0)
    }

    /// Writes an HCI packet, as link type 201.
    ///
    /// - Parameters:
    ///   - adapter: 0 for `hci0`.
    ///   - packet: H4 octet first.
    package mutating func bluetooth(
        time: Timestamp, direction: FrameDirection, adapter: UInt16, packet: Span<UInt8>
    ) {
        scratch.removeAll(keepingCapacity: true)
        HCIPacket.encode(direction: direction, packet: packet, into: &scratch)
        writeScratch(time: time, link: .bluetoothHCIH4WithDirection, interface: UInt32(adapter))
    }

    private mutating func writeScratch(time: Timestamp, link: LinkType, interface: UInt32) {
        var bytes: [UInt8] = []
        swap(&bytes, &scratch)
        let header = CapturedFrame(
            time: time, link: link, interface: interface,
            originalLength: UInt32(clamping: bytes.count))
        frame(header, bytes.span)
        swap(&bytes, &scratch)
    }

    /// Writes a text between the packets: an event of the session, a new clock anchor. It becomes a journal entry
    /// (block type 9), which Wireshark lists in its place; an empty packet with a comment is malformed for it, or a
    /// damaged file.
    ///
    /// - Parameter time: on the packets' clock; kept to the microsecond, and from the Unix epoch on.
    package mutating func comment(_ text: String, at time: Timestamp) throws(PcapngWriterError) {
        let (shift, overflow) = clockOffset.multipliedReportingOverflow(by: 1_000_000_000)
        let shown = Timestamp(nanoseconds: overflow ? 0 : time.nanoseconds.addingClamped(shift))
        let entry = JournalEntry(time: shown, message: text).encoded(from: application)
        guard entry.count <= Int(CaptureReader.blockLimit) - 16 else {
            throw .textTooLong(bytes: text.utf8.count)
        }
        let start = begin(BlockType.journal)
        output.append(entry.span)
        end(start)
    }

    /// Says it as the packet's own header does.
    private static func direction(of frame: CapturedFrame, _ bytes: Span<UInt8>) -> FrameDirection? {
        switch frame.link {
        case .bluetoothHCIH4WithDirection:
            guard bytes.count >= 4 else { return nil }
            return bytes[3] & 1 == 0 ? .sent : .received
        case .usbLinux, .usbLinuxMmapped:
            guard bytes.count >= USBMonitorHeader.shortLength else { return nil }
            return bytes[USBMonitorHeader.event] == USBPacket.Event.submission.rawValue
                ? .sent : .received
        case .bluetoothHCIH4, .unsupported: return nil
        }
    }

    // MARK: Blocks

    /// - Returns: where the header begins; its options follow.
    private mutating func beginSection() -> Int {
        let start = begin(BlockType.section)
        output.appendLittleEndian(UInt32(0x1A2B_3C4D))
        output.appendLittleEndian(UInt16(1))
        output.appendLittleEndian(UInt16(0))
        // The section's length is not known beforehand.
        output.appendLittleEndian(UInt64.max)
        return start
    }

    /// - Returns: the interface's index in the section.
    private mutating func describe(_ interface: Interface) -> UInt32 {
        if let index = interfaces.firstIndex(of: interface) { return UInt32(index) }
        if interfaces.count == PcapngDecoder.interfaceLimit {
            end(beginSection())
            interfaces.removeAll(keepingCapacity: true)
            // The packets of the section before have told theirs.
            drops = 0
        }
        interfaces.append(interface)
        let start = begin(BlockType.interface)
        output.appendLittleEndian(interface.link.code)
        output.appendLittleEndian(UInt16(0))
        // No snapshot length: packets are kept whole.
        output.appendLittleEndian(UInt32(0))
        let stem: String? =
            switch interface.link {
            case .bluetoothHCIH4, .bluetoothHCIH4WithDirection: "hci"
            case .usbLinux, .usbLinuxMmapped: "usbmon"
            case .unsupported: nil
            }
        if let stem { option(Option.interfaceName, Array("\(stem)\(interface.number)".utf8).span) }
        option(Option.timeResolution, [9].span)
        if clockOffset != 0 {
            var offset: [UInt8] = []
            offset.appendLittleEndian(UInt64(bitPattern: clockOffset))
            option(Option.timeOffset, offset.span)
        }
        output.appendLittleEndian(UInt32(0))
        end(start)
        return UInt32(interfaces.count - 1)
    }

    private mutating func option(_ code: UInt16, _ value: Span<UInt8>) {
        output.appendLittleEndian(code)
        output.appendLittleEndian(UInt16(truncatingIfNeeded: value.count))
        output.append(value)
        pad()
    }

    /// Blocks begin at multiples of 4 of the output, since each is padded and the output is drained whole.
    private mutating func pad() {
        while output.count % 4 != 0 { output.append(0) }
    }

    /// - Returns: where the block begins in the output.
    private mutating func begin(_ type: UInt32) -> Int {
        output.appendLittleEndian(type)
        output.appendLittleEndian(UInt32(0))
        return output.count - 8
    }

    private mutating func end(_ start: Int) {
        pad()
        let length = UInt32(truncatingIfNeeded: output.count + 4 - start)
        output.appendLittleEndian(length)
        for index in 0..<4 {
            output[start + 4 + index] = UInt8(truncatingIfNeeded: length >> (8 * UInt32(index)))
        }
    }
}

package enum PcapngWriterError: Error, Equatable, Sendable {
    /// A text does not fit into its place.
    case textTooLong(bytes: Int)
}

extension PcapngWriterError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .textTooLong(let bytes): "a text of \(bytes) bytes does not fit into a capture's comment"
        }
    }
}

extension Int64 {
    fileprivate func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
}
