// SPDX-License-Identifier: GPL-3.0-or-later
internal import BluetoothCentral
internal import CBluetooth
internal import FileIO
internal import GATT
internal import Glibc
import Measurement

/// The calls on Bluetooth sockets, one a function. Descriptors are plain numbers here: whoever opens one closes it.
enum BluetoothSystem {
    struct Adapter: Equatable {
        var index: UInt16
        var isUp: Bool
        var address: bdaddr_t

        static func == (left: Adapter, right: Adapter) -> Bool {
            left.index == right.index && left.isUp == right.isUp
        }
    }

    /// Whether the kernel has Bluetooth sockets at all.
    static func isSupported() -> Bool {
        let descriptor = socket(AF_BLUETOOTH, hciType, BTPROTO_HCI)
        guard descriptor >= 0 else { return false }
        _ = close(descriptor)
        return true
    }

    private static let hciType = Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    private static let l2capType = Int32(
        SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)

    /// The adapters that the kernel has.
    static func adapters() -> [Adapter] {
        var adapters: [Adapter] = []
        for index in 0..<Int32(HCI_MAX_DEV) {
            var information = hci_dev_info()
            // SAFETY: hci_devinfo fills the structure that it is given and keeps no pointer.
            guard unsafe hci_devinfo(index, &information) == 0 else { continue }
            let isUp = information.flags & (1 << UInt32(HCI_UP)) != 0
            adapters.append(Adapter(index: UInt16(index), isUp: isUp, address: information.bdaddr))
        }
        return adapters
    }

    // MARK: HCI

    /// A socket that gives an adapter's events: what a scan brings, and how commands end.
    static func openAdapter(_ index: UInt16) throws(ErrorNumber) -> Int32 {
        let descriptor = hci_open_dev(Int32(index))
        guard descriptor >= 0 else { throw ErrorNumber(errno) }
        do throws(ErrorNumber) {
            try beNonBlocking(descriptor)
            try filter(descriptor, [EVT_LE_META_EVENT, EVT_CMD_COMPLETE, EVT_CMD_STATUS])
        } catch {
            _ = close(descriptor)
            throw error
        }
        return descriptor
    }

    /// A socket that tells of adapters that come, go and are switched. What it brings is only that something has changed.
    static func openAnnouncements() throws(ErrorNumber) -> Int32 {
        let descriptor = socket(AF_BLUETOOTH, hciType, BTPROTO_HCI)
        guard descriptor >= 0 else { throw ErrorNumber(errno) }
        var address = sockaddr_hci()
        address.hci_family = UInt16(AF_BLUETOOTH)
        address.hci_dev = UInt16(HCI_DEV_NONE)
        do throws(ErrorNumber) {
            // SAFETY: the address lives for the call, and its length is its own.
            let bound = unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { plain in
                    unsafe bind(descriptor, plain, socklen_t(MemoryLayout<sockaddr_hci>.size))
                }
            }
            guard bound == 0 else { throw ErrorNumber(errno) }
            try filter(descriptor, [EVT_STACK_INTERNAL])
        } catch {
            _ = close(descriptor)
            throw error
        }
        return descriptor
    }

    private static func beNonBlocking(_ descriptor: Int32) throws(ErrorNumber) {
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0, fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0 else { throw ErrorNumber(errno) }
    }

    /// Only events, and of those only these. Set once: the answers to commands are told apart by their opcode.
    private static func filter(_ descriptor: Int32, _ events: [Int32]) throws(ErrorNumber) {
        var filter = hci_filter()
        // SAFETY: these write into the structure that they are given; setsockopt reads as many bytes as it has.
        unsafe hci_filter_clear(&filter)
        unsafe hci_filter_set_ptype(HCI_EVENT_PKT, &filter)
        for event in events { unsafe hci_filter_set_event(event, &filter) }
        guard unsafe setsockopt(descriptor, SOL_HCI, HCI_FILTER, &filter, socklen_t(MemoryLayout<hci_filter>.size)) == 0
        else { throw ErrorNumber(errno) }
    }

    /// - Parameter opcode: group and command.
    static func send(_ opcode: UInt16, _ parameters: [UInt8], to descriptor: Int32) throws(ErrorNumber) {
        var parameters = parameters
        // SAFETY: hci_send_cmd reads as many bytes as it is told, all there, and keeps no pointer.
        let status = unsafe hci_send_cmd(
            descriptor, opcode >> 10, opcode & 0x03FF, UInt8(clamping: parameters.count), &parameters)
        guard status == 0 else { throw ErrorNumber(errno) }
    }

    /// Blocks while the controller starts, up to some seconds.
    static func switchOn(_ index: UInt16) throws(ErrorNumber) { try request(cbt_hci_device_up, index) }

    static func switchOff(_ index: UInt16) throws(ErrorNumber) { try request(cbt_hci_device_down, index) }

    private static func request(_ request: UInt, _ index: UInt16) throws(ErrorNumber) {
        let descriptor = socket(AF_BLUETOOTH, hciType, BTPROTO_HCI)
        guard descriptor >= 0 else { throw ErrorNumber(errno) }
        defer { _ = close(descriptor) }
        guard cbt_control_adapter(descriptor, request, Int32(index)) == 0 else { throw ErrorNumber(errno) }
    }

    /// The devices that this machine is connected to through an adapter, whoever made the connection.
    static func connections(of index: UInt16) -> [(address: UInt64, isLowEnergy: Bool)] {
        let descriptor = socket(AF_BLUETOOTH, hciType, BTPROTO_HCI)
        guard descriptor >= 0 else { return [] }
        defer { _ = close(descriptor) }
        let limit = 32
        let header = MemoryLayout<hci_conn_list_req>.size
        let stride = MemoryLayout<hci_conn_info>.stride
        var buffer = [UInt8](repeating: 0, count: header + limit * stride)
        buffer[0] = UInt8(truncatingIfNeeded: index)
        buffer[1] = UInt8(truncatingIfNeeded: index >> 8)
        buffer[2] = UInt8(limit)
        // SAFETY: the kernel fills at most `limit` entries behind the header, which is what the buffer has room for.
        return unsafe buffer.withUnsafeMutableBytes { bytes in
            guard unsafe cbt_control(descriptor, cbt_hci_get_connection_list, bytes.baseAddress) == 0 else { return [] }
            let count = min(limit, Int(unsafe bytes[2]) | Int(unsafe bytes[3]) << 8)
            return (0..<count).map { position in
                let entry = unsafe bytes.loadUnaligned(
                    fromByteOffset: header + position * stride, as: hci_conn_info.self)
                // LE_LINK in the kernel: its number is not in BlueZ's header.
                return (Self.value(entry.bdaddr), entry.type == 0x80)
            }
        }
    }

    // MARK: L2CAP

    /// Begins a connection to a sensor's attribute channel; the descriptor is writable when it stands or has failed.
    static func connect(to sensor: DeviceAddress, through adapter: bdaddr_t) throws(ErrorNumber) -> Int32 {
        let descriptor = socket(AF_BLUETOOTH, l2capType, BTPROTO_L2CAP)
        guard descriptor >= 0 else { throw ErrorNumber(errno) }
        do throws(ErrorNumber) {
            var own = attributeChannel()
            own.l2_bdaddr = adapter
            own.l2_bdaddr_type = UInt8(BDADDR_LE_PUBLIC)
            try unsafe withAddress(&own) { address, length in unsafe bind(descriptor, address, length) }
            // That it fails is no harm: low is what there is anyway.
            try? setSecurity(descriptor, BT_SECURITY_LOW)
            var peer = attributeChannel()
            peer.l2_bdaddr = address(sensor.value)
            peer.l2_bdaddr_type = UInt8(sensor.kind == .public ? BDADDR_LE_PUBLIC : BDADDR_LE_RANDOM)
            do throws(ErrorNumber) {
                try unsafe withAddress(&peer) { address, length in unsafe Glibc.connect(descriptor, address, length) }
            } catch  where error.rawValue == EINPROGRESS {
            }
        } catch {
            _ = close(descriptor)
            throw error
        }
        return descriptor
    }

    /// Asks the kernel to encrypt a link, with a key that it was given for the sensor (by bluetoothd, which keeps those of its pairings) or
    /// else by pairing. The descriptor is writable again when that is done; it fails, or has an end, when it cannot be.
    static func secure(_ descriptor: Int32, _ level: LinkSecurity) throws(ErrorNumber) {
        switch level {
        case .encrypted: try setSecurity(descriptor, BT_SECURITY_MEDIUM)
        case .authenticated: try setSecurity(descriptor, BT_SECURITY_HIGH)
        }
    }

    private static func setSecurity(_ descriptor: Int32, _ level: Int32) throws(ErrorNumber) {
        var security = bt_security()
        security.level = UInt8(truncatingIfNeeded: level)
        // SAFETY: setsockopt reads as many bytes as the structure has.
        let status = unsafe setsockopt(
            descriptor, SOL_BLUETOOTH, BT_SECURITY, &security, socklen_t(MemoryLayout<bt_security>.size))
        guard status == 0 else { throw ErrorNumber(errno) }
    }

    /// The kernel refuses a channel and a PSM together: the PSM stays 0.
    private static func attributeChannel() -> sockaddr_l2 {
        var address = sockaddr_l2()
        address.l2_family = UInt16(AF_BLUETOOTH)
        address.l2_cid = UInt16(littleEndian: 4)
        return address
    }

    private static func withAddress(
        _ address: inout sockaddr_l2, _ call: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws(ErrorNumber) {
        // SAFETY: the address lives for the call, and its length is its own.
        let status = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { plain in
                unsafe call(plain, socklen_t(MemoryLayout<sockaddr_l2>.size))
            }
        }
        guard status == 0 else { throw ErrorNumber(errno) }
    }

    /// How a connection that was begun has ended: `nil` when it stands. Reading it clears it.
    static func failure(of descriptor: Int32) -> ErrorNumber? {
        var number: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        // SAFETY: getsockopt writes at most the four bytes it is told of.
        guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &length) == 0 else {
            return ErrorNumber(errno)
        }
        return number == 0 ? nil : ErrorNumber(number)
    }

    // MARK: Any socket

    /// Takes one packet.
    ///
    /// - Returns: its whole length, which may be more than the buffer has; 0 when the other end has closed; `nil` when nothing waits.
    static func receive(from descriptor: Int32, into buffer: inout [UInt8]) throws(ErrorNumber) -> Int? {
        while true {
            // SAFETY: recv writes at most as many bytes as the buffer has, and keeps no pointer.
            let count = unsafe recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT | MSG_TRUNC))
            if count >= 0 { return count }
            switch errno {
            case EINTR: continue
            case EAGAIN, EWOULDBLOCK: return nil
            default: throw ErrorNumber(errno)
            }
        }
    }

    /// - Returns: `false` when the kernel has no room now.
    static func send(_ packet: Span<UInt8>, to descriptor: Int32) throws(ErrorNumber) -> Bool {
        while true {
            // SAFETY: send reads as many bytes as the span has, and keeps no pointer.
            let count = unsafe packet.withUnsafeBufferPointer { bytes in
                unsafe Glibc.send(
                    descriptor, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
            }
            if count >= 0 { return true }
            switch errno {
            case EINTR: continue
            case EAGAIN, EWOULDBLOCK, ENOBUFS: return false
            default: throw ErrorNumber(errno)
            }
        }
    }

    // MARK: Addresses

    /// Most significant byte first, as it is printed.
    static func value(_ address: bdaddr_t) -> UInt64 {
        let (b0, b1, b2, b3, b4, b5) = address.b
        return UInt64(b0) | UInt64(b1) << 8 | UInt64(b2) << 16 | UInt64(b3) << 24 | UInt64(b4) << 32 | UInt64(b5) << 40
    }

    private static func address(_ value: UInt64) -> bdaddr_t {
        func octet(_ index: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: value >> (8 * index)) }
        return bdaddr_t(b: (octet(0), octet(1), octet(2), octet(3), octet(4), octet(5)))
    }
}
