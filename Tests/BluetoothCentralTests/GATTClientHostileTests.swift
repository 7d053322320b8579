// SPDX-License-Identifier: GPL-3.0-or-later
import BluetoothCentral
import Foundation
import GATT
import Measurement
import TestSupport
import Testing

/// Peers that send anything at all. `SPRINTD_FUZZ_INPUTS` sets how many PDUs they send; see CONTRIBUTING.md.
@Suite struct GATTClientHostileTests {
    static let inputs =
        ProcessInfo.processInfo.environment["SPRINTD_FUZZ_INPUTS"].flatMap { Int($0) } ?? 30_000

    /// A client, and what has to hold of it whatever it hears.
    private struct Watch {
        var client = GATTClient()
        /// The opcode of the request that waits for its answer.
        var waiting: UInt8?
        var hasFailed = false
        var requests = 0
        var values = 0
        var ready = 0
        var securings = 0
        var complaint: String?

        mutating func note(_ action: GATTClient.Action, _ bytes: Span<UInt8>) {
            if hasFailed { complaint = complaint ?? "\(action) after the failure" }
            switch action {
            case .send:
                guard bytes.count > 0, bytes.count <= 23, let opcode = ATTOpcode(rawValue: bytes[0]) else {
                    complaint = complaint ?? "sends \(bytes.count) bytes"
                    return
                }
                if opcode.role == .request {
                    if let waiting { complaint = complaint ?? "sends \(opcode) while \(waiting) waits" }
                    waiting = bytes[0]
                    requests += 1
                }
            case .value:
                values += 1
                if bytes.count > 512 { complaint = complaint ?? "a value of \(bytes.count) bytes" }
            case .secure:
                if waiting != nil { complaint = complaint ?? "wants to be safe while \(waiting ?? 0) waits" }
                securings += 1
            case .ready: ready += 1
            case .complete: break
            case .failed: hasFailed = true
            }
        }

        mutating func hear(_ pdu: [UInt8], at time: Timestamp) {
            // Only what answers the request frees the way for the next.
            let answers =
                waiting.map { pdu.first == $0 &+ 1 || pdu.count >= 2 && pdu[0] == 1 && pdu[1] == $0 } ?? false
            if answers, pdu.count <= 247 { waiting = nil }
            var client = client
            client.receive(pdu.span, at: time) { note($0, $1) }
            self.client = client
            if client.phase == .securing { settle(at: time) }
            if client.deadline != nil, waiting == nil, client.phase != .securing {
                complaint = complaint ?? "waits for nothing"
            }
            if requests > 512 { complaint = complaint ?? "\(requests) requests" }
        }

        /// By turns: it becomes safe, it cannot, and nobody says anything for now.
        private mutating func settle(at time: Timestamp) {
            var client = client
            switch securings % 3 {
            case 0: client.secured(at: time) { note($0, $1) }
            case 1: client.cannotSecure(at: time) { note($0, $1) }
            default: securings += 1
            }
            self.client = client
        }

        mutating func start(at time: Timestamp) {
            var client = client
            client.start(at: time) { note($0, $1) }
            self.client = client
        }

        mutating func tick(at time: Timestamp) {
            var client = client
            client.tick(at: time) { note($0, $1) }
            self.client = client
        }
    }

    /// A PDU that a hostile peer would send next.
    private static func pdu(
        answering waiting: UInt8?, _ step: Int, _ random: inout SeededGenerator
    ) -> [UInt8] {
        let answer = bytes(Strap.exchanges[min(step, Strap.exchanges.count - 1)].answer)
        switch random.next() % 10 {
        case 0:
            // Anything, up to beyond the longest.
            let count = Int(random.next() % (random.next() % 8 == 0 ? 700 : 40))
            return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        case 1:
            // The right opcode, then anything.
            let count = Int(random.next() % 40)
            return [(waiting ?? 0) &+ 1] + (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        case 2: return Array(answer.prefix(Int(random.next() % UInt64(answer.count + 1))))
        case 3:
            var changed = answer
            for _ in 0...random.next() % 3 where !changed.isEmpty {
                changed[Int(random.next() % UInt64(changed.count))] ^= 1 << UInt8(random.next() % 8)
            }
            return changed
        case 4: return bytes(random.element(of: Strap.exchanges).answer)
        case 5: return answer + answer.dropFirst(2)
        case 6: return [0x1B, 0x0A, 0x00, 0x10, 0x43, UInt8(truncatingIfNeeded: random.next()), 0x03]
        case 7:
            return bytes(random.element(of: ["1D 0600 0100 FFFF", "1D 7700", "02 FFFF", "10 0100 FFFF 0028", "01"]))
        case 8: return [0x01, waiting ?? 0x12, 0, 0, UInt8(truncatingIfNeeded: random.next())]
        default: return answer
        }
    }

    @Test func noPeerBringsAClientToDoMoreThanItMay() {
        var random = SeededGenerator(seed: 0xB1E)
        var fed = 0
        var ready = 0
        var values = 0
        var failures = 0
        while fed < Self.inputs {
            var watch = Watch()
            var time = Timestamp.zero
            watch.start(at: time)
            // Some peers keep to the protocol for a while, so that every part of a client gets to meet them.
            let honest = Int(random.next() % UInt64(Strap.exchanges.count + 8))
            var step = 0
            for turn in 0..<200 where !watch.hasFailed && fed < Self.inputs {
                let waiting = watch.waiting
                let heard =
                    turn < honest && step < Strap.exchanges.count
                    ? bytes(Strap.exchanges[step].answer) : Self.pdu(answering: waiting, step, &random)
                let before = watch.requests
                watch.hear(heard, at: time)
                fed += 1
                if watch.requests > before { step += 1 }
                if random.next() % 64 == 0 {
                    time = time.advanced(bySeconds: random.uniform() * 40)
                    watch.tick(at: time)
                }
            }
            if let complaint = watch.complaint {
                Issue.record("\(complaint) (input \(fed))")
                return
            }
            ready += watch.ready
            values += watch.values
            failures += watch.hasFailed ? 1 : 0
        }
        // The peers do get that far.
        #expect(ready > 0 && values > 0 && failures > 0)
    }

    @Test func randomBytesAloneAreHarmless() {
        var random = SeededGenerator(seed: 0xA77)
        var client = GATTClient()
        client.start(at: .zero) { _, _ in }
        for _ in 0..<Self.inputs / 3 {
            let pdu = (0..<Int(random.next() % 32)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            client.receive(pdu.span, at: .zero) { _, _ in }
            if client.phase == .failed {
                client = GATTClient()
                client.start(at: .zero) { _, _ in }
            }
        }
    }
}
