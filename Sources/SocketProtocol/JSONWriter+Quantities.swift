// SPDX-License-Identifier: GPL-3.0-or-later
import JSON

/// As many decimals as `analysis.json` gives each quantity.
extension JSONWriter {
    mutating func text(_ key: StaticString, _ value: String?) {
        self.key(key)
        string(value?.bounded)
    }

    mutating func seconds(_ key: StaticString, _ value: Double?) {
        self.key(key)
        number(value, decimals: 3)
    }

    mutating func share(_ key: StaticString, _ value: Double?) {
        self.key(key)
        number(value, decimals: 4)
    }

    mutating func speed(_ key: StaticString, _ value: Double?) {
        self.key(key)
        number(value, decimals: 3)
    }

    mutating func rate(_ key: StaticString, _ value: Double?) {
        self.key(key)
        number(value, decimals: 1)
    }

    mutating func integer(_ key: StaticString, _ value: Int?) {
        self.key(key)
        integer(value)
    }

    mutating func bool(_ key: StaticString, _ value: Bool?) {
        self.key(key)
        if let value { bool(value) } else { null() }
    }

    /// `null` for an absent value.
    mutating func object<Value>(
        _ key: StaticString, _ value: Value?, _ members: (Value, inout JSONWriter) -> Void
    ) {
        self.key(key)
        guard let value else { return null() }
        object { members(value, &$0) }
    }

    mutating func list<Element>(
        _ key: StaticString, _ elements: some Sequence<Element>, _ members: (Element, inout JSONWriter) -> Void
    ) {
        self.key(key)
        array { array in
            for element in elements { array.object { members(element, &$0) } }
        }
    }
}
