// SPDX-License-Identifier: GPL-3.0-or-later
import BinaryCoding
import Measurement

/// Takes pcapng blocks from the start of a buffer, one a call.
///
/// Source of all layouts and numbers: draft-ietf-opsawg-pcapng.
struct PcapngDecoder: Sendable {
    /// Whether a packet without a CRC-32 is bad.
    let requiresChecksums: Bool

    init(requiresChecksums: Bool) {
        self.requiresChecksums = requiresChecksums
    }

    /// Interfaces a section may describe, so that a hostile file cannot fill memory.
    static let interfaceLimit = 1024

    enum BlockType {
        static let section: UInt32 = 0x0A0D_0D0A
        static let interface: UInt32 = 1
        static let obsoletePacket: UInt32 = 2
        static let simplePacket: UInt32 = 3
        static let statistics: UInt32 = 5
        static let enhancedPacket: UInt32 = 6
        static let journal: UInt32 = 9
    }

    enum Option {
        static let end: UInt16 = 0
        static let comment: UInt16 = 1
        static let interfaceName: UInt16 = 2
        static let packetFlags: UInt16 = 2
        static let packetHash: UInt16 = 3
        static let packetDrops: UInt16 = 4
        static let interfaceDrops: UInt16 = 5
        static let timeResolution: UInt16 = 9
        static let timeOffset: UInt16 = 14
        /// The algorithm octet of `epb_hash` that means CRC-32.
        static let crc32: UInt8 = 2
    }

    /// The first section header was read.
    private(set) var headerRead = false
    /// As packets told, each since the one before; and as the last statistics of each of the section's interfaces told, since the start. A
    /// recorder may tell in both ways.
    private var packetDrops: UInt64 = 0
    private var statisticsDrops: [UInt32: UInt64] = [:]
    private var earlierDrops: UInt64 = 0

    var recorderDrops: UInt64 {
        earlierDrops &+ max(packetDrops, statisticsDrops.values.reduce(0) { $0 &+ $1 })
    }
    private var bigEndian = false
    private var interfaces: [CaptureInterface] = []
    private var readableSeen = false
    private var unsupportedSeen: UInt16?
    /// A packet without a time of its own takes this one.
    private var lastTime = Timestamp.zero

    /// The link type of a file that has interfaces, none of them readable.
    var onlyUnsupportedLink: UInt16? { readableSeen ? nil : unsupportedSeen }

    mutating func next(
        in buffer: inout InputBuffer, event: (CaptureEvent) -> Void
    ) -> DecodedBlock {
        guard buffer.count >= 12 else { return .needsInput }
        let type = buffer.integer32(at: 0, bigEndian: bigEndian)
        var order = bigEndian
        if type == BlockType.section {
            switch buffer.integer32(at: 8, bigEndian: false) {
            case 0x1A2B_3C4D: order = false
            case 0x4D3C_2B1A: order = true
            default: return bad(.badByteOrderMagic)
            }
        }
        let length = buffer.integer32(at: 4, bigEndian: order)
        guard length >= (type == BlockType.section ? 28 : 12), length % 4 == 0 else {
            return bad(.badLength(length))
        }
        guard length <= CaptureReader.blockLimit else { return bad(.tooLong(length)) }
        let count = Int(length)
        guard buffer.count >= count else { return .needsInput }
        let trailer = buffer.integer32(at: count - 4, bigEndian: order)
        guard trailer == length else { return bad(.lengthsDiffer(length, trailer)) }

        switch type {
        case BlockType.enhancedPacket: return enhancedPacket(in: &buffer, count, event)
        case BlockType.section: return section(in: buffer, count, order, event)
        case BlockType.interface: return interface(in: buffer, count, event)
        case BlockType.simplePacket: return simplePacket(in: &buffer, count)
        case BlockType.obsoletePacket: return obsoletePacket(in: &buffer, count, event)
        case BlockType.journal: return journal(in: buffer, count, event)
        case BlockType.statistics: return statistics(in: buffer, count)
        default: return .passed(length: count)
        }
    }

    /// A packet that was read whole.
    struct PlainPacket {
        var frame: CapturedFrame
        /// Its bytes in the buffer.
        var data: Range<Int>
        /// Of the block, in bytes.
        var length: Int
    }

    /// The packet at the start of the buffer, if it is as ``PcapngWriter`` writes nearly all of them: little-endian, of a USB interface, with
    /// its direction and a good CRC-32 for its only options. What ``next(in:event:)`` makes of it is the same, but takes as long again as the checksum.
    ///
    /// - Returns: `nil` for every other block, good or bad, and then nothing has changed.
    @inline(__always)
    mutating func plainPacket(in buffer: borrowing InputBuffer) -> PlainPacket? {
        let buffered = buffer.count
        guard buffered >= Self.plainOverhead, !bigEndian else { return nil }
        let head = buffer.bytes(0..<28)
        let length = Int(head.littleEndian32(at: 4))
        guard head.littleEndian32(at: 0) == BlockType.enhancedPacket, length <= buffered,
            length >= Self.plainOverhead, length <= Int(CaptureReader.blockLimit), length & 3 == 0
        else { return nil }
        let index = Int(head.littleEndian32(at: 8))
        let captured = Int(head.littleEndian32(at: 20))
        guard index < interfaces.count, (captured &+ 3) & ~3 == length &- Self.plainOverhead else { return nil }
        let tail = buffer.bytes(length &- 28..<length)
        let option = tail.littleEndian64(at: 8)
        let rest = tail.littleEndian64(at: 16)
        guard tail.littleEndian32(at: 0) == Self.flagsOption, option & 0xFF_FFFF_FFFF == Self.hashOption,
            rest &>> 32 == UInt64(Option.end), Int(tail.littleEndian32(at: 24)) == length,
            interfaces.span[index].link.isUSB
        else { return nil }
        let stored = UInt32(truncatingIfNeeded: option &>> 40 | rest &<< 24)
        let data = 28..<28 &+ captured
        let computed = CRC32.checksum(buffer.bytes(data))
        guard stored == computed || stored.byteSwapped == computed else { return nil }
        let ticks = UInt64(head.littleEndian32(at: 12)) &<< 32 | UInt64(head.littleEndian32(at: 16))
        guard let time = interfaces.span[index].clock.time(ticks) else { return nil }
        lastTime = time
        let frame = CapturedFrame(
            time: time, link: interfaces.span[index].link, interface: interfaces.span[index].number,
            originalLength: head.littleEndian32(at: 24))
        return PlainPacket(frame: frame, data: data, length: length)
    }

    /// A header of 28 bytes, 24 of options, and the trailer.
    private static let plainOverhead = 56
    /// The first four bytes of `epb_flags`: code and length.
    private static let flagsOption = UInt32(Option.packetFlags) | 4 << 16
    /// The first five bytes of an `epb_hash` of CRC-32: code, length, algorithm.
    private static let hashOption = UInt64(Option.packetHash) | 5 << 16 | UInt64(Option.crc32) << 32

    private func bad(_ fault: CaptureFault) -> DecodedBlock {
        headerRead ? .bad(fault) : .refused(.badHeader(.pcapng, fault))
    }

    // MARK: Sections and interfaces

    private mutating func section(
        in buffer: InputBuffer, _ count: Int, _ order: Bool, _ event: (CaptureEvent) -> Void
    ) -> DecodedBlock {
        let major = buffer.integer16(at: 12, bigEndian: order)
        let minor = buffer.integer16(at: 14, bigEndian: order)
        // Minor version 2 was written by some tools and means 0.
        guard major == 1, minor == 0 || minor == 2 else {
            return headerRead
                ? .bad(.unsupportedVersion(major: major, minor: minor))
                : .refused(.unsupportedVersion(.pcapng, major: UInt32(major), minor: UInt32(minor)))
        }
        var options = OptionList(from: 24, to: count - 4, bigEndian: order)
        var comments: [Range<Int>] = []
        while true {
            switch options.next(in: buffer) {
            case .option(Option.comment, let range): comments.append(range)
            case .option: continue
            case .bad: return bad(.badOptions)
            case .end:
                headerRead = true
                bigEndian = order
                interfaces.removeAll(keepingCapacity: true)
                earlierDrops = recorderDrops
                packetDrops = 0
                statisticsDrops.removeAll()
                for range in comments {
                    let text = buffer.text(range)
                    event(.comment(CaptureComment(origin: .section, time: nil, text: text)))
                }
                return comments.isEmpty ? .passed(length: count) : .event(length: count)
            }
        }
    }

    private mutating func interface(
        in buffer: InputBuffer, _ count: Int, _ event: (CaptureEvent) -> Void
    ) -> DecodedBlock {
        guard count >= 20 else { return .bad(.badLength(UInt32(count))) }
        guard interfaces.count < Self.interfaceLimit else { return .bad(.tooManyInterfaces) }
        let code = buffer.integer16(at: 8, bigEndian: bigEndian)
        var described = CaptureInterface(linkCode: code)
        described.snapLength = buffer.integer32(at: 12, bigEndian: bigEndian)
        var options = OptionList(from: 16, to: count - 4, bigEndian: bigEndian)
        var named: UInt32?
        reading: while true {
            switch options.next(in: buffer) {
            case .option(Option.interfaceName, let range):
                named = CaptureInterface.number(inName: buffer.text(range))
            case .option(Option.timeResolution, let range):
                guard range.count == 1 else { return .bad(.badOptions) }
                described.clock.resolution = buffer[range.lowerBound]
            case .option(Option.timeOffset, let range):
                guard range.count == 8 else { return .bad(.badOptions) }
                described.clock.offset = Int64(
                    bitPattern: buffer.integer64(at: range.lowerBound, bigEndian: bigEndian))
            case .option: continue
            case .bad: return .bad(.badOptions)
            case .end: break reading
            }
        }
        let before = interfaces.count { $0.link == described.link }
        described.number = named ?? UInt32(before)
        interfaces.append(described)
        guard case .unsupported = described.link else {
            readableSeen = true
            return .passed(length: count)
        }
        unsupportedSeen = code
        event(.unsupportedInterface(code))
        return .event(length: count)
    }

    // MARK: Packets

    @inline(__always)
    private mutating func enhancedPacket(
        in buffer: inout InputBuffer, _ count: Int, _ event: (CaptureEvent) -> Void
    ) -> DecodedBlock {
        guard count >= 32 else { return .bad(.badLength(UInt32(count))) }
        let index = buffer.integer32(at: 8, bigEndian: bigEndian)
        let ticks = ticks(in: buffer, at: 12)
        return packet(in: &buffer, count, interface: index, ticks: ticks, event)
    }

    private mutating func obsoletePacket(
        in buffer: inout InputBuffer, _ count: Int, _ event: (CaptureEvent) -> Void
    ) -> DecodedBlock {
        guard count >= 32 else { return .bad(.badLength(UInt32(count))) }
        let drops = buffer.integer16(at: 10, bigEndian: bigEndian)
        // All ones: not known.
        if drops != 0xFFFF { packetDrops &+= UInt64(drops) }
        let ticks = ticks(in: buffer, at: 12)
        return packet(
            in: &buffer, count, interface: UInt32(buffer.integer16(at: 8, bigEndian: bigEndian)),
            ticks: ticks, event)
    }

    @inline(__always)
    private func ticks(in buffer: borrowing InputBuffer, at offset: Int) -> UInt64 {
        let words = buffer.bytes(offset..<offset + 8)
        return UInt64(words.integer32(at: 0, bigEndian: bigEndian)) << 32
            | UInt64(words.integer32(at: 4, bigEndian: bigEndian))
    }

    /// The part that enhanced and obsolete packet blocks share: from byte 20 on, captured and original length, the
    /// packet padded to 4 bytes, and options of which 1 to 3 mean the same in both.
    private mutating func packet(
        in buffer: inout InputBuffer, _ count: Int, interface index: UInt32, ticks: UInt64,
        _ event: (CaptureEvent) -> Void
    ) -> DecodedBlock {
        guard index < interfaces.count else { return .bad(.unknownInterface(index)) }
        let interface = interfaces[Int(index)]
        let captured = buffer.integer32(at: 20, bigEndian: bigEndian)
        guard captured <= UInt32(count - 32) else { return .bad(.badLength(captured)) }
        let data = 28..<28 + Int(captured)
        let isRead: Bool
        switch interface.link {
        case .unsupported: isRead = false
        case .bluetoothHCIH4, .bluetoothHCIH4WithDirection, .usbLinux, .usbLinuxMmapped: isRead = true
        }
        let time = interface.clock.time(ticks)
        guard time != nil || !isRead else { return .bad(.timeOutOfRange) }

        var options = OptionList(
            from: 28 + (Int(captured) + 3) & ~3, to: count - 4, bigEndian: bigEndian)
        var commented = false
        var hashed = false
        reading: while true {
            switch options.next(in: buffer) {
            case .option(Option.packetHash, let range)
            where range.count == 5 && buffer[range.lowerBound] == Option.crc32:
                if let fault = mismatch(hash: range, of: data, in: buffer) { return .bad(fault) }
                hashed = true
            case .option(Option.comment, _): commented = true
            case .option(Option.packetDrops, let range) where range.count == 8:
                packetDrops &+= buffer.integer64(at: range.lowerBound, bigEndian: bigEndian)
            case .option: continue
            case .bad: return .bad(.badOptions)
            case .end: break reading
            }
        }
        guard hashed || !requiresChecksums else { return .bad(.checksumMissing) }
        if commented { tellComments(of: options, at: time, in: buffer, event) }
        guard isRead, let time else { return .skipped(length: count) }
        lastTime = time
        return interface.frame(
            at: time, in: &buffer, data: data,
            originalLength: buffer.integer32(at: 24, bigEndian: bigEndian),
            bigEndian: bigEndian, length: count)
    }

    /// A second pass, so that packets without a comment pay nothing for it, and a packet that turns out bad tells
    /// none.
    private func tellComments(
        of finished: OptionList, at time: Timestamp?, in buffer: InputBuffer,
        _ event: (CaptureEvent) -> Void
    ) {
        var options = finished.restarted()
        while case .option(let code, let range) = options.next(in: buffer) {
            guard code == Option.comment else { continue }
            event(.comment(CaptureComment(origin: .frame, time: time, text: buffer.text(range))))
        }
    }

    /// The draft does not say in which byte order the CRC-32 in `epb_hash` stands, so either is taken.
    ///
    /// - Parameter range: the option's five bytes, of which the first says CRC-32.
    private func mismatch(
        hash range: Range<Int>, of data: Range<Int>, in buffer: InputBuffer
    ) -> CaptureFault? {
        let stored = buffer.integer32(at: range.lowerBound + 1, bigEndian: bigEndian)
        let computed = CRC32.checksum(buffer.bytes(data))
        guard stored != computed, stored.byteSwapped != computed else { return nil }
        return .checksum(stored: stored, computed: computed)
    }

    /// Has no time: it takes that of the packet before it. It belongs to the section's first interface, whose
    /// snapshot length says how much of it was captured.
    private mutating func simplePacket(in buffer: inout InputBuffer, _ count: Int) -> DecodedBlock {
        guard count >= 16 else { return .bad(.badLength(UInt32(count))) }
        guard let interface = interfaces.first else { return .bad(.unknownInterface(0)) }
        let original = buffer.integer32(at: 8, bigEndian: bigEndian)
        let limit = interface.snapLength == 0 ? UInt32.max : interface.snapLength
        let captured = min(original, limit)
        guard captured <= UInt32(count - 16) else { return .bad(.badLength(captured)) }
        if case .unsupported = interface.link { return .skipped(length: count) }
        return interface.frame(
            at: lastTime, in: &buffer, data: 12..<12 + Int(captured), originalLength: original,
            bigEndian: bigEndian, length: count)
    }

    /// Only the drops are of interest; a recorder that tells none of them right says nothing of its packets.
    private mutating func statistics(in buffer: InputBuffer, _ count: Int) -> DecodedBlock {
        guard count >= 24 else { return .passed(length: count) }
        let index = buffer.integer32(at: 8, bigEndian: bigEndian)
        guard index < interfaces.count else { return .passed(length: count) }
        var options = OptionList(from: 20, to: count - 4, bigEndian: bigEndian)
        while case .option(let code, let range) = options.next(in: buffer) {
            guard code == Option.interfaceDrops, range.count == 8 else { continue }
            statisticsDrops[index] = buffer.integer64(at: range.lowerBound, bigEndian: bigEndian)
        }
        return .passed(length: count)
    }

    private func journal(
        in buffer: InputBuffer, _ count: Int, _ event: (CaptureEvent) -> Void
    ) -> DecodedBlock {
        let entry = JournalEntry(buffer.bytes(8..<count - 4))
        guard let message = entry.message else { return .passed(length: count) }
        event(.comment(CaptureComment(origin: .journal, time: entry.time, text: message)))
        return .event(length: count)
    }
}

/// A cursor over the options at the end of a block: code, length, value padded to 4 bytes.
struct OptionList {
    enum Item {
        case option(UInt16, Range<Int>)
        case end
        case bad
    }

    private let start: Int
    private var offset: Int
    private let end: Int
    private let bigEndian: Bool

    init(from offset: Int, to end: Int, bigEndian: Bool) {
        self.start = offset
        self.offset = offset
        self.end = end
        self.bigEndian = bigEndian
    }

    func restarted() -> OptionList { OptionList(from: start, to: end, bigEndian: bigEndian) }

    @inline(__always)
    mutating func next(in buffer: borrowing InputBuffer) -> Item {
        // The list may be absent, and its end mark too.
        guard end - offset >= 4 else { return end > offset ? .bad : .end }
        let head = buffer.bytes(offset..<offset + 4)
        let code = head.integer16(at: 0, bigEndian: bigEndian)
        let length = Int(head.integer16(at: 2, bigEndian: bigEndian))
        guard code != PcapngDecoder.Option.end else {
            offset = end
            return .end
        }
        let value = offset + 4
        guard end - value >= length else { return .bad }
        offset = min(value + ((length + 3) & ~3), end)
        return .option(code, value..<value + length)
    }
}
