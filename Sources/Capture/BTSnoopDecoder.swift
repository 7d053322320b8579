// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement

/// Takes the records of a btsnoop file from the start of a buffer, one a call.
///
/// Big-endian throughout: "btsnoop", 0, version 1, data link; then for each record original length, included length,
/// flags, drops so far, time, packet. Sources: Symbian's btsnoop description (RFC 1761 modified), BlueZ
/// `doc/btsnoop.txt` for data link 2001.
struct BTSnoopDecoder: Sendable {
    private static let fileHeader = 16
    private static let recordHeader = 24

    /// What the data link field may say.
    private enum DataLink: UInt32 {
        /// HCI packets without a type octet: the flags tell.
        case unencapsulated = 1001
        /// HCI packets behind their H4 octet.
        case h4 = 1002
        /// Records of the Linux kernel's monitor.
        case monitor = 2001
    }

    /// Microseconds from midnight, 1 January of the year 0 to the Unix epoch. The format's description gives
    /// midnight, 1 January 2000 as 0x00E03AB44A676000; that is 946 684 800 s after the Unix epoch. All known writers
    /// take this number, though the Gregorian calendar would make it 12 days less.
    static let unixEpoch: Int64 = 0x00E0_3AB4_4A67_6000 - 946_684_800_000_000

    private(set) var headerRead = false
    /// As the last record read tells.
    private(set) var recorderDrops: UInt32 = 0
    private var dataLink = DataLink.h4
    /// Where this file counts its microseconds from; `nil` until its first record.
    private var epoch: Int64?

    mutating func next(in buffer: inout InputBuffer) -> DecodedBlock {
        guard headerRead else { return header(in: buffer) }
        guard buffer.count >= Self.recordHeader else { return .needsInput }
        let captured = buffer.integer32(at: 4, bigEndian: true)
        guard captured <= CaptureReader.blockLimit else { return .bad(.tooLong(captured)) }
        let length = Self.recordHeader + Int(captured)
        let microseconds = Int64(bitPattern: buffer.integer64(at: 16, bigEndian: true))
        guard let time = time(microseconds) else { return .bad(.timeOutOfRange) }
        guard buffer.count >= length else { return .needsInput }

        let flags = buffer.integer32(at: 8, bigEndian: true)
        recorderDrops = buffer.integer32(at: 12, bigEndian: true)
        var direction: FrameDirection = flags & 1 == 0 ? .sent : .received
        var adapter: UInt32 = 0
        let type: HCIPacketType?
        switch dataLink {
        case .h4: type = nil
        case .unencapsulated:
            switch flags & 3 {
            case 2: type = .command
            case 3: type = .event
            default: type = .acl
            }
        case .monitor:
            guard
                let packet = BluetoothMonitor.packet(opcode: UInt16(truncatingIfNeeded: flags))
            else { return .skipped(length: length) }
            adapter = flags >> 16
            type = packet.type
            direction = packet.direction
        }

        // The record's header has been read: link type 201's goes over its end.
        let added = type == nil ? 4 : 5
        let start = Self.recordHeader - added
        let original = buffer.integer32(at: 0, bigEndian: true)
        buffer.putDirection(direction, at: start)
        if let type { buffer[start + 4] = type.rawValue }
        let frame = CapturedFrame(
            time: time, link: .bluetoothHCIH4WithDirection, interface: adapter,
            originalLength: original > .max - 5 ? .max : original + UInt32(added))
        return .frame(frame, range: start..<length, length: length)
    }

    /// Small recorders count from their own start instead: then the first record is nowhere near the Unix epoch.
    private mutating func time(_ microseconds: Int64) -> Timestamp? {
        if let epoch { return Self.time(microseconds, since: epoch) }
        for candidate in [Self.unixEpoch, 0] {
            guard let time = Self.time(microseconds, since: candidate) else { continue }
            epoch = candidate
            return time
        }
        return nil
    }

    private static func time(_ microseconds: Int64, since epoch: Int64) -> Timestamp? {
        let (elapsed, below) = microseconds.subtractingReportingOverflow(epoch)
        let (nanoseconds, outside) = elapsed.multipliedReportingOverflow(by: 1000)
        return below || outside ? nil : Timestamp(exactly: nanoseconds)
    }

    private mutating func header(in buffer: InputBuffer) -> DecodedBlock {
        guard buffer.count >= Self.fileHeader else { return .needsInput }
        let version = buffer.integer32(at: 8, bigEndian: true)
        guard version == 1 else {
            return .refused(.unsupportedVersion(.btsnoop, major: version, minor: 0))
        }
        let link = buffer.integer32(at: 12, bigEndian: true)
        guard let known = DataLink(rawValue: link) else {
            return .refused(.unsupportedDataLink(link))
        }
        dataLink = known
        headerRead = true
        return .passed(length: Self.fileHeader)
    }
}
