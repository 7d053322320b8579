// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement

/// A systemd journal entry in its export format: what pcapng keeps in block type 9, and Wireshark shows as a line of
/// text between the packets.
///
/// Source: systemd "Journal Export Formats": a field a line, `NAME=value`; a value that holds a newline instead
/// follows the name's line as a 64-bit little-endian length, the value and a newline. `__REALTIME_TIMESTAMP` is in
/// microseconds since the Unix epoch.
struct JournalEntry: Equatable, Sendable {
    /// `nil` where it is absent or out of range.
    var time: Timestamp?
    var message: String?

    private static let timeField = "__REALTIME_TIMESTAMP"
    private static let messageField = "MESSAGE"
    private static let newline = UInt8(ascii: "\n")
    private static let equals = UInt8(ascii: "=")

    init(time: Timestamp?, message: String?) {
        self.time = time
        self.message = message
    }

    /// Takes what can be read; a field that is cut short ends the entry.
    init(_ bytes: Span<UInt8>) {
        var offset = 0
        while offset < bytes.count, bytes[offset] != 0 {
            guard let lineEnd = Self.firstIndex(of: Self.newline, in: bytes, offset..<bytes.count)
            else { return }
            if let equals = Self.firstIndex(of: Self.equals, in: bytes, offset..<lineEnd) {
                take(Self.text(bytes, offset..<equals), Self.text(bytes, equals + 1..<lineEnd))
                offset = lineEnd + 1
                continue
            }
            let start = lineEnd + 9
            guard start <= bytes.count,
                let length = Int(exactly: bytes.littleEndian64(at: lineEnd + 1)),
                length < bytes.count - start
            else { return }
            take(Self.text(bytes, offset..<lineEnd), Self.text(bytes, start..<start + length))
            offset = start + length + 1
        }
    }

    private mutating func take(_ name: String, _ value: String) {
        switch name {
        case Self.messageField: message = value
        case Self.timeField:
            let (nanoseconds, overflow) =
                Int64(value)?.multipliedReportingOverflow(by: 1000) ?? (0, true)
            time = overflow ? nil : Timestamp(exactly: nanoseconds)
        default: return
        }
    }

    private static func firstIndex(
        of byte: UInt8, in bytes: Span<UInt8>, _ range: Range<Int>
    ) -> Int? {
        range.first { bytes[$0] == byte }
    }

    private static func text(_ bytes: Span<UInt8>, _ range: Range<Int>) -> String {
        String(decoding: range.map { bytes[$0] }, as: UTF8.self)
    }

    /// The entry's bytes, with what readers want of an entry besides: a priority (6: informational) and who spoke.
    func encoded(from application: String) -> [UInt8] {
        var bytes: [UInt8] = []
        // The export format has no negative times.
        let microseconds = max(0, time?.nanoseconds ?? 0) / 1000
        bytes.append(contentsOf: "\(Self.timeField)=\(microseconds)\nPRIORITY=6\n".utf8)
        bytes.append(contentsOf: "SYSLOG_IDENTIFIER=\(application)\n".utf8)
        guard let message else { return bytes }
        bytes.append(contentsOf: Self.messageField.utf8)
        if message.utf8.contains(Self.newline) {
            bytes.append(Self.newline)
            bytes.appendLittleEndian(UInt64(message.utf8.count))
        } else {
            bytes.append(Self.equals)
        }
        bytes.append(contentsOf: message.utf8)
        bytes.append(Self.newline)
        return bytes
    }
}
