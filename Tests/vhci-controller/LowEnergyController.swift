// SPDX-License-Identifier: GPL-3.0-or-later
import Simulation

/// A Bluetooth LE controller with peripherals in its air: HCI packets in, HCI packets out, and time. Every packet begins with its H4 type.
///
/// It has no BR/EDR, no encryption and none of the extended commands, as the older dongles that people have. Sources: Bluetooth Core
/// Specification, Vol 4, Part E, section 7 (commands and events); Vol 3, Part A, section 3.1 (L2CAP) and Part F, section 3.4 (ATT).
struct LowEnergyController {
    private struct Peer {
        let peripheral: SimulatedPeripheral
        let handle: UInt16
        var isInReach = true
        var isConnected = false
        /// Values that the host has asked to be notified of.
        var subscriptions: Set<UInt16> = []
        var nextAdvertisement: Int64
        /// Since the scan began.
        var isReported = false
        var sent = 0
    }

    private struct Scan {
        var isOn = false
        var acceptsListedOnly = false
        var filtersDuplicates = false
    }

    private static let advertisingInterval: Int64 = 152_500_000

    private var peers: [Peer]
    private var scan = Scan()
    /// Address types and addresses as in the commands: seven bytes each.
    private var acceptList: [[UInt8]] = []
    /// Whom the host waits for: seven bytes each.
    private var wanted: [[UInt8]]?
    /// To the host.
    private(set) var output: [[UInt8]] = []

    init(_ peripherals: [SimulatedPeripheral]) {
        peers = peripherals.enumerated().map { index, peripheral in
            Peer(
                peripheral: peripheral, handle: 0x40 + UInt16(index),
                nextAdvertisement: Int64(index) * 40_000_000)
        }
    }

    /// For each peripheral: whether it is connected, and how many values were notified.
    var counts: String { peers.map { "\($0.isConnected ? 1 : 0) \($0.sent)" }.joined(separator: " ") }

    mutating func takeOutput() -> [[UInt8]] {
        defer { output = [] }
        return output
    }

    /// The adapter was pulled: what it knew is gone.
    mutating func reset() {
        scan = Scan()
        acceptList = []
        wanted = nil
        output = []
        for index in peers.indices {
            peers[index].isConnected = false
            peers[index].subscriptions = []
        }
    }

    // MARK: The air

    /// When ``advance(to:)`` has something to do; nobody listens to advertisements all the time.
    var deadline: Int64? {
        guard scan.isOn || wanted != nil else { return nil }
        return peers.lazy.filter { $0.isInReach && !$0.isConnected }.map(\.nextAdvertisement).min()
    }

    mutating func advance(to time: Int64) {
        for index in peers.indices where peers[index].isInReach && !peers[index].isConnected {
            guard peers[index].nextAdvertisement <= time else { continue }
            let missed = (time - peers[index].nextAdvertisement) / Self.advertisingInterval
            peers[index].nextAdvertisement += (missed + 1) * Self.advertisingInterval
            hear(index)
        }
    }

    private mutating func hear(_ index: Int) {
        let name = Self.name(of: peers[index].peripheral)
        if let wanted, wanted.contains(name) {
            self.wanted = nil
            peers[index].isConnected = true
            peers[index].subscriptions = []
            // Status, handle, central, peer, interval 30 ms, latency 0, timeout 4.2 s, clock accuracy
            event(0x3E, [0x01, 0x00] + Self.word(peers[index].handle) + [0x00] + name + [24, 0, 0, 0, 0xA4, 1, 0])
            return
        }
        guard scan.isOn, !scan.acceptsListedOnly || acceptList.contains(name),
            !scan.filtersDuplicates || !peers[index].isReported
        else { return }
        peers[index].isReported = true
        let data = peers[index].peripheral.advertisement
        // One report: connectable and scannable
        event(
            0x3E,
            [0x02, 0x01, 0x00] + name + [UInt8(data.count)] + data
                + [UInt8(bitPattern: peers[index].peripheral.strength)])
    }

    /// - Parameter message: an ATT notification; it goes nowhere unless the host has asked for it.
    mutating func notify(_ index: Int, _ message: [UInt8]) {
        guard peers[index].isConnected, message.count > 2,
            peers[index].subscriptions.contains(UInt16(message[1]) | UInt16(message[2]) << 8)
        else { return }
        peers[index].sent += 1
        send(message, over: peers[index].handle)
    }

    /// Out of reach: a connection ends by supervision timeout.
    mutating func setReach(_ index: Int, _ isInReach: Bool) {
        guard peers.indices.contains(index) else { return }
        peers[index].isInReach = isInReach
        if !isInReach, peers[index].isConnected { disconnect(index, reason: 0x08) }
    }

    /// The sensor's own wish.
    mutating func hangUp(_ index: Int) {
        guard peers.indices.contains(index), peers[index].isConnected else { return }
        disconnect(index, reason: 0x13)
    }

    private mutating func disconnect(_ index: Int, reason: UInt8) {
        peers[index].isConnected = false
        event(0x05, [0x00] + Self.word(peers[index].handle) + [reason])
    }

    // MARK: To the host

    private mutating func event(_ code: UInt8, _ parameters: [UInt8]) {
        output.append([0x04, code, UInt8(parameters.count)] + parameters)
    }

    private mutating func complete(_ opcode: UInt16, _ parameters: [UInt8]) {
        event(0x0E, [1] + Self.word(opcode) + parameters)
    }

    private mutating func started(_ opcode: UInt16, status: UInt8 = 0) {
        event(0x0F, [status, 1] + Self.word(opcode))
    }

    private mutating func send(_ message: [UInt8], over handle: UInt16) {
        let count = UInt16(message.count)
        // First part of a message from the controller: boundary flag 2; channel 4 is ATT's.
        output.append([0x02] + Self.word(handle | 0x2000) + Self.word(count + 4) + Self.word(count) + [4, 0] + message)
    }

    /// The address's type (random) and the address, as they stand in commands and events.
    private static func name(of peripheral: SimulatedPeripheral) -> [UInt8] {
        [1] + (0..<6).map { UInt8(truncatingIfNeeded: peripheral.address >> (8 * $0)) }
    }

    private static func word(_ value: UInt16) -> [UInt8] { [UInt8(truncatingIfNeeded: value), UInt8(value >> 8)] }

    // MARK: From the host

    mutating func take(_ packet: [UInt8], at time: Int64) {
        switch packet.first {
        case 0x01 where packet.count >= 4:
            obey(UInt16(packet[1]) | UInt16(packet[2]) << 8, Array(packet[4...]), at: time)
        case 0x02 where packet.count >= 9: takeData(packet)
        default: break
        }
    }

    private mutating func obey(_ opcode: UInt16, _ parameters: [UInt8], at time: Int64) {
        switch opcode {
        case 0x0406:
            started(opcode)
            let handle = UInt16(parameters[0]) | UInt16(parameters[1]) << 8
            if let index = peers.firstIndex(where: { $0.handle == handle && $0.isConnected }) {
                disconnect(index, reason: 0x16)
            }
        case 0x0C03:
            reset()
            complete(opcode, [0])
        // Read Local Version: 5.0, of no maker in particular.
        case 0x1001: complete(opcode, [0, 9, 0, 0, 9, 0xFF, 0xFF, 0, 0])
        case 0x1002: complete(opcode, [0] + Self.supportedCommands)
        // Read Local Supported Features: no BR/EDR, LE.
        case 0x1003: complete(opcode, [0, 0, 0, 0, 0, 0x60, 0, 0, 0])
        case 0x1009: complete(opcode, [0, 0x0A, 0x71, 0xDA, 0x7D, 0x1A, 0x00])
        // LE Read Buffer Size: eight packets of 251 bytes.
        case 0x2002: complete(opcode, [0, 251, 0, 8])
        case 0x2003: complete(opcode, [0] + [UInt8](repeating: 0, count: 8))
        case 0x2007: complete(opcode, [0, 0])
        case 0x200F: complete(opcode, [0, 16])
        case 0x201C: complete(opcode, [0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 3, 0, 0])
        case 0x2018: complete(opcode, [0] + (0..<8).map { UInt8(truncatingIfNeeded: time >> (5 * $0)) })
        // Masks and addresses that change nothing here.
        case 0x0C01, 0x2001, 0x2005: complete(opcode, [0])
        default: obeyLowEnergy(opcode, parameters)
        }
    }

    private mutating func obeyLowEnergy(_ opcode: UInt16, _ parameters: [UInt8]) {
        switch (opcode, parameters.count) {
        case (0x200B, 7):
            // As the specification has it, and as the hosts that forget it come to know.
            guard !scan.isOn else { return complete(opcode, [0x0C]) }
            scan.acceptsListedOnly = parameters[6] & 1 == 1
            complete(opcode, [0])
        case (0x200C, 2):
            scan.isOn = parameters[0] == 1
            scan.filtersDuplicates = parameters[1] == 1
            for index in peers.indices { peers[index].isReported = false }
            complete(opcode, [0])
        case (0x200D, 25):
            // interval(2) window(2) filter policy(1) peer's type(1) and address(6)
            guard wanted == nil else { return started(opcode, status: 0x0C) }
            wanted = parameters[4] == 1 ? acceptList : [Array(parameters[5..<12])]
            started(opcode)
        case (0x200E, 0):
            let wasWaiting = wanted != nil
            wanted = nil
            complete(opcode, [wasWaiting ? 0 : 0x0C])
            // Unknown Connection Identifier: none was made.
            if wasWaiting { event(0x3E, [0x01, 0x02] + [UInt8](repeating: 0, count: 17)) }
        case (0x2010, 0):
            acceptList = []
            complete(opcode, [0])
        case (0x2011, 7):
            acceptList.append(parameters)
            complete(opcode, [0])
        case (0x2012, 7):
            acceptList.removeAll { $0 == parameters }
            complete(opcode, [0])
        case (0x2013, 14):
            started(opcode)
            event(0x3E, [0x03, 0x00] + parameters[0..<2] + parameters[4..<10])
        case (0x2016, 2):
            started(opcode)
            event(0x3E, [0x04, 0x00] + parameters + [UInt8](repeating: 0, count: 8))
        // Unknown HCI Command.
        default: complete(opcode, [0x01])
        }
    }

    /// Which of the above there are, by octet and bit (Vol 4, Part E, section 6.27).
    private static let supportedCommands: [UInt8] = {
        var octets = [UInt8](repeating: 0, count: 64)
        // Disconnect; Set Event Mask, Reset; Read Local Version and Features; Read Address; LE ones from 0x2001 to 0x2016
        for (octet, bits) in [0: 0x20, 5: 0xC0, 14: 0x28, 15: 0x02, 25: 0x17, 26: 0xFC, 27: 0xA7, 28: 0x08] {
            octets[octet] = UInt8(bits)
        }
        return octets
    }()

    private mutating func takeData(_ packet: [UInt8]) {
        let handle = (UInt16(packet[1]) | UInt16(packet[2]) << 8) & 0xFFF
        // Number Of Completed Packets: room for the next.
        event(0x13, [1] + Self.word(handle) + [1, 0])
        guard let index = peers.firstIndex(where: { $0.handle == handle && $0.isConnected }) else { return }
        // Type, handle(2), length(2), L2CAP's length(2) and channel(2). A message fits one packet here.
        guard packet[7] == 4, packet[8] == 0, packet.count > 9 else { return }
        let message = Array(packet[9...])
        // Write Request of two bytes: of all attributes only the client configurations are written to, each behind its value.
        if message[0] == 0x12, message.count == 5 {
            let value = (UInt16(message[1]) | UInt16(message[2]) << 8) &- 1
            if message[3] & 1 == 1 {
                peers[index].subscriptions.insert(value)
            } else {
                peers[index].subscriptions.remove(value)
            }
        }
        // Commands and confirmations ask for no answer, nor do answers.
        guard message[0] & 0x40 == 0, message[0] != 0x1E, message[0] % 2 == 0 else { return }
        send(peers[index].peripheral.answer(to: message), over: handle)
    }
}
