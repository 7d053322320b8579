// SPDX-License-Identifier: GPL-3.0-or-later
import BluetoothCentral
import GATT
import Measurement
import TestSupport
import Testing

/// A central in surroundings that do what they like.
@Suite struct CentralHostileTests {
    /// HCI events of any content: see ``GATTClientHostileTests/inputs``.
    @Test func eventsOfAnyContentAreHarmless() {
        var random = SeededGenerator(seed: 0x4C1)
        var bench = CentralTests.Bench()
        bench.scan()
        for input in 0..<GATTClientHostileTests.inputs / 3 {
            var packet = CentralTests.strap
            switch random.next() % 4 {
            case 0: packet = (0..<Int(random.next() % 64)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            case 1: packet = Array(packet.prefix(Int(random.next() % UInt64(packet.count + 1))))
            case 2: packet[Int(random.next() % UInt64(packet.count))] = UInt8(truncatingIfNeeded: random.next())
            default: packet += packet.dropFirst(4)
            }
            if packet.count > 2, random.next() % 8 == 0 { packet[2] = 0x0D }
            if !packet.isEmpty, random.next() % 8 == 0 { packet[0] = 0x3E }
            let now = Timestamp(seconds: Double(input) / 100)
            bench.central.receive(packet.span, from: 0, at: now) { _ in }
            if input % 50 == 0 { bench.central.tick(at: now) { _ in } }
        }
    }

    /// What has to hold whatever happens.
    @Test(arguments: 0..<20) func noSequenceOfEventsBreaksTheRules(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        var bench = CentralTests.Bench(seed % 3 == 0 ? [.address(0xC412_F500_A001), .name("Belt")] : [])
        var open: Set<UInt16> = []
        var scanning: Set<UInt16> = []
        // Links under way, with their adapter, and those that stand.
        var attempts: [LinkID: UInt16] = [:]
        var links: [LinkID: UInt16] = [:]
        for step in 0..<2000 {
            var actions: [CentralAction] = []
            let now = Timestamp(seconds: bench.seconds)
            let adapter = UInt16(random.next() % 3)
            let known = (attempts.keys + Array(links.keys)).map(\.number).sorted()
            let link = LinkID(number: random.element(of: known + [9999]))
            switch random.next() % 12 {
            case 0:
                let present = (0..<3).filter { _ in random.next() % 4 != 0 }.map {
                    AdapterStatus(index: UInt16($0), isUp: random.next() % 4 != 0)
                }
                bench.central.adapters(present, at: now) { actions.append($0) }
            case 1...3:
                let opcode = random.element(of: [UInt16(0x200B), 0x200C, 0x2041, 0x2042])
                let status = random.element(of: [UInt8(0), 0, 0, 0, 0x0C, 0x01, 0x03])
                // What is refused is not on.
                if status != 0, opcode == 0x200C || opcode == 0x2042 { scanning.remove(adapter) }
                let event = [0x0E, 4, 1, UInt8(opcode & 0xFF), UInt8(opcode >> 8), status]
                bench.central.receive(event.span, from: adapter, at: now) { actions.append($0) }
            case 4, 5:
                var report = CentralTests.strap
                report[6] = UInt8(random.next() % 100)
                bench.central.receive(report.span, from: adapter, at: now) { actions.append($0) }
            case 6:
                var report = CentralTests.strap
                report[Int(random.next() % UInt64(report.count))] ^= UInt8(truncatingIfNeeded: random.next())
                let count = Int(random.next() % UInt64(report.count + 1))
                bench.central.receive(report.span.extracting(first: count), from: adapter, at: now) {
                    actions.append($0)
                }
            case 7:
                if attempts[link] != nil {
                    links[link] = attempts.removeValue(forKey: link)
                    bench.central.connected(link, at: now) { actions.append($0) }
                }
            case 8: bench.central.ready(link, at: now) { actions.append($0) }
            case 9:
                attempts[link] = nil
                links[link] = nil
                bench.central.lost(link, random.element(of: [.outOfReach, .noAnswer, .inUseHere]), at: now) {
                    actions.append($0)
                }
            case 10 where random.next() % 8 == 0:
                if random.next() % 2 == 0 {
                    bench.central.takeBack(at: now) { actions.append($0) }
                } else {
                    bench.central.release(at: now) { actions.append($0) }
                }
            default:
                bench.seconds += random.uniform() * 3
                bench.central.tick(at: Timestamp(seconds: bench.seconds)) { actions.append($0) }
            }
            var index = 0
            while index < actions.count {
                switch actions[index] {
                case .open(let adapter):
                    if random.next() % 4 != 0 {
                        open.insert(adapter)
                        bench.central.opened(adapter, at: now) { actions.append($0) }
                    } else {
                        bench.central.cannotOpen(adapter, .mayNotScan(adapter), at: now) { actions.append($0) }
                    }
                case .close(let adapter):
                    #expect(open.remove(adapter) != nil, "step \(step): closes what is not open")
                    scanning.remove(adapter)
                case .command(let adapter, let command):
                    #expect(open.contains(adapter), "step \(step): a command to what is not open")
                    if command.opcode == 0x200C || command.opcode == 0x2042 {
                        if command.parameters[0] == 1 { scanning.insert(adapter) } else { scanning.remove(adapter) }
                    }
                case .connect(let link, let adapter, _):
                    #expect(!scanning.contains(adapter), "step \(step): connects while it scans")
                    #expect(!attempts.values.contains(adapter), "step \(step): two attempts at once")
                    attempts[link] = adapter
                case .disconnect(let link):
                    let was = attempts.removeValue(forKey: link) ?? links.removeValue(forKey: link)
                    #expect(was != nil, "step \(step): ends a link that is not there")
                case .powerOn, .reset, .advertisement, .notice: break
                }
                index += 1
            }
            #expect(attempts.count + links.count <= Central.sensorLimit)
        }
    }
}
