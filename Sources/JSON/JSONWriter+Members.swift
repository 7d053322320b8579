// SPDX-License-Identifier: GPL-3.0-or-later

/// A member's key and value in one.
extension JSONWriter {
    package mutating func member(_ name: StaticString, _ value: String?) {
        key(name)
        string(value)
    }

    package mutating func member(_ name: StaticString, _ value: Int?) {
        key(name)
        integer(value)
    }

    package mutating func member(_ name: StaticString, _ value: Bool) {
        key(name)
        bool(value)
    }

    /// - Parameter decimals: at most so many; see ``number(_:decimals:)``.
    package mutating func member(_ name: StaticString, _ value: Double?, decimals: Int) {
        key(name)
        number(value, decimals: decimals)
    }
}
