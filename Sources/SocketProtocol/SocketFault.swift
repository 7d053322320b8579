// SPDX-License-Identifier: GPL-3.0-or-later

/// Why a line is no message or no command. The description is one line for a person.
package enum SocketFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// Longer than the protocol's lines.
    case tooLong
    /// Not UTF-8, or not one JSON object.
    case notAnObject
    /// A key that must be there.
    case missing(String)
    /// A key whose value is of another type, or out of its range.
    case wrong(String)

    package var description: String {
        switch self {
        case .tooLong: "the line is too long"
        case .notAnObject: "not a JSON object"
        case .missing(let key): "\"\(key)\" is missing"
        case .wrong(let key): "\"\(key)\" has a value that it cannot have"
        }
    }
}
