// SPDX-License-Identifier: GPL-3.0-or-later
internal import BluetoothCentral
internal import Capture
internal import GATT
internal import Measurement
internal import Transport

/// Writes what goes over the links down as the HCI traffic that it stands for, so that a capture tells everything by itself: which sensor
/// is connected, what was discovered, and every value.
///
/// The kernel keeps the real HCI packets to itself; these carry the same PDUs, and the numbers that nobody can know here (connection
/// interval and the like) are 0.
struct FrameScribe: ~Copyable {
    private var sink: FrameSink
    private var packet: [UInt8] = []
    private var bytes: [UInt8] = []

    init(_ sink: consuming FrameSink) {
        self.sink = sink
        packet.reserveCapacity(1100)
        bytes.reserveCapacity(1100)
    }

    mutating func notice(_ notice: TransportNotice, _ text: String) {
        sink.notice(notice, text)
    }

    private mutating func put(_ direction: FrameDirection, adapter: UInt16, at time: Timestamp) {
        // Out of our hands while they are lent to others; the buffer's room stays.
        var bytes: [UInt8] = []
        swap(&bytes, &self.bytes)
        bytes.removeAll(keepingCapacity: true)
        HCIPacket.encode(direction: direction, packet: packet.span, into: &bytes)
        let frame = CapturedFrame(
            time: time, link: .bluetoothHCIH4WithDirection, interface: UInt32(adapter),
            originalLength: UInt32(clamping: bytes.count))
        sink.frame(frame, bytes.span)
        swap(&bytes, &self.bytes)
    }

    private mutating func begin(_ type: HCIPacketType, _ head: UInt8...) {
        packet.removeAll(keepingCapacity: true)
        packet.append(type.rawValue)
        for byte in head { packet.append(byte) }
    }

    private mutating func append(_ word: UInt16) {
        packet.append(UInt8(truncatingIfNeeded: word))
        packet.append(UInt8(truncatingIfNeeded: word >> 8))
    }

    private mutating func append(_ address: DeviceAddress) {
        packet.append(address.kind.rawValue)
        for index in 0..<6 { packet.append(UInt8(truncatingIfNeeded: address.value >> (8 * UInt64(index)))) }
    }

    /// LE Connection Complete. Source: Core 5.4, Vol 4 Part E, 7.7.65.1.
    mutating func connected(_ handle: UInt16, _ address: DeviceAddress, adapter: UInt16, at time: Timestamp) {
        // Event, length, subevent, status.
        begin(.event, 0x3E, 19, 0x01, 0x00)
        append(handle)
        // Role: central.
        packet.append(0)
        append(address)
        // Interval, latency, time-out; clock accuracy.
        for _ in 0..<3 { append(0) }
        packet.append(0)
        put(.received, adapter: adapter, at: time)
    }

    /// Disconnection Complete. Source: Core 5.4, Vol 4 Part E, 7.7.5.
    mutating func disconnected(_ handle: UInt16, reason: UInt8, adapter: UInt16, at time: Timestamp) {
        begin(.event, 0x05, 4, 0x00)
        append(handle)
        packet.append(reason)
        put(.received, adapter: adapter, at: time)
    }

    /// LE Advertising Report. Source: Core 5.4, Vol 4 Part E, 7.7.65.2.
    mutating func advertised(
        _ address: DeviceAddress, _ data: [UInt8], strength: Int8?, adapter: UInt16, at time: Timestamp
    ) {
        let data = data.prefix(200)
        // Length; subevent, one report, undirected and connectable.
        begin(.event, 0x3E, UInt8(clamping: data.count + 12), 0x02, 1, 0x00)
        append(address)
        packet.append(UInt8(clamping: data.count))
        packet.append(contentsOf: data)
        packet.append(UInt8(bitPattern: strength ?? 127))
        put(.received, adapter: adapter, at: time)
    }

    /// One ATT PDU: an ACL packet with one L2CAP packet on channel 4. Sources: Core 5.4, Vol 4 Part E, 5.4.2; Vol 3 Part A, 3.1.
    mutating func attribute(
        _ pdu: Span<UInt8>, _ direction: FrameDirection, _ handle: UInt16, adapter: UInt16, at time: Timestamp
    ) {
        begin(.acl)
        // Boundary flag 0 starts the host's packets, 2 the controller's.
        append(handle & 0x0FFF | (direction == .sent ? 0 : 0x2000))
        append(UInt16(clamping: pdu.count + 4))
        append(UInt16(clamping: pdu.count))
        append(4)
        for index in pdu.indices { packet.append(pdu[index]) }
        put(direction, adapter: adapter, at: time)
    }
}
