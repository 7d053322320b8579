// SPDX-License-Identifier: GPL-3.0-or-later
import Replay
import Testing

@Suite struct RecordingFormatTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        var name: String
        var bytes: [UInt8]
        var format: RecordingFormat?
        var testDescription: String { name }

        init(_ name: String, _ bytes: [UInt8], _ format: RecordingFormat?) {
            self.name = name
            self.bytes = bytes
            self.format = format
        }
        init(_ name: String, text: String, _ format: RecordingFormat?) {
            self.init(name, Array(text.utf8), format)
        }
    }
    static let vectors = [
        Vector("pcapng", [0x0A, 0x0D, 0x0D, 0x0A], .pcapng),
        Vector("pcap, microseconds, little-endian", [0xD4, 0xC3, 0xB2, 0xA1], .pcap),
        Vector("pcap, microseconds, big-endian", [0xA1, 0xB2, 0xC3, 0xD4], .pcap),
        Vector("pcap, nanoseconds, little-endian", [0x4D, 0x3C, 0xB2, 0xA1], .pcap),
        Vector("pcap, nanoseconds, big-endian", [0xA1, 0xB2, 0x3C, 0x4D], .pcap),
        Vector("btsnoop", text: "btsnoop\0", .btsnoop),
        Vector("btsnoop cut short", text: "btsnoop", nil),
        Vector("FIT, long header", [14, 0x20, 0, 0, 9, 9, 9, 9] + Array(".FIT".utf8) + [0, 0], .fit),
        Vector("FIT, short header", [12, 0x10, 0, 0, 9, 9, 9, 9] + Array(".FIT".utf8), .fit),
        Vector("FIT of another header length", [13, 0x10, 0, 0, 9, 9, 9, 9] + Array(".FIT".utf8), nil),
        Vector("FIT cut short", [12, 0x10, 0, 0, 9, 9, 9, 9] + Array(".FI".utf8), nil),
        Vector("CSV", text: "t_s,hr_bpm\n0,80\n", .csv),
        Vector("CSV without a line's end", text: "hr_bpm,t_s", .csv),
        Vector("CSV with a byte order mark", text: "\u{FEFF}t_s,hr_bpm\n", .csv),
        Vector("CSV with CRLF and blank lines", text: "\r\n  \r\nhr_bpm, t_s\r\n", .csv),
        Vector("CSV with quotes and semicolons", text: "\"hr_bpm\";\"t_s\"\n", .csv),
        Vector("CSV with comments", text: "# by hand\n#\nt_s,hr_bpm\n", .csv),
        Vector("a comment alone", text: "# t_s,hr_bpm", nil),
        Vector("CSV without a time", text: "time,hr_bpm\nt_s,1\n", nil),
        Vector("CSV with a longer name", text: "t_start,hr_bpm\n", nil),
        Vector("a text", text: "Dear Sir,\nt_s\n", nil),
        Vector("zeros", [UInt8](repeating: 0, count: 4096), nil),
        Vector("a zero after a name", text: "t_s\0", nil),
        Vector("nothing", [], nil),
        Vector("a byte order mark alone", [0xEF, 0xBB, 0xBF], nil),
    ]
    @Test(arguments: vectors) func isRecognisedByContent(_ vector: Vector) {
        #expect(RecordingFormat.recognise(vector.bytes.span) == vector.format)
    }
}
