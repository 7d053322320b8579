// SPDX-License-Identifier: GPL-3.0-or-later
internal import Report

/// Words to be read from the other end of the hall: letters of five by five dots at most.
///
/// Half blocks make two dots of a cell, one above the other, so that a dot is about square; in ASCII a dot takes a whole cell.
struct BigText {
    enum Size {
        /// One column a dot: three rows, five in ASCII.
        case single
        /// Two columns a dot: five rows. There is none in ASCII.
        case double
    }

    private let glyphs: [[String]]

    /// - Parameter text: letters, digits, `:`, `.`, `-` and blanks; anything else becomes a blank.
    init(_ text: String) {
        glyphs = text.uppercased().map { Self.font[$0] ?? Self.blank }
    }

    /// Columns that it takes.
    func columns(_ size: Size) -> Int {
        let dots = glyphs.reduce(0) { $0 + $1[0].utf8.count + 1 } - (glyphs.isEmpty ? 0 : 1)
        return switch size {
        case .single: dots
        case .double: 2 * dots
        }
    }

    static func rows(_ size: Size, unicode: Bool) -> Int {
        switch size {
        case .single: unicode ? 3 : 5
        case .double: 5
        }
    }

    /// Its rows from the top.
    func lines(_ size: Size, unicode: Bool) -> [String] {
        let dots = (0..<5).map { row in glyphs.map { $0[row] }.joined(separator: " ") + " " }
        switch size {
        case .single where unicode:
            return stride(from: 0, to: 6, by: 2).map { row in
                let lower = row + 1 < 5 ? Array(dots[row + 1].utf8) : []
                var line = ""
                for (column, upper) in dots[row].utf8.enumerated() {
                    let bottom = column < lower.count && lower[column] == Self.dot
                    line += upper == Self.dot ? (bottom ? "█" : "▀") : bottom ? "▄" : " "
                }
                return line
            }
        case .single:
            return dots
        case .double:
            return dots.map { line in
                var result = ""
                for character in line.utf8 { result += character == Self.dot ? "██" : "  " }
                return result
            }
        }
    }

    private static let dot = UInt8(ascii: "#")
    private static let blank = ["  ", "  ", "  ", "  ", "  "]

    private static let font: [Character: [String]] = [
        "A": [" ## ", "#  #", "####", "#  #", "#  #"],
        "B": ["### ", "#  #", "### ", "#  #", "### "],
        "C": [" ###", "#   ", "#   ", "#   ", " ###"],
        "D": ["### ", "#  #", "#  #", "#  #", "### "],
        "E": ["####", "#   ", "### ", "#   ", "####"],
        "F": ["####", "#   ", "### ", "#   ", "#   "],
        "G": [" ###", "#   ", "# ##", "#  #", " ###"],
        "H": ["#  #", "#  #", "####", "#  #", "#  #"],
        "I": ["#", "#", "#", "#", "#"],
        "J": ["   #", "   #", "   #", "#  #", " ## "],
        "K": ["#  #", "# # ", "##  ", "# # ", "#  #"],
        "L": ["#   ", "#   ", "#   ", "#   ", "####"],
        "M": ["#   #", "## ##", "# # #", "#   #", "#   #"],
        "N": ["#   #", "##  #", "# # #", "#  ##", "#   #"],
        "O": [" ## ", "#  #", "#  #", "#  #", " ## "],
        "P": ["### ", "#  #", "### ", "#   ", "#   "],
        "Q": [" ## ", "#  #", "#  #", "# ##", " ###"],
        "R": ["### ", "#  #", "### ", "# # ", "#  #"],
        "S": [" ###", "#   ", " ## ", "   #", "### "],
        "T": ["#####", "  #  ", "  #  ", "  #  ", "  #  "],
        "U": ["#  #", "#  #", "#  #", "#  #", " ## "],
        "V": ["#   #", "#   #", "#   #", " # # ", "  #  "],
        "W": ["#   #", "#   #", "# # #", "## ##", "#   #"],
        "X": ["#   #", " # # ", "  #  ", " # # ", "#   #"],
        "Y": ["#   #", " # # ", "  #  ", "  #  ", "  #  "],
        "Z": ["####", "   #", " ## ", "#   ", "####"],
        "0": [" ## ", "#  #", "#  #", "#  #", " ## "],
        "1": [" # ", "## ", " # ", " # ", "###"],
        "2": ["### ", "   #", " ## ", "#   ", "####"],
        "3": ["### ", "   #", " ## ", "   #", "### "],
        "4": ["#  #", "#  #", "####", "   #", "   #"],
        "5": ["####", "#   ", "### ", "   #", "### "],
        "6": [" ## ", "#   ", "### ", "#  #", " ## "],
        "7": ["####", "   #", "  # ", " #  ", " #  "],
        "8": [" ## ", "#  #", " ## ", "#  #", " ## "],
        "9": [" ## ", "#  #", " ###", "   #", " ## "],
        ":": [" ", "#", " ", "#", " "],
        ".": [" ", " ", " ", " ", "#"],
        "-": ["   ", "   ", "###", "   ", "   "],
        "+": ["   ", " # ", "###", " # ", "   "],
        "%": ["#   #", "   # ", "  #  ", " #   ", "#   #"],
    ]
}
