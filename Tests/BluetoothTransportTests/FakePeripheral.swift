// SPDX-License-Identifier: GPL-3.0-or-later
import Glibc
import TestSupport

/// A sensor that advertises, takes one connection at a time, and answers as an attribute server. All of it is written after the
/// attribute protocol's tables (Core 5.4, Vol 3 Part F, 3.4), apart from the daemon's own code.
final class FakePeripheral {
    enum Nature: Equatable {
        case strap, pod, both
        /// Answers with anything.
        case hostile(seed: UInt64)
    }

    struct Attribute {
        var handle: UInt16
        var type: UInt16
        var value: [UInt8]
    }

    let nature: Nature
    let address: UInt64
    let isRandom: Bool
    let name: String
    /// Seconds between measurements.
    var period = 0.25
    private let socketPath: String
    private let digits: String
    private(set) var listener: Int32
    private(set) var link: Int32?
    /// Out of reach: neither heard nor connected.
    private(set) var isAway = false
    private var attributes: [Attribute] = []
    private var subscribed: Set<UInt16> = []
    private var random: SeededGenerator
    private(set) var connections = 0
    /// The number of the newest measurement; it travels in the RR interval and in the distance.
    private(set) var strapCount = 0
    private(set) var podCount = 0
    private(set) var confirmations = 0
    private var nextMeasurement = 0.0
    var battery: UInt8 = 95
    /// Connected and subscribed to, it sends nothing.
    var isMute = false
    /// Security level that a link needs before measurements are switched on: 1 none, 2 encryption, 3 with an authenticated key.
    var wantedLevel: UInt8 = 1
    /// What the link has come to.
    private(set) var level: UInt8 = 1
    /// As fakebluetooth.c calls it.
    var fileName: String { isRandom ? "\(digits)-2" : "\(digits)-1" }

    init(_ nature: Nature, address: UInt64, isRandom: Bool, name: String, folder: String) {
        self.nature = nature
        self.address = address
        self.isRandom = isRandom
        self.name = name
        let digits = String(address, radix: 16, uppercase: true)
        let padded = String(repeating: "0", count: 12 - digits.count) + digits
        self.digits = padded
        socketPath = "\(folder)/\(padded)-\(isRandom ? 2 : 1)"
        listener = Sockets.listen(socketPath)
        if case .hostile(let seed) = nature {
            random = SeededGenerator(seed: seed)
        } else {
            random = SeededGenerator(seed: address)
        }
        addService(0x1800)
        addCharacteristic(0x2A00, Array(name.utf8), properties: 0x02)
        addService(0x1801)
        addCharacteristic(0x2A05, [], properties: 0x20)
        if hasStrap {
            addService(0x180D)
            addCharacteristic(0x2A37, [], properties: 0x10)
            addCharacteristic(0x2A38, [1], properties: 0x02)
        }
        if hasPod {
            addService(0x1814)
            addCharacteristic(0x2A53, [], properties: 0x10)
            addCharacteristic(0x2A54, [7, 0], properties: 0x02)
        }
        addService(0x180F)
        addCharacteristic(0x2A19, [battery], properties: 0x12)
        addService(0x180A)
        addCharacteristic(0x2A29, Array("A maker with a name longer than one PDU".utf8), properties: 0x02)
    }

    deinit { close() }

    func close() {
        drop()
        if listener >= 0 { Glibc.close(listener) }
        listener = -1
        Sockets.remove(socketPath)
    }

    var hasStrap: Bool { nature != .pod }
    var hasPod: Bool { nature == .pod || nature == .both }
    var isConnected: Bool { link != nil }
    var isAdvertising: Bool { link == nil && !isAway }
    var isMeasuring: Bool { !subscribed.isEmpty && link != nil }

    private func addService(_ uuid: UInt16) {
        add(0x2800, Self.word(uuid))
    }

    private func addCharacteristic(_ uuid: UInt16, _ value: [UInt8], properties: UInt8) {
        let handle = (attributes.last?.handle ?? 0) + 2
        add(0x2803, [properties] + Self.word(handle) + Self.word(uuid))
        add(uuid, value)
        if properties & 0x30 != 0 { add(0x2902, [0, 0]) }
    }

    private func add(_ type: UInt16, _ value: [UInt8]) {
        attributes.append(Attribute(handle: (attributes.last?.handle ?? 0) + 1, type: type, value: value))
    }

    static func word(_ value: UInt16) -> [UInt8] { [UInt8(value & 0xFF), UInt8(value >> 8)] }

    // MARK: Radio

    /// An HCI event, H4 type first: one report, connectable; services and name.
    var advertisement: [UInt8] {
        var services: [UInt8] = []
        if hasStrap { services += [0x0D, 0x18] }
        if hasPod { services += [0x14, 0x18] }
        var data: [UInt8] = [2, 0x01, 0x06, UInt8(services.count + 1), 0x03] + services
        data += [UInt8(name.utf8.count + 1), 0x09] + Array(name.utf8)
        var report: [UInt8] = [0x02, 1, 0, isRandom ? 1 : 0]
        for index in 0..<6 { report.append(UInt8(truncatingIfNeeded: address >> (8 * UInt64(index)))) }
        report += [UInt8(data.count)] + data + [0xC4]
        return [0x04, 0x3E, UInt8(report.count)] + report
    }

    func takeConnection(at now: Double) {
        while let accepted = Sockets.accept(listener) {
            guard link == nil, !isAway else {
                Glibc.close(accepted)
                continue
            }
            link = accepted
            connections += 1
            subscribed = []
            level = 1
            nextMeasurement = now + random.uniform() * period
        }
    }

    /// The link is lost.
    func drop() {
        if let link { Glibc.close(link) }
        link = nil
        subscribed = []
    }

    func leave() {
        drop()
        isAway = true
        Glibc.close(listener)
        listener = -1
        Sockets.remove(socketPath)
    }

    func comeBack() {
        isAway = false
        listener = Sockets.listen(socketPath)
    }

    // MARK: Measurements

    func measure(at now: Double) {
        guard let link, !isMute, now >= nextMeasurement else { return }
        nextMeasurement += period
        if nextMeasurement < now { nextMeasurement = now + period }
        if case .hostile = nature {
            Sockets.send(rubbish(), to: link)
            return
        }
        for attribute in attributes where subscribed.contains(attribute.handle) {
            let value: [UInt8]
            switch attribute.type {
            case 0x2A37:
                strapCount += 1
                // Contact supported and there, RR: 512 and the number's last ten bits, so that each is told from its neighbours.
                value = [0x16, 120] + Self.word(512 + UInt16(strapCount % 1024))
            case 0x2A53:
                podCount += 1
                // Running, total distance: 3 m/s, 170 steps; a decimetre a measurement.
                let distance = UInt32(podCount)
                value =
                    [0x06, 0x00, 0x03, 170] + (0..<4).map { UInt8(truncatingIfNeeded: distance >> (8 * UInt32($0))) }
            default: continue
            }
            Sockets.send([0x1B] + Self.word(attribute.handle) + value, to: link)
        }
    }

    private func rubbish() -> [UInt8] {
        let count = 1 + Int(random.next() % (random.next() % 4 == 0 ? 600 : 30))
        var bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        bytes[0] = random.element(of: [0x01, 0x03, 0x05, 0x09, 0x0B, 0x11, 0x13, 0x1B, 0x1D, 0x23, bytes[0]])
        return bytes
    }

    /// Tells that the attributes have moved; is to be confirmed.
    func indicateChange() {
        guard let link, let attribute = attributes.first(where: { $0.type == 0x2A05 }) else { return }
        Sockets.send([0x1D] + Self.word(attribute.handle) + [0x01, 0x00, 0xFF, 0xFF], to: link)
    }

    /// Asks for the host's own attributes: primary services.
    func askForServices() {
        guard let link else { return }
        Sockets.send([0x10, 0x01, 0x00, 0xFF, 0xFF, 0x00, 0x28], to: link)
    }

    private(set) var answersToOwnQuestions: [[UInt8]] = []

    // MARK: The attribute server

    func hear() {
        while let link {
            switch Sockets.receive(link) {
            case .nothing: return
            case .end: drop()
            case .packet(let pdu): answer(pdu, link)
            }
        }
    }

    private func answer(_ pdu: [UInt8], _ link: Int32) {
        if case .hostile = nature {
            // Now and then the truth, so that it gets anywhere.
            Sockets.send(random.next() % 3 == 0 ? rubbish() : response(to: pdu), to: link)
            if random.next() % 16 == 0 { drop() }
            return
        }
        switch pdu.first {
        case 0x00 where pdu.count == 1: drop()
        case 0x02 where pdu.count == 1, 0x03 where pdu.count == 1: level = pdu[0]
        case 0x1E: confirmations += 1
        case 0x01 where pdu.count == 5 && pdu[1] == 0x10: answersToOwnQuestions.append(pdu)
        default: Sockets.send(response(to: pdu), to: link)
        }
    }

    private static let mtu = 23

    private func response(to pdu: [UInt8]) -> [UInt8] {
        func word(_ offset: Int) -> UInt16 { UInt16(pdu[offset]) | UInt16(pdu[offset + 1]) << 8 }
        func error(_ code: UInt8) -> [UInt8] {
            [0x01, pdu[0]] + (pdu.count >= 3 ? Self.word(word(1)) : [0, 0]) + [code]
        }
        switch (pdu.first, pdu.count) {
        case (0x02, 3): return [0x03] + Self.word(UInt16(Self.mtu))
        case (0x10, 7):
            let services = attributes.filter { $0.type == 0x2800 && (word(1)...word(3)).contains($0.handle) }
            guard !services.isEmpty else { return error(0x0A) }
            let entries = services.prefix(3).map { service in
                let next = attributes.first { $0.type == 0x2800 && $0.handle > service.handle }
                return Self.word(service.handle) + Self.word(next.map { $0.handle - 1 } ?? 0xFFFF) + service.value
            }
            return [0x11, 6] + entries.flatMap { $0 }
        case (0x08, 7):
            let found = attributes.filter { $0.type == word(5) && (word(1)...word(3)).contains($0.handle) }
            guard let first = found.first else { return error(0x0A) }
            let alike = found.prefix(3).prefix { $0.value.count == first.value.count }
            return [0x09, UInt8(first.value.count + 2)] + alike.flatMap { Self.word($0.handle) + $0.value }
        case (0x04, 5):
            let found = attributes.filter { (word(1)...word(3)).contains($0.handle) }.prefix(5)
            guard !found.isEmpty else { return error(0x0A) }
            return [0x05, 1] + found.flatMap { Self.word($0.handle) + Self.word($0.type) }
        case (0x0A, 3), (0x0C, 5):
            guard let found = attributes.first(where: { $0.handle == word(1) }) else { return error(0x01) }
            let value = found.type == 0x2A19 ? [battery] : found.value
            let offset = pdu[0] == 0x0C ? Int(word(3)) : 0
            guard offset <= value.count else { return error(0x07) }
            return [pdu[0] + 1] + value.dropFirst(offset).prefix(Self.mtu - 1)
        case (0x12, 5):
            guard let position = attributes.firstIndex(where: { $0.handle == word(1) && $0.type == 0x2902 }) else {
                return error(0x03)
            }
            // Insufficient encryption, insufficient authentication.
            guard level >= wantedLevel else { return error(wantedLevel == 2 ? 0x0F : 0x05) }
            // The configuration follows its value.
            let value = attributes[position].handle - 1
            if word(3) == 0 { subscribed.remove(value) } else { subscribed.insert(value) }
            return [0x13]
        default: return error(0x06)
        }
    }
}
