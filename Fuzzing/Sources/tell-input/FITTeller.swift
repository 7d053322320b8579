// SPDX-License-Identifier: GPL-3.0-or-later
import FIT

/// `message NUMBER FIELD=VALUE,VALUE… …` for each message, a developer field with `INDEX/` before its number; then `end N`, where N is how many
/// things were dropped or doubtful, or `refused`.
///
/// A value is a whole number, a decimal number, a text in hexadecimal behind `$`, or `-` where it is absent.
enum FITTeller {
    static func lines(_ input: [UInt8]) -> [String] {
        var decoder = FITDecoder()
        var lines: [String] = []
        decoder.append(input.span)
        decoder.endOfInput()
        do throws(FITError) {
            while try decoder.advance() { lines.append(line(decoder.message)) }
            lines.append("end \(decoder.faultCount)")
        } catch {
            lines.append("refused \(error)")
        }
        return lines
    }

    private static func line(_ message: FITMessage) -> String {
        var line = "message \(message.number)"
        for index in message.fields.indices {
            let field = message.fields[index]
            line += " \(field.number)=\(values(of: field, in: message))"
        }
        for index in message.developerFields.indices {
            let field = message.developerFields[index]
            line += " \(field.developerIndex ?? 0)/\(field.number)=\(values(of: field, in: message))"
        }
        return line
    }

    private static func values(of field: FITField, in message: FITMessage) -> String {
        if field.type == .string {
            return "$"
                + (message.text(field) ?? "").utf8.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
                .joined()
        }
        return (0..<field.count).map { index in
            message.unsigned(field, at: index).map { "\($0)" } ?? message.number(field, at: index).map { "\($0)" }
                ?? "-"
        }.joined(separator: ",")
    }
}
