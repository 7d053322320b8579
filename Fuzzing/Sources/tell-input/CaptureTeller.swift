// SPDX-License-Identifier: GPL-3.0-or-later
import Capture
import Measurement

/// `frame NANOSECONDS LINK-TYPE ORIGINAL-LENGTH BYTES` for each frame, then `end`, `broken` or `refused`.
enum CaptureTeller {
    static func lines(_ input: [UInt8]) -> [String] {
        var reader = CaptureReader()
        var lines: [String] = []
        var isBroken = false
        reader.append(input.span)
        reader.endOfInput()
        do throws(CaptureError) {
            while true {
                let step = try reader.next { frame, bytes in
                    lines.append(
                        "frame \(frame.time.nanoseconds) \(frame.link.code) \(frame.originalLength) \(hexadecimal(bytes))"
                    )
                } event: { event in
                    if case .broken = event { isBroken = true }
                }
                if step == .end { break }
            }
            lines.append(isBroken ? "broken" : "end")
        } catch {
            lines.append("refused \(error)")
        }
        return lines
    }

    private static func hexadecimal(_ bytes: Span<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for index in bytes.indices {
            text.append(digits[Int(bytes[index] >> 4)])
            text.append(digits[Int(bytes[index] & 0xF)])
        }
        return text.isEmpty ? "-" : String(decoding: text, as: UTF8.self)
    }
}
