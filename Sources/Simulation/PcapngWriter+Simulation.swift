// SPDX-License-Identifier: GPL-3.0-or-later
package import Capture

extension PcapngWriter {
    /// Writes a simulated frame as usbmon or the HCI monitor would have recorded it.
    package mutating func simulated(_ frame: SimulatedFrame, _ bytes: Span<UInt8>) {
        switch frame.link {
        case .usb(let fromStick):
            usb(
                time: frame.time, direction: fromStick ? .received : .sent, bus: SimulatedFrame.usbBus,
                device: SimulatedFrame.usbDevice, endpoint: 1, bytes: bytes)
        case .bluetooth(let type, let fromController):
            // H4 puts the packet's type in front.
            var packet: [UInt8] = [type]
            packet.reserveCapacity(bytes.count + 1)
            for index in bytes.indices { packet.append(bytes[index]) }
            bluetooth(
                time: frame.time, direction: fromController ? .received : .sent, adapter: 0, packet: packet.span)
        }
    }
}
