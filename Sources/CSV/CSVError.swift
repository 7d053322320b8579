// SPDX-License-Identifier: GPL-3.0-or-later

/// What is wrong in a CSV recording, and where.
package struct CSVError: Error, Equatable, Sendable {
    package enum Problem: Equatable, Sendable {
        /// There is no header line.
        case noHeader
        /// The header lacks the column `t_s`.
        case noTimeColumn
        /// The header names a column twice.
        case duplicateColumn
        case nulByte
        /// A line of more than 64 KiB.
        case lineTooLong
        case unclosedQuote
        /// Something other than a comma follows a closing quote.
        case textAfterQuote
        case cellCount(found: Int, expected: Int)
        case noTime
        /// The cell's text, shortened.
        case notANumber(String)
        case outOfRange(String)
        case negative(String)
        case timeRunsBackwards(String)
    }
    /// 1 is the first line of the input.
    package var line: Int
    /// 1 is the first cell of the line.
    package var column: Int
    /// As the header spells it; `nil` where none applies.
    package var columnName: String?
    package var problem: Problem

    package init(line: Int, column: Int, columnName: String? = nil, problem: Problem) {
        self.line = line
        self.column = column
        self.columnName = columnName
        self.problem = problem
    }
}

extension CSVError: CustomStringConvertible {
    package var description: String {
        let name = columnName.map { " (\($0))" } ?? ""
        return "line \(line), column \(column)\(name): \(problem)"
    }

    /// What is wrong, and in which named column, without the place.
    package var reason: String { columnName.map { "\($0): \(problem)" } ?? "\(problem)" }
}

extension CSVError.Problem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noHeader: "the input ends without a header line"
        case .noTimeColumn: "the header has no column t_s"
        case .duplicateColumn: "the header names this column twice"
        case .nulByte: "a NUL byte: this is not a text file, or not in UTF-8"
        case .lineTooLong: "the line is longer than 65536 bytes"
        case .unclosedQuote: "a quoted cell is not closed on its line"
        case .textAfterQuote: "text follows a closing quote"
        case .cellCount(let found, let expected):
            "the row has \(found) cells, the header \(expected)"
        case .noTime: "the time is missing"
        case .notANumber(let text): "\"\(text)\" is not a number"
        case .outOfRange(let text): "\(text) is out of range"
        case .negative(let text): "\(text) is negative"
        case .timeRunsBackwards(let text): "time \(text) is earlier than the row before"
        }
    }
}
