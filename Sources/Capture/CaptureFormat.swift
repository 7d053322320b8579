// SPDX-License-Identifier: GPL-3.0-or-later

/// The kinds of capture file that ``CaptureReader`` reads.
package enum CaptureFormat: String, Sendable, BitwiseCopyable, CaseIterable {
    case pcapng
    case pcap
    case btsnoop

    /// Says by their first bytes what bytes are.
    ///
    /// Sources: draft-ietf-opsawg-pcapng (block type 0x0A0D0D0A), draft-ietf-opsawg-pcap (0xA1B2C3D4 microseconds,
    /// 0xA1B23C4D nanoseconds, in the writer's byte order), Symbian's btsnoop ("btsnoop" and a zero).
    ///
    /// - Parameter prefix: at least 8 bytes of the file, where it has so many.
    /// - Returns: `nil` when they begin none of the formats.
    package static func recognise(_ prefix: Span<UInt8>) -> CaptureFormat? {
        guard prefix.count >= 4 else { return nil }
        switch prefix.littleEndian32(at: 0) {
        case 0x0A0D_0D0A: return .pcapng
        case 0xA1B2_C3D4, 0xD4C3_B2A1, 0xA1B2_3C4D, 0x4D3C_B2A1: return .pcap
        default: break
        }
        guard prefix.count >= 8, prefix.littleEndian32(at: 0) == 0x6E73_7462,
            prefix.littleEndian32(at: 4) == 0x0070_6F6F
        else { return nil }
        return .btsnoop
    }
}
