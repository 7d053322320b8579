// SPDX-License-Identifier: GPL-3.0-or-later

/// Why a recording could not be read, in a form fit for one line on a terminal.
package struct RecordingError: Error, Equatable, Sendable {
    /// What a person can do about it. The raw value is the exit status. Source: sysexits.h.
    package enum Category: Int32, Sendable {
        /// The file is not what it should be.
        case badData = 65
        /// There is nothing to read there: missing, a folder, not readable.
        case noInput = 66
        /// The device failed while the file was read.
        case inputOutput = 74
    }

    package enum Position: Equatable, Sendable {
        /// From the start of the file.
        case byte(UInt64)
        /// Both from 1.
        case line(Int, column: Int)
    }

    /// The path as it was given, or `standard input`.
    package var file: String
    /// `nil` when the fault has no place in the file.
    package var position: Position?
    /// One line, without the file's name.
    package var reason: String
    package var category: Category

    package init(file: String, position: Position? = nil, reason: String, category: Category) {
        self.file = file
        self.position = position
        self.reason = reason
        self.category = category
    }
}

extension RecordingError: CustomStringConvertible {
    package var description: String {
        switch position {
        case .byte(let offset): "\(file): byte \(offset): \(reason)"
        case .line(let line, let column): "\(file):\(line):\(column): \(reason)"
        case nil: "\(file): \(reason)"
        }
    }
}
