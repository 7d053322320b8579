// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement

/// Takes the records of a classic pcap file from the start of a buffer, one a call.
///
/// Source: draft-ietf-opsawg-pcap. The time zone and accuracy fields of the header are to be ignored; the upper half
/// of the link type field tells of frame check sequences, which no link type read here has.
struct PcapDecoder: Sendable {
    private static let fileHeader = 24
    private static let recordHeader = 16

    private(set) var headerRead = false
    private var bigEndian = false
    /// How many nanoseconds the second half of a time counts in.
    private var unit: Int64 = 1000
    private var interface = CaptureInterface(linkCode: 0)

    mutating func next(in buffer: inout InputBuffer) -> DecodedBlock {
        guard headerRead else { return header(in: buffer) }
        guard buffer.count >= Self.recordHeader else { return .needsInput }
        let seconds = buffer.integer32(at: 0, bigEndian: bigEndian)
        let fraction = buffer.integer32(at: 4, bigEndian: bigEndian)
        let captured = buffer.integer32(at: 8, bigEndian: bigEndian)
        guard captured <= CaptureReader.blockLimit else { return .bad(.tooLong(captured)) }
        let length = Self.recordHeader + Int(captured)
        // At most 2^32 · 10^9 + 2^32 · 10^3 < 2^63.
        let nanoseconds = Int64(seconds) * 1_000_000_000 + Int64(fraction) * unit
        guard let time = Timestamp(exactly: nanoseconds) else { return .bad(.timeOutOfRange) }
        guard buffer.count >= length else { return .needsInput }
        return interface.frame(
            at: time, in: &buffer, data: Self.recordHeader..<length,
            originalLength: buffer.integer32(at: 12, bigEndian: bigEndian), bigEndian: bigEndian,
            length: length)
    }

    private mutating func header(in buffer: InputBuffer) -> DecodedBlock {
        guard buffer.count >= Self.fileHeader else { return .needsInput }
        switch buffer.integer32(at: 0, bigEndian: false) {
        case 0xA1B2_C3D4: (bigEndian, unit) = (false, 1000)
        case 0xD4C3_B2A1: (bigEndian, unit) = (true, 1000)
        case 0xA1B2_3C4D: (bigEndian, unit) = (false, 1)
        case 0x4D3C_B2A1: (bigEndian, unit) = (true, 1)
        default: return .refused(.notACapture)
        }
        let major = buffer.integer16(at: 4, bigEndian: bigEndian)
        let minor = buffer.integer16(at: 6, bigEndian: bigEndian)
        guard major == 2, minor == 4 else {
            return .refused(.unsupportedVersion(.pcap, major: UInt32(major), minor: UInt32(minor)))
        }
        let code = UInt16(truncatingIfNeeded: buffer.integer32(at: 20, bigEndian: bigEndian))
        interface = CaptureInterface(linkCode: code)
        if case .unsupported = interface.link {
            return .refused(.unsupportedLinkType(UInt32(code)))
        }
        headerRead = true
        return .passed(length: Self.fileHeader)
    }
}
