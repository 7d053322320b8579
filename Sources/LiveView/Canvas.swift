// SPDX-License-Identifier: GPL-3.0-or-later
internal import Report

/// A screenful of cells. Whatever is written outside it is cut off, so that no line can be longer than the screen is wide.
struct Canvas {
    private struct Cell: Equatable {
        /// One character with its marks; empty behind a character that takes two columns.
        var text = " "
        var ink = Ink.plain
    }

    let columns: Int
    let rows: Int
    private var cells: [Cell]

    /// Sides below 0 count as 0.
    init(columns: Int, rows: Int) {
        self.columns = max(columns, 0)
        self.rows = max(rows, 0)
        cells = Array(repeating: Cell(), count: self.columns * self.rows)
    }

    /// Writes one line.
    ///
    /// - Parameters:
    ///   - end: the column before which it has to end; characters that do not fit whole are left out.
    /// - Returns: the column after the text.
    @discardableResult
    mutating func write(_ text: String, row: Int, column: Int, _ ink: Ink = .plain, end: Int = .max) -> Int {
        guard row >= 0, row < rows, column >= 0 else { return column }
        let end = min(end, columns)
        var column = column
        var last: Int?
        for scalar in text.unicodeScalars {
            let width = DisplayWidth.columns(of: scalar)
            if width == 0 {
                // A handful of marks on one character is a name; more is somebody's joke.
                if let last, cells[last].text.unicodeScalars.count < 4 {
                    cells[last].text.unicodeScalars.append(scalar)
                }
                continue
            }
            guard column + width <= end else { break }
            let index = row * columns + column
            clearHalves(index, width: width)
            cells[index] = Cell(text: String(Character(scalar)), ink: ink)
            if width == 2 { cells[index + 1] = Cell(text: "", ink: ink) }
            last = index
            column += width
        }
        return column
    }

    /// A character of two columns that loses one of them loses the other too.
    private mutating func clearHalves(_ index: Int, width: Int) {
        if cells[index].text.isEmpty { cells[index - 1].text = " " }
        let next = index + width
        if next % columns != 0, next < cells.count, cells[next].text.isEmpty { cells[next].text = " " }
    }

    /// The lines as a terminal takes them, without blanks at their ends.
    func lines(_ color: TextStyle.Color) -> [String] {
        (0..<rows).map { row in
            let line = cells[row * columns..<(row + 1) * columns]
            let shown = line.prefix((line.lastIndex { $0.text != " " } ?? line.startIndex - 1) + 1 - line.startIndex)
            var text = ""
            var ink = Ink.plain
            for cell in shown {
                // A blank has no colour that could be seen.
                if cell.ink != ink, cell.text != " " {
                    if ink.parameters(color) != nil { text += "\u{1B}[0m" }
                    if let parameters = cell.ink.parameters(color) { text += "\u{1B}[\(parameters)m" }
                    ink = cell.ink
                }
                text += cell.text
            }
            if ink.parameters(color) != nil { text += "\u{1B}[0m" }
            return text
        }
    }
}

/// A part of the screen, which is drawn without regard to where it lies.
struct Area {
    var row: Int
    var column: Int
    var width: Int
    var height: Int

    var end: Int { column + max(width, 0) }

    /// The same without the first `count` rows.
    func below(_ count: Int) -> Area {
        Area(row: row + count, column: column, width: width, height: max(height - count, 0))
    }
}

extension Canvas {
    /// Writes into an area's row, from its column on; what does not fit into the area is cut off.
    @discardableResult
    mutating func write(_ text: String, in area: Area, row: Int, at offset: Int = 0, _ ink: Ink = .plain) -> Int {
        guard row >= 0, row < area.height, offset >= 0 else { return offset }
        return write(text, row: area.row + row, column: area.column + offset, ink, end: area.end) - area.column
    }

    /// Writes so that the text ends before an area's column `end`, or at its left edge begins.
    mutating func write(_ text: String, in area: Area, row: Int, endingAt end: Int, _ ink: Ink = .plain) {
        write(text, in: area, row: row, at: max(end - DisplayWidth.columns(of: text), 0), ink)
    }
}
