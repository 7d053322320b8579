// SPDX-License-Identifier: GPL-3.0-or-later

/// Why bytes could not be read as what they claim to be.
package enum DecodeError: Error, Equatable, Sendable {
    /// The bytes end before `field` does. `offset` is where the field starts, in bytes from the start of the unit read.
    case truncated(field: String, offset: Int)
    /// `field` holds a value that its format does not allow.
    case invalid(field: String, offset: Int)
}

extension DecodeError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .truncated(let field, let offset): "\(field) at byte \(offset) is cut short"
        case .invalid(let field, let offset): "\(field) at byte \(offset) has no legal value"
        }
    }
}
