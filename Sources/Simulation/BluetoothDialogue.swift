// SPDX-License-Identifier: GPL-3.0-or-later

/// What crosses the HCI before a sensor's first notification: the scan, the connection, the discovery and the
/// subscription.
///
/// Source: Bluetooth Core Specification, Vol 4, Part E (HCI commands and events, section 7) and Part A (H4 packet
/// types); Vol 3, Part A (L2CAP, ATT on channel 4) and Part F (ATT).
struct BluetoothDialogue {
    static let command: UInt8 = 1
    static let data: UInt8 = 2
    static let event: UInt8 = 4

    private(set) var frames: [PreparedFrame] = []
    /// Seconds at which the next thing happens.
    private(set) var time: Double
    private var random: SplitMix64

    init(at time: Double, random: SplitMix64) {
        self.time = time
        self.random = random
    }

    private mutating func put(_ type: UInt8, fromController: Bool, _ bytes: [UInt8]) {
        frames.append(
            PreparedFrame(time: time, link: .bluetooth(type: type, fromController: fromController), bytes: bytes))
    }

    private mutating func event(_ code: UInt8, _ parameters: [UInt8], after seconds: Double) {
        time += seconds
        put(Self.event, fromController: true, [code, UInt8(truncatingIfNeeded: parameters.count)] + parameters)
    }

    /// Sends a command; the controller answers with Command Complete (0x0E), or Command Status (0x0F) for what takes
    /// time.
    private mutating func command(_ opcode: UInt16, _ parameters: [UInt8], takesTime: Bool = false) {
        var bytes: [UInt8] = []
        bytes.append16(opcode)
        bytes.append(UInt8(truncatingIfNeeded: parameters.count))
        put(Self.command, fromController: false, bytes + parameters)
        var answer: [UInt8] = takesTime ? [0x00, 0x01] : [0x01]
        answer.append16(opcode)
        if !takesTime { answer.append(0x00) }
        event(takesTime ? 0x0F : 0x0E, answer, after: random.uniform(0.0004...0.002))
        time += random.uniform(0.0005...0.003)
    }

    /// LE Set Scan Parameters: active, 60 ms every 60 ms; LE Set Scan Enable.
    mutating func startScan() {
        command(0x200B, [0x01, 0x60, 0x00, 0x60, 0x00, 0x00, 0x00])
        command(0x200C, [0x01, 0x00])
    }

    mutating func stopScan() {
        command(0x200C, [0x00, 0x00])
    }

    mutating func advertise(_ device: BluetoothDevice) {
        let advertisement = device.advertisement
        // One report: connectable and undirected, random address.
        var report: [UInt8] = [0x02, 0x01, 0x00, 0x01]
        report += Self.littleEndian(device.address)
        report.append(UInt8(truncatingIfNeeded: advertisement.count))
        report += advertisement
        report.append(UInt8(bitPattern: device.strength))
        event(0x3E, report, after: random.uniform(0.02...0.12))
    }

    /// Connects, discovers everything, subscribes.
    mutating func connect(_ device: BluetoothDevice) {
        // LE Create Connection: interval 30 to 50 ms, supervision time-out 4.2 s.
        var creation: [UInt8] = [0x60, 0x00, 0x60, 0x00, 0x00, 0x01]
        creation += Self.littleEndian(device.address)
        creation += [0x00, 0x18, 0x00, 0x28, 0x00, 0x00, 0x00, 0xA4, 0x01, 0x00, 0x00, 0x00, 0x00]
        command(0x200D, creation, takesTime: true)
        // LE Connection Complete: status, handle, central, random address, interval, latency, time-out, clock accuracy.
        var complete: [UInt8] = [0x01, 0x00]
        complete.append16(device.handle)
        complete += [0x00, 0x01] + Self.littleEndian(device.address)
        complete.append16(device.interval)
        complete += [0x00, 0x00, 0xA4, 0x01, 0x05]
        event(0x3E, complete, after: random.uniform(0.05...0.3))
        time += 0.01
        discover(device)
    }

    private mutating func discover(_ device: BluetoothDevice) {
        let table = device.table
        var offer: [UInt8] = [0x02]
        offer.append16(185)
        exchange(offer, device)
        var services: [(start: UInt16, end: UInt16)] = []
        var start: UInt16 = 1
        while true {
            let answer = exchange(request(0x10, start, 0xFFFF, AttributeTable.primaryService), device)
            guard answer.first == 0x11 else { break }
            for offset in stride(from: 2, to: answer.count - 5, by: 6) {
                services.append((Self.word(answer, offset), Self.word(answer, offset + 2)))
            }
            guard let end = services.last?.end, end < 0xFFFF else { break }
            start = end + 1
        }
        for service in services {
            var from = service.start
            while from <= service.end {
                let answer = exchange(request(0x08, from, service.end, AttributeTable.characteristic), device)
                guard answer.first == 0x09, answer.count >= 9 else { break }
                // The last declaration's handle; its value is at the next.
                let last = Self.word(answer, answer.count - 7)
                guard last < 0xFFFE else { break }
                from = last + 2
            }
        }
        let measurement = table.handle(of: device.measurement)
        var find: [UInt8] = [0x04]
        find.append16(measurement &+ 1)
        find.append16(measurement &+ 1)
        exchange(find, device)
        read(table.handle(of: device.isStrap ? 0x2A38 : 0x2A54), device)
        read(table.handle(of: 0x2A19), device)
        read(table.handle(of: 0x2A29), device)
        subscribe(table.handle(of: 0x2A19), device)
        subscribe(measurement, device)
    }

    private func request(_ opcode: UInt8, _ start: UInt16, _ end: UInt16, _ type: UInt16) -> [UInt8] {
        var bytes = [opcode]
        bytes.append16(start)
        bytes.append16(end)
        bytes.append16(type)
        return bytes
    }

    private mutating func read(_ handle: UInt16, _ device: BluetoothDevice) {
        var bytes: [UInt8] = [0x0A]
        bytes.append16(handle)
        exchange(bytes, device)
    }

    /// Writes 0x0001 to the client configuration that follows the value.
    private mutating func subscribe(_ handle: UInt16, _ device: BluetoothDevice) {
        var bytes: [UInt8] = [0x12]
        bytes.append16(handle &+ 1)
        bytes.append16(0x0001)
        exchange(bytes, device)
    }

    /// One request, the controller's note that it was sent, and the answer a connection interval or two later.
    @discardableResult
    private mutating func exchange(_ request: [UInt8], _ device: BluetoothDevice) -> [UInt8] {
        // First fragment of a host's message: boundary flag 0.
        put(Self.data, fromController: false, Self.packet(request, handle: device.handle, boundary: 0))
        let interval = Double(device.interval) * 0.00125
        var sent: [UInt8] = [0x01]
        sent.append16(device.handle)
        sent += [0x01, 0x00]
        event(0x13, sent, after: interval * random.uniform(0.4...1))
        let answer = device.table.answer(to: request, mtu: device.mtu)
        time += interval * random.uniform(0.3...1)
        put(Self.data, fromController: true, Self.packet(answer, handle: device.handle, boundary: 2))
        time += random.uniform(0.0005...0.003)
        return answer
    }

    /// Disconnection Complete: connection time-out.
    mutating func lose(_ device: BluetoothDevice) {
        var bytes: [UInt8] = [0x00]
        bytes.append16(device.handle)
        bytes.append(0x08)
        event(0x05, bytes, after: 0)
    }

    /// An ATT message in one ACL packet.
    static func packet(_ message: [UInt8], handle: UInt16, boundary: UInt16) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append16(handle & 0xFFF | boundary << 12)
        bytes.append16(UInt16(truncatingIfNeeded: message.count + 4))
        bytes.append16(UInt16(truncatingIfNeeded: message.count))
        bytes.append16(0x0004)
        return bytes + message
    }

    private static func littleEndian(_ address: UInt64) -> [UInt8] {
        (0..<6).map { UInt8(truncatingIfNeeded: address >> (8 * UInt64($0))) }
    }

    private static func word(_ bytes: [UInt8], _ offset: Int) -> UInt16 {
        UInt16(bytes[offset]) | UInt16(bytes[offset + 1]) << 8
    }
}
