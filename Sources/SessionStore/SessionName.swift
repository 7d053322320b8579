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

    /// - Returns: the start that ``make(unixSeconds:athlete:)`` wrote into a name, in seconds since 1970-01-01 00:00 UTC; `nil` for any
    ///   other name.
    package static func start(of name: String) -> Int64? {
        let bytes = Array(name.utf8.prefix(17))
        guard bytes.count == 17, bytes[8] == UInt8(ascii: "T"), bytes[15] == UInt8(ascii: "Z"),
            bytes[16] == UInt8(ascii: "-")
        else { return nil }
        func number(_ range: Range<Int>) -> Int? { CalendarDate.number(bytes[range]) }
        guard let year = number(0..<4), let month = number(4..<6), let day = number(6..<8),
            let hour = number(9..<11), let minute = number(11..<13), let second = number(13..<15),
            hour < 24, minute < 60, second < 60, let days = CalendarDate.dayNumber(year: year, month: month, day: day)
        else { return nil }
        return Int64(days) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
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
