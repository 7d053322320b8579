// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement

/// One interface of a capture, and how its packets become frames.
struct CaptureInterface: Equatable, Sendable, BitwiseCopyable {
    /// Of the frames delivered.
    var link: LinkType
    /// Whether packets come as link type 254 (Linux Bluetooth monitor) and are given type 201's header.
    var isMonitor: Bool
    var clock = CaptureClock()
    /// Bytes kept of each packet at most; 0: no limit.
    var snapLength: UInt32 = 0
    var number: UInt32 = 0

    /// - Parameter linkCode: as the recording has it.
    init(linkCode: UInt16) {
        isMonitor = linkCode == BluetoothMonitor.linkCode
        link = isMonitor ? .bluetoothHCIH4WithDirection : LinkType(code: linkCode)
    }

    /// The number in a name of Linux's adapters and buses: `hci0`, `bluetooth0` (libpcap's), `usbmon1`.
    static func number(inName name: String) -> UInt32? {
        for prefix in ["hci", "bluetooth", "usbmon"] where name.hasPrefix(prefix) {
            let digits = name.utf8.dropFirst(prefix.utf8.count)
            guard !digits.isEmpty, digits.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
            return UInt32(name.dropFirst(prefix.count))
        }
        return nil
    }

    /// Brings a packet into the shape that ``CapturedFrame`` promises, in the buffer itself.
    ///
    /// - Parameters:
    ///   - data: where the packet lies; at least 4 bytes of the block's header, already read, are before it.
    ///   - bigEndian: the byte order of the machine that recorded.
    ///   - length: of the whole block, in bytes.
    func frame(
        at time: Timestamp, in buffer: inout InputBuffer, data: Range<Int>, originalLength: UInt32,
        bigEndian: Bool, length: Int
    ) -> DecodedBlock {
        var header = CapturedFrame(
            time: time, link: link, interface: number, originalLength: originalLength)
        guard !isMonitor else {
            guard data.count >= 4,
                let packet = BluetoothMonitor.packet(
                    opcode: buffer.integer16(at: data.lowerBound + 2, bigEndian: true))
            else { return .skipped(length: length) }
            header.interface = UInt32(buffer.integer16(at: data.lowerBound, bigEndian: true))
            header.originalLength = originalLength == .max ? .max : originalLength + 1
            let start = data.lowerBound - 1
            buffer.putDirection(packet.direction, at: start)
            buffer[start + 4] = packet.type.rawValue
            return .frame(header, range: start..<data.upperBound, length: length)
        }
        if bigEndian, link.isUSB {
            USBMonitorHeader.swapByteOrder(in: &buffer, at: data, isMmapped: link == .usbLinuxMmapped)
        }
        return .frame(header, range: data, length: length)
    }
}
