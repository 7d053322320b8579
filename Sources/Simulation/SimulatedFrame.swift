// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement

/// Where and when some bytes were seen. The bytes themselves are passed beside it.
package struct SimulatedFrame: Equatable, Sendable, BitwiseCopyable {
    package var time: Timestamp
    package var link: Link

    package enum Link: Equatable, Sendable, BitwiseCopyable {
        /// One bulk transfer of the ANT stick: bus 1, device 6.
        case usb(fromStick: Bool)
        /// One HCI packet of adapter 0, without its H4 type byte, which is `type`: 1 command, 2 ACL data, 4 event.
        case bluetooth(type: UInt8, fromController: Bool)
    }

    package static let usbBus: UInt16 = 1
    package static let usbDevice: UInt8 = 6
}
