// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement

/// The name of a session's folder: `20261123T052711Z-anna`.
package enum SessionName {
    /// The longest athlete part, in characters: folder names end at 255 bytes.
    private static let longestAthlete = 64

    /// - Parameters:
    ///   - unixSeconds: the session's start, seconds since 1970-01-01 00:00 UTC.
    ///   - athlete: any name; what does not belong in a file name becomes `-`, and no name becomes `athlete`.
    package static func make(unixSeconds: Int64, athlete: String?) -> String {
        CalendarDate(unixSeconds: unixSeconds).basicISO8601 + "-" + fileName(athlete ?? "")
    }

    private static func fileName(_ athlete: String) -> String {
        var name = ""
        for character in athlete.lowercased().prefix(longestAthlete) {
            let plain = character.isASCII && (character.isLetter || character.isNumber)
            if plain {
                name.append(character)
            } else if name.last != "-" {
                name.append("-")
            }
        }
        while name.first == "-" { name.removeFirst() }
        while name.last == "-" { name.removeLast() }
        return name.isEmpty ? "athlete" : name
    }
}

extension SessionName {
    /// - Returns: when the session began, seconds since 1970-01-01 00:00 UTC; `nil` for a name of another form.
    package static func start(_ name: String) -> Int64? {
        let digits = Array(name.utf8.prefix(16))
        guard digits.count == 16, digits[15] == UInt8(ascii: "Z") else { return nil }
        // The basic form with the extended one's separators in it.
        var text = Array(digits[0..<4])
        for (range, separator) in [
            (4..<6, "-"), (6..<8, "-"), (9..<11, "T"), (11..<13, ":"), (13..<15, ":"),
        ] {
            text += Array(separator.utf8) + digits[range]
        }
        guard digits[8] == UInt8(ascii: "T") else { return nil }
        return DateText.unixNanoseconds(text).map { $0 / 1_000_000_000 }
    }
}
