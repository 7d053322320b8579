// SPDX-License-Identifier: GPL-3.0-or-later

/// What the bytes of a captured frame are.
///
/// Source: the registry of link-layer header types at tcpdump.org/linktypes.html.
@usableFromInline
package enum LinkType: Hashable, Sendable, BitwiseCopyable {
    /// 187: a Bluetooth HCI packet behind its H4 type octet.
    case bluetoothHCIH4
    /// 201: as 187, behind a 4-byte big-endian direction (0 sent by the host, 1 received by it).
    case bluetoothHCIH4WithDirection
    /// 189: a Linux usbmon record with the 48-byte header.
    case usbLinux
    /// 220: a Linux usbmon record with the 64-byte header.
    case usbLinuxMmapped
    /// Anything else: such frames are counted and skipped.
    case unsupported(UInt16)

    /// - Parameter code: the number in the registry.
    package init(code: UInt16) {
        switch code {
        case 187: self = .bluetoothHCIH4
        case 201: self = .bluetoothHCIH4WithDirection
        case 189: self = .usbLinux
        case 220: self = .usbLinuxMmapped
        default: self = .unsupported(code)
        }
    }

    /// The number in the registry.
    package var code: UInt16 {
        switch self {
        case .bluetoothHCIH4: 187
        case .bluetoothHCIH4WithDirection: 201
        case .usbLinux: 189
        case .usbLinuxMmapped: 220
        case .unsupported(let code): code
        }
    }

    @inlinable
    package var isBluetooth: Bool {
        switch self {
        case .bluetoothHCIH4, .bluetoothHCIH4WithDirection: true
        case .usbLinux, .usbLinuxMmapped, .unsupported: false
        }
    }

    @inlinable
    package var isUSB: Bool {
        switch self {
        case .usbLinux, .usbLinuxMmapped: true
        case .bluetoothHCIH4, .bluetoothHCIH4WithDirection, .unsupported: false
        }
    }
}

/// Which way a frame went, as the host sees it.
package enum FrameDirection: UInt8, Sendable, BitwiseCopyable {
    case sent = 0
    case received = 1
}
