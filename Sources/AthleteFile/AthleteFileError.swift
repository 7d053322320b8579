// SPDX-License-Identifier: GPL-3.0-or-later

/// Why a text is not an athlete file or a plan file, and where.
package struct AthleteFileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// From 1.
    package var line: Int
    /// In characters, from 1.
    package var column: Int
    /// One clause, without a full stop.
    package var reason: String

    package init(line: Int, column: Int, reason: String) {
        self.line = line
        self.column = column
        self.reason = reason
    }

    /// `LINE:COLUMN: reason`, to be put after `FILE:` as compilers do.
    package var description: String { "\(line):\(column): \(reason)" }
}
