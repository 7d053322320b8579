// SPDX-License-Identifier: GPL-3.0-or-later
package import Scoring

extension AthleteFile {
    /// - Parameter bytes: the file's content; TOML is UTF-8.
    package static func athlete(_ bytes: [UInt8], plans: Set<String> = []) throws(AthleteFileError) -> Athlete {
        try athlete(try text(bytes), plans: plans)
    }

    /// - Throws: with the line of the first byte that is no UTF-8.
    package static func text(_ bytes: [UInt8]) throws(AthleteFileError) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        // The line of the first byte that does not fit: all before it is text.
        var valid = 0
        var line = 1
        while let end = bytes[valid...].firstIndex(of: UInt8(ascii: "\n")),
            String(validating: bytes[valid...end], as: UTF8.self) != nil
        {
            valid = end + 1
            line += 1
        }
        throw AthleteFileError(line: line, column: 1, reason: "not UTF-8 text")
    }
}
