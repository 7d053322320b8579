// SPDX-License-Identifier: GPL-3.0-or-later
import BluetoothCentral
import GATT
import Measurement

/// A sensor's side of a connection. What happens: below 0xF0 a PDU comes; else the link becomes safe, cannot, or time passes.
enum ATTParser: FuzzedParser {
    static func read(_ input: [UInt8]) {
        var cursor = InputCursor(input)
        var dialogue = Dialogue()
        dialogue.client { $0.start(at: $1, emit: $2) }
        while let (what, bytes) = cursor.next() {
            switch what {
            case 0xF0...0xF3: dialogue.client { $0.secured(at: $1, emit: $2) }
            case 0xF4...0xF7: dialogue.client { $0.cannotSecure(at: $1, emit: $2) }
            case 0xF8...0xFF:
                dialogue.time = dialogue.time.advanced(bySeconds: Double(what - 0xF7) * 5)
                dialogue.client { $0.tick(at: $1, emit: $2) }
            default:
                dialogue.hear(bytes)
                dialogue.client { $0.receive(bytes.span, at: $1, emit: $2) }
            }
        }
    }

    private struct Dialogue {
        private var subject = GATTClient()
        var time = Timestamp.zero
        /// The opcode of the request that waits for its answer.
        private var waiting: UInt8?
        private var requests = 0
        private var hasFailed = false

        mutating func client(_ event: (inout GATTClient, Timestamp, (GATTClient.Action, Span<UInt8>) -> Void) -> Void) {
            // Moved out, not copied: a copy would have all its tables copied at the first write.
            var client = GATTClient()
            swap(&client, &subject)
            event(&client, time) { note($0, $1) }
            swap(&client, &subject)
            demand(requests <= 512, "\(requests) requests")
            demand((subject.phase == .failed) == hasFailed, "fails without saying so")
            if let deadline = subject.deadline {
                demand(deadline <= time.advanced(bySeconds: 30), "waits for too long")
            }
        }

        /// What answers the request frees the way for the next.
        mutating func hear(_ pdu: [UInt8]) {
            guard let waiting, pdu.count <= Int(GATTClient.ownMTU) else { return }
            if pdu.first == waiting &+ 1 || pdu.count >= 2 && pdu[0] == 1 && pdu[1] == waiting { self.waiting = nil }
        }

        private mutating func note(_ action: GATTClient.Action, _ bytes: Span<UInt8>) {
            demand(!hasFailed, "\(action) after the failure")
            switch action {
            case .send:
                guard bytes.count > 0, bytes.count <= 23, let opcode = ATTOpcode(rawValue: bytes[0]) else {
                    fatalError("sends \(bytes.count) bytes")
                }
                guard opcode.role == .request else { return }
                demand(waiting == nil, "sends \(opcode) while another request waits")
                waiting = bytes[0]
                requests += 1
            case .value(let uuid, _):
                demand(bytes.count <= 512, "a value of \(bytes.count) bytes")
                _ = uuid.description
            case .failed(let failure):
                hasFailed = true
                _ = (failure.description, failure.needsPairing)
            case .secure, .ready, .complete: break
            }
        }
    }
}
