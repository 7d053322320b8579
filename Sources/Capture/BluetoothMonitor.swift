// SPDX-License-Identifier: GPL-3.0-or-later

/// The records of the Linux kernel's Bluetooth monitor, as `btmon -w` and link type 254 keep them.
///
/// Source: BlueZ `doc/btsnoop.txt` ("Opcode definitions") and
/// tcpdump.org/linktypes/LINKTYPE_BLUETOOTH_LINUX_MONITOR.html.
enum BluetoothMonitor {
    /// Adapter and opcode, both 16 bits and big-endian, then the packet without an H4 octet.
    static let linkCode: UInt16 = 254

    /// - Returns: `nil` for what is no HCI packet: adapters coming and going, notes, the management interface's
    ///   traffic.
    static func packet(opcode: UInt16) -> (type: HCIPacketType, direction: FrameDirection)? {
        switch opcode {
        case 2: (.command, .sent)
        case 3: (.event, .received)
        case 4: (.acl, .sent)
        case 5: (.acl, .received)
        case 6: (.sco, .sent)
        case 7: (.sco, .received)
        case 18: (.iso, .sent)
        case 19: (.iso, .received)
        default: nil
        }
    }
}
