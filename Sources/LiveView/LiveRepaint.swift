// SPDX-License-Identifier: GPL-3.0-or-later

/// What has to be sent to a terminal so that it shows other lines than before: those that differ, and no more.
package struct LiveRepaint: Equatable, Sendable {
    private var shown: [String]?

    package init() {}

    /// The terminal shows something else now; the next picture is painted whole.
    package mutating func forget() { shown = nil }

    /// Control sequences of ECMA-48 only: CUP (8.3.21), ED (8.3.39), EL (8.3.41).
    package mutating func text(for lines: [String]) -> String {
        var text = ""
        let before: [String]
        if let shown, shown.count == lines.count {
            before = shown
        } else {
            text += "\u{1B}[2J"
            before = Array(repeating: "", count: lines.count)
        }
        for (row, line) in lines.enumerated() where line != before[row] {
            // Cleared first: behind a character in the last column some terminals would clear that one.
            text += "\u{1B}[\(row + 1);1H\u{1B}[K\(line)"
        }
        shown = lines
        return text
    }
}
