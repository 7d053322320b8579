// SPDX-License-Identifier: GPL-3.0-or-later
import JSON

/// The members of one JSON object, read by type. Absent and `null` are the same; unknown keys are nobody's business.
struct Fields {
    private let members: [String: JSONValue]

    init(_ value: JSONValue) throws(SocketFault) {
        guard let members = value.members else { throw .notAnObject }
        self.members = members
    }

    /// - Parameter line: without its end.
    init(line: Span<UInt8>, limit: Int) throws(SocketFault) {
        guard line.count <= limit else { throw .tooLong }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(line.count)
        for index in line.indices { bytes.append(line[index]) }
        guard let text = String(validating: bytes, as: UTF8.self), let value = JSONValue(text) else {
            throw .notAnObject
        }
        try self.init(value)
    }

    private func present(_ key: String) -> JSONValue? {
        guard let value = members[key], value != .null else { return nil }
        return value
    }

    private func demand<Value>(_ key: String, _ value: Value?) throws(SocketFault) -> Value {
        guard let value else { throw .missing(key) }
        return value
    }

    // MARK: What may be absent

    func optionalText(_ key: String) throws(SocketFault) -> String? {
        guard let value = present(key) else { return nil }
        guard let text = value.text else { throw .wrong(key) }
        return text
    }

    func optionalNumber(_ key: String) throws(SocketFault) -> Double? {
        guard let value = present(key) else { return nil }
        guard let number = value.number else { throw .wrong(key) }
        return number
    }

    func optionalInteger(_ key: String) throws(SocketFault) -> Int? {
        guard let number = try optionalNumber(key) else { return nil }
        guard let integer = Int(exactly: number) else { throw .wrong(key) }
        return integer
    }

    func optionalBool(_ key: String) throws(SocketFault) -> Bool? {
        guard let value = present(key) else { return nil }
        guard case .bool(let bool) = value else { throw .wrong(key) }
        return bool
    }

    func optionalObject(_ key: String) throws(SocketFault) -> Fields? {
        guard let value = present(key) else { return nil }
        guard value.members != nil else { throw .wrong(key) }
        return try Fields(value)
    }

    func optionalChoice<Choice: RawRepresentable>(_ key: String) throws(SocketFault) -> Choice?
    where Choice.RawValue == String {
        guard let text = try optionalText(key) else { return nil }
        guard let choice = Choice(rawValue: text) else { throw .wrong(key) }
        return choice
    }

    // MARK: What must be there

    func text(_ key: String) throws(SocketFault) -> String { try demand(key, try optionalText(key)) }
    func number(_ key: String) throws(SocketFault) -> Double { try demand(key, try optionalNumber(key)) }
    func integer(_ key: String) throws(SocketFault) -> Int { try demand(key, try optionalInteger(key)) }
    func bool(_ key: String) throws(SocketFault) -> Bool { try demand(key, try optionalBool(key)) }

    func choice<Choice: RawRepresentable>(_ key: String) throws(SocketFault) -> Choice
    where Choice.RawValue == String {
        try demand(key, try optionalChoice(key))
    }

    /// - Returns: nothing for an absent list.
    func list<Element>(
        _ key: String, _ make: (Fields) throws(SocketFault) -> Element
    ) throws(SocketFault) -> [Element] {
        guard let value = present(key) else { return [] }
        guard let elements = value.elements else { throw .wrong(key) }
        var made: [Element] = []
        for element in elements { made.append(try make(Fields(element))) }
        return made
    }
}
