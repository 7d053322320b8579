// SPDX-License-Identifier: GPL-3.0-or-later
@testable import BluetoothCentral
import GATT
import Measurement
import TestSupport

/// A client and what came out of it, as text: what it sent as hexadecimal, everything else in words.
struct GATTDialogue {
    var client = GATTClient()
    var seconds = 0.0
    /// `> 02f700` for a PDU, `2A37@000b = 0648` for a value, `ready`, `complete`, or the failure.
    private(set) var log: [String] = []

    private var now: Timestamp { Timestamp(seconds: seconds) }

    private static func line(_ action: GATTClient.Action, _ bytes: Span<UInt8>) -> String {
        let text = hex(bytes.indices.map { bytes[$0] })
        switch action {
        case .send: return "> " + text
        case .value(let uuid, let handle): return "\(uuid)@\(hex([UInt8(handle >> 8), UInt8(handle & 0xFF)])) = " + text
        case .secure(let level): return "secure: \(level)"
        case .ready: return "ready"
        case .complete: return "complete"
        case .failed(let failure): return "\(failure)"
        }
    }

    /// What has come out since the last call.
    mutating func taken() -> [String] {
        defer { log = [] }
        return log
    }

    mutating func start() -> [String] {
        var lines: [String] = []
        client.start(at: now) { lines.append(Self.line($0, $1)) }
        return lines
    }

    /// The peer sends a PDU.
    mutating func hear(_ text: String) -> [String] {
        hear(bytes(text))
    }

    mutating func hear(_ pdu: [UInt8]) -> [String] {
        var lines: [String] = []
        client.receive(pdu.span, at: now) { lines.append(Self.line($0, $1)) }
        return lines
    }

    mutating func secured() -> [String] {
        var lines: [String] = []
        client.secured(at: now) { lines.append(Self.line($0, $1)) }
        return lines
    }

    mutating func cannotSecure() -> [String] {
        var lines: [String] = []
        client.cannotSecure(at: now) { lines.append(Self.line($0, $1)) }
        return lines
    }

    mutating func tick(at seconds: Double) -> [String] {
        self.seconds = seconds
        var lines: [String] = []
        client.tick(at: now) { lines.append(Self.line($0, $1)) }
        return lines
    }
}

/// A strap's side of discovery, written down from the attribute protocol's tables: question, answer, and what the client says to it.
///
/// ```
/// 0001-0003 Generic Access: 0003 Device Name
/// 0004-0007 Generic Attribute: 0006 Service Changed, 0007 its configuration
/// 0008-000D Heart Rate: 000A measurement, 000B its configuration, 000D body location
/// 000E-0011 Battery: 0010 level, 0011 its configuration
/// 0012-FFFF Device Information: 0014 manufacturer
/// ```
enum Strap {
    struct Exchange {
        /// What the client asks.
        var question: String
        /// What the strap answers.
        var answer: String
        /// What the client says on hearing it, before it asks the next question.
        var outcome: [String] = []
    }

    static let exchanges = [
        // Exchange MTU: we take 247 (0x00F7), the strap 23.
        Exchange(question: "02f700", answer: "03 1700"),
        // Read By Group Type, Primary Service; entries of 6 bytes: start, end, UUID.
        Exchange(
            question: "100100ffff0028", answer: "11 06  0100 0300 0018  0400 0700 0118  0800 0D00 0D18"),
        Exchange(question: "100e00ffff0028", answer: "11 06  0E00 1100 0F18  1200 FFFF 0A18"),
        // The Heart Rate service first. Read By Type, Characteristic; entries of 7: declaration, properties, value, UUID.
        // 10 notify, 02 read.
        Exchange(
            question: "0808000d000328", answer: "09 07  0900 10 0A00 372A  0C00 02 0D00 382A"),
        // 0x000C was the last declaration; behind it there is none (0A: attribute not found).
        Exchange(question: "080d000d000328", answer: "01 08 0D00 0A"),
        // Find Information behind the measurement; format 1: handle, 16-bit UUID.
        Exchange(question: "040b000b00", answer: "05 01  0B00 0229"),
        // Write Request: notifications on.
        Exchange(question: "120b000100", answer: "13", outcome: ["ready"]),
        // Generic Attribute: Service Changed, 20 indicate.
        Exchange(question: "08040007000328", answer: "09 07  0500 20 0600 052A"),
        Exchange(question: "08060007000328", answer: "01 08 0600 0A"),
        Exchange(question: "0407000700", answer: "05 01  0700 0229"),
        Exchange(question: "1207000200", answer: "13"),
        // Battery: level, 12 read and notify.
        Exchange(question: "080e0011000328", answer: "09 07  0F00 12 1000 192A"),
        Exchange(question: "08100011000328", answer: "01 08 1000 0A"),
        Exchange(question: "0411001100", answer: "05 01  1100 0229"),
        Exchange(question: "1211000100", answer: "13"),
        // Device Information: manufacturer.
        Exchange(question: "081200ffff0328", answer: "09 07  1300 02 1400 292A"),
        Exchange(question: "081400ffff0328", answer: "01 08 1400 0A"),
        // Generic Access: the name.
        Exchange(question: "08010003000328", answer: "09 07  0200 02 0300 002A"),
        Exchange(question: "08030003000328", answer: "01 08 0300 0A"),
        // What is read: body location (1 is the chest), battery level (0x5F is 95), manufacturer, name.
        Exchange(question: "0a0d00", answer: "0B 01", outcome: ["0x2A38@000d = 01"]),
        Exchange(question: "0a1000", answer: "0B 5F", outcome: ["0x2A19@0010 = 5f"]),
        // "Maker"
        Exchange(question: "0a1400", answer: "0B 4D616B6572", outcome: ["0x2A29@0014 = 4d616b6572"]),
        // "Strap 1"
        Exchange(
            question: "0a0300", answer: "0B 53747261702031",
            outcome: ["0x2A00@0003 = 53747261702031", "complete"]),
    ]

    /// A client to which the first exchanges have happened; the next question is under way.
    static func dialogue(after count: Int) -> GATTDialogue {
        var dialogue = GATTDialogue()
        _ = dialogue.start()
        for exchange in exchanges[..<count] { _ = dialogue.hear(exchange.answer) }
        return dialogue
    }
}
