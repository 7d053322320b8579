// SPDX-License-Identifier: GPL-3.0-or-later
import BluetoothCentral
import GATT
import Measurement

/// HCI events of two adapters, scans and connections: what happens is told by the first byte's low four bits, how much later by its high three,
/// of which adapter by the one between. If that is set in the very first event, any sensor is connected to, else three chosen ones.
enum CentralParser: FuzzedParser {
    static func read(_ input: [UInt8]) {
        var cursor = InputCursor(input)
        var configuration = Central.Configuration()
        if input.first.map({ $0 & 0x10 == 0 }) ?? true {
            configuration.bindings = [.address(0x0102_0304_0506), .name("strap"), .name("pod")]
        }
        var central = Central(configuration, random: Steps())
        var time = Timestamp.zero
        var links: [LinkID] = []
        func note(_ action: CentralAction) {
            switch action {
            case .connect(let link, _, _): links.append(link)
            case .notice(let notice): demand(!notice.text.isEmpty, "\(notice.kind) without a word")
            case .open, .close, .powerOn, .reset, .command, .disconnect, .advertisement: break
            }
        }
        central.adapters([.init(index: 0, isUp: true)], at: time, emit: note)
        central.opened(0, at: time, emit: note)
        while let (what, bytes) = cursor.next() {
            time = time.advanced(bySeconds: [0, 0.001, 0.3, 1, 2.5, 6, 31, 400][Int(what >> 5)])
            let adapter = UInt16(what >> 4 & 1)
            let link = links.last
            switch what & 0x0F {
            case 0...5: central.receive(bytes.span, from: adapter, at: time, emit: note)
            case 6: fail(&central, adapter, bytes, at: time, note)
            case 7:
                central.tick(at: time, emit: note)
                if let deadline = central.deadline { demand(deadline > time, "wakes for nothing") }
            case 8:
                let all = (bytes.first ?? 3) & 0x0F
                let present = (0..<2).filter { all >> $0 & 1 != 0 }
                    .map { AdapterStatus(index: UInt16($0), isUp: all >> ($0 + 2) & 1 == 0) }
                central.adapters(present, at: time, emit: note)
            case 9: central.opened(adapter, at: time, emit: note)
            case 10: if let link { central.connected(link, at: time, emit: note) }
            case 11: if let link { central.ready(link, at: time, emit: note) }
            case 12: if let link { central.lost(link, pick(ends, bytes.first), at: time, emit: note) }
            case 13: central.release(at: time, emit: note)
            case 14: central.takeBack(at: time, emit: note)
            default: _ = central.finalCommand(adapter)
            }
            if let deadline = central.deadline { demand(deadline.nanoseconds < Timestamp.limit, "waits for ever") }
            if links.count > 1000 { links.removeFirst(900) }
        }
    }

    /// What a system call or a controller refuses: the first byte says what, the second how it was found out.
    private static func fail(
        _ central: inout Central, _ adapter: UInt16, _ bytes: [UInt8], at time: Timestamp,
        _ note: (CentralAction) -> Void
    ) {
        let obstacles: [BluetoothObstacle] = [
            .mayNotScan(adapter), .mayNotPower(adapter), .adapterBlocked(adapter), .adapterOff(adapter),
            .system("a system call failed"), .noAdapter,
        ]
        let obstacle = pick(obstacles, bytes.first)
        _ = obstacle.description
        switch bytes.dropFirst().first {
        case 1: central.socketFailed(adapter, obstacle, at: time, emit: note)
        case 2: central.cannotPower(adapter, obstacle, at: time, emit: note)
        default: central.cannotOpen(adapter, obstacle, at: time, emit: note)
        }
    }

    private static let ends: [LinkEnd] = [
        .noAnswer, .outOfReach, .endedBySensor, .inUseHere, .adapterBusy, .other("something else"),
        .client(.noMeasurement),
        .client(.timedOut(.readRequest)), .client(.refused(GATTUUID(0x2A37), ATTErrorCode(rawValue: 5))),
        .client(.endless),
    ]

    private static func pick<Choice>(_ choices: [Choice], _ byte: UInt8?) -> Choice {
        choices[Int(byte ?? 0) % choices.count]
    }

    private struct Steps: RandomNumberGenerator {
        private var state: UInt64 = 1
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state
        }
    }
}
