// SPDX-License-Identifier: GPL-3.0-or-later

/// The name of a session's folder: `20261123T052711Z-anna`.
package enum SessionName {
    /// The longest athlete part, in characters: folder names end at 255 bytes.
    private static let longestAthlete = 64

    /// - Parameters:
    ///   - unixSeconds: the session's start, seconds since 1970-01-01 00:00 UTC.
    ///   - athlete: any name; what does not belong in a file name becomes `-`, and no name becomes `athlete`.
    package static func make(unixSeconds: Int64, athlete: String?) -> String {
        basicISO8601(unixSeconds) + "-" + fileName(athlete ?? "")
    }

    /// `YYYYMMDDThhmmssZ`, the basic format of ISO 8601.
    static func basicISO8601(_ unixSeconds: Int64) -> String {
        let bounded = min(max(unixSeconds, -62_135_596_800), 253_402_300_799)
        let days = bounded >= 0 ? bounded / 86_400 : (bounded - 86_399) / 86_400
        let second = bounded - days * 86_400
        let (year, month, day) = civil(days)
        return pad(year, 4) + pad(month, 2) + pad(day, 2) + "T" + pad(second / 3600, 2) + pad(second / 60 % 60, 2)
            + pad(second % 60, 2) + "Z"
    }

    /// The Gregorian date of a day counted from 1970-01-01, by eras of 400 years that begin on 1 March.
    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func pad(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
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
