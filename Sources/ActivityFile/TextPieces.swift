// SPDX-License-Identifier: GPL-3.0-or-later
import JSON

/// Text that is handed over in pieces as it grows.
struct TextPieces {
    /// Bytes that gather before they are handed over.
    private static let batch = 64 << 10
    private var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(Self.batch + 1024) }

    static func += (pieces: inout TextPieces, text: String) { pieces.bytes.append(contentsOf: text.utf8) }

    /// What has to be escaped in XML's text and attributes is; what XML 1.0 cannot say at all is left out.
    mutating func add(escaped text: String) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": self += "&amp;"
            case "<": self += "&lt;"
            case ">": self += "&gt;"
            case "\"": self += "&quot;"
            case "\u{0}"..."\u{8}", "\u{B}", "\u{C}", "\u{E}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": continue
            default: bytes.append(contentsOf: String(scalar).utf8)
            }
        }
    }

    mutating func drainIfLarge<Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        if bytes.count >= Self.batch { try drain(body) }
    }

    mutating func drain<Failure: Error>(_ body: (Span<UInt8>) throws(Failure) -> Void) throws(Failure) {
        if !bytes.isEmpty { try body(bytes.span) }
        bytes.removeAll(keepingCapacity: true)
    }

    /// - Returns: a decimal with at most so many decimals; empty for what is absent or no number.
    static func number(_ value: Double?, decimals: Int) -> String {
        value.flatMap { FixedDecimal($0, decimals: decimals)?.trimmed } ?? ""
    }
}
