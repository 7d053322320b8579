// SPDX-License-Identifier: GPL-3.0-or-later
import Capture
import GATT
import Measurement

/// Packets of up to four adapters. What happens: bits 0 and 1 the kind of packet, bits 2 and 3 the direction, bits 4 and 5 the adapter.
enum HCIParser: FuzzedParser {
    static func read(_ input: [UInt8]) {
        var cursor = InputCursor(input)
        var told = GATTDecoder(reportsPDUs: true)
        var plain = GATTDecoder()
        var time = Timestamp.zero
        while let (what, bytes) = cursor.next() {
            let kinds: [HCIPacketType] = [.acl, .event, .acl, .command]
            let directions: [Bool?] = [nil, false, true, nil]
            let kind = kinds[Int(what & 3)]
            let direction = directions[Int(what >> 2 & 3)]
            let adapter = UInt16(what >> 4 & 3)
            time = time.advanced(bySeconds: 0.1)
            var samples: [Sample] = []
            told.receive(bytes.span, type: kind, sentByHost: direction, adapter: adapter, at: time) { event in
                look(at: event)
                if case .sample(let sample) = event { samples.append(sample) }
            }
            plain.receive(bytes.span, type: kind, sentByHost: direction, adapter: adapter, at: time) { event in
                if case .sample(let sample) = event {
                    demand(samples.first == sample, "another sample when no PDU is told")
                    samples.removeFirst()
                }
            }
            demand(samples.isEmpty, "a sample less when no PDU is told")
        }
        demand(told.counters == plain.counters, "other counters when no PDU is told")
    }

    private static func look(at event: GATTEvent) {
        switch event {
        case .pdu(let pdu): _ = pdu.description
        case .bad(let fault): _ = String(describing: fault)
        case .sample, .connected, .disconnected, .sensorInfo, .guessed: break
        }
    }
}
