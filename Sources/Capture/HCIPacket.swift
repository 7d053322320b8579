// SPDX-License-Identifier: GPL-3.0-or-later
package import BinaryCoding

/// The H4 octet. Source: Bluetooth Core Specification, volume 4 part A, "UART transport layer".
package enum HCIPacketType: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    case command = 1
    case acl = 2
    case sco = 3
    case event = 4
    case iso = 5
}

/// One HCI packet of a captured frame.
package struct HCIPacket: ~Escapable {
    package let type: HCIPacketType
    /// `nil` where the recording does not tell (link type 187).
    package let direction: FrameDirection?
    /// 0 for `hci0`.
    package let adapter: UInt16
    /// The packet without its H4 octet.
    package let payload: Span<UInt8>

    /// - Parameter bytes: the frame's.
    /// - Throws: `.truncated` when there is not even a type; `.invalid` for a link type that is not Bluetooth, an
    ///   unknown direction or an unknown packet type.
    @_lifetime(copy bytes)
    package init(_ frame: CapturedFrame, _ bytes: Span<UInt8>) throws(DecodeError) {
        let header: Int
        switch frame.link {
        case .bluetoothHCIH4:
            header = 0
            direction = nil
        case .bluetoothHCIH4WithDirection:
            header = 4
            guard bytes.count >= header else { throw .truncated(field: "direction", offset: 0) }
            // Big-endian: tcpdump.org/linktypes/LINKTYPE_BLUETOOTH_HCI_H4_WITH_PHDR.html
            switch bytes.littleEndian32(at: 0).byteSwapped {
            case 0: direction = .sent
            case 1: direction = .received
            default: throw .invalid(field: "direction", offset: 0)
            }
        case .usbLinux, .usbLinuxMmapped, .unsupported: throw .invalid(field: "link type", offset: 0)
        }
        guard bytes.count > header else { throw .truncated(field: "packet type", offset: header) }
        guard let type = HCIPacketType(rawValue: bytes[header]) else {
            throw .invalid(field: "packet type", offset: header)
        }
        self.type = type
        adapter = UInt16(clamping: frame.interface)
        payload = bytes.extracting(header + 1..<bytes.count)
    }
}

extension HCIPacket {
    /// Appends a frame of link type 201.
    ///
    /// - Parameter packet: an HCI packet, H4 octet first.
    package static func encode(
        direction: FrameDirection, packet: Span<UInt8>, into bytes: inout [UInt8]
    ) {
        bytes.appendLittleEndian(UInt32(direction.rawValue).byteSwapped)
        bytes.append(packet)
    }
}
