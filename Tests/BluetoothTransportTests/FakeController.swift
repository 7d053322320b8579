// SPDX-License-Identifier: GPL-3.0-or-later
import Glibc

/// An adapter behind a raw HCI socket, as far as a scan needs one.
final class FakeController {
    let index: Int
    private let path: String
    private(set) var listener: Int32
    private(set) var clients: [Int32] = []
    private(set) var isScanning = false
    private var isConfigured = false
    /// Another program scans: commands are refused, its reports are heard by everybody.
    var isScannedByOthers = false
    /// Refuses the older commands.
    var wantsExtended = false
    /// Says nothing.
    var isDeaf = false
    /// What was asked of it, by opcode.
    private(set) var commands: [UInt16] = []
    /// Parameters came while a scan was on, which no controller takes.
    private(set) var mistakes = 0

    init(_ index: Int, folder: String) {
        self.index = index
        path = "\(folder)/hci\(index)"
        listener = Sockets.listen(path)
    }

    deinit { remove() }

    func remove() {
        disconnectClients()
        if listener >= 0 { Glibc.close(listener) }
        listener = -1
        Sockets.remove(path)
    }

    /// As when it is switched off.
    func disconnectClients() {
        for client in clients { Glibc.close(client) }
        clients = []
        isScanning = false
    }

    func hear() {
        while listener >= 0, let client = Sockets.accept(listener) { clients.append(client) }
        for client in clients {
            receiving: while true {
                switch Sockets.receive(client) {
                case .nothing: break receiving
                case .end:
                    Glibc.close(client)
                    clients.removeAll { $0 == client }
                    break receiving
                case .packet(let packet): take(packet, client)
                }
            }
        }
    }

    private func take(_ packet: [UInt8], _ client: Int32) {
        // H4 command, opcode, length, parameters.
        guard packet.count >= 4, packet[0] == 1, Int(packet[3]) == packet.count - 4 else {
            mistakes += 1
            return
        }
        let opcode = UInt16(packet[1]) | UInt16(packet[2]) << 8
        commands.append(opcode)
        guard !isDeaf else { return }
        let status = status(of: opcode, Array(packet[4...]))
        Sockets.send([4, 0x0E, 4, 1, packet[1], packet[2], status], to: client)
    }

    private func status(of opcode: UInt16, _ parameters: [UInt8]) -> UInt8 {
        let isExtended = opcode == 0x2041 || opcode == 0x2042
        guard [0x200B, 0x200C, 0x2041, 0x2042].contains(opcode) else { return 0x01 }
        guard isExtended == wantsExtended, !isScannedByOthers else { return 0x0C }
        let lengths: [UInt16: Int] = [0x200B: 7, 0x200C: 2, 0x2041: 8, 0x2042: 6]
        guard parameters.count == lengths[opcode] else { return 0x12 }
        switch opcode {
        case 0x200B, 0x2041:
            if isScanning { mistakes += 1 }
            isConfigured = !isScanning
            return isScanning ? 0x0C : 0
        default:
            // Off when it is off: as some controllers, refused.
            guard parameters[0] == 1 else {
                defer { isScanning = false }
                return isScanning ? 0 : 0x0C
            }
            guard isConfigured else { return 0x0C }
            isScanning = true
            return 0
        }
    }

    func report(_ packet: [UInt8]) {
        guard isScanning || isScannedByOthers else { return }
        for client in clients { Sockets.send(packet, to: client) }
    }
}
