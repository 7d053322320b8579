// SPDX-License-Identifier: GPL-3.0-or-later

/// Cuts an input into the events of a dialogue: a byte that says what happens, one for the length, that many bytes.
struct InputCursor {
    private let input: [UInt8]
    private var offset = 0

    init(_ input: [UInt8]) { self.input = input }

    /// - Returns: `nil` at the end. The last event may have fewer bytes than it says.
    mutating func next() -> (what: UInt8, bytes: [UInt8])? {
        guard offset + 2 <= input.count else { return nil }
        let start = offset + 2
        let end = min(input.count, start + Int(input[offset + 1]))
        defer { offset = end }
        return (input[offset], Array(input[start..<end]))
    }
}

/// Pieces of one size that follows from the input: the same input is always cut alike.
func pieces(of input: [UInt8]) -> [Range<Int>] {
    let sum = input.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFFFF }
    let size = 1 + sum % 97
    return stride(from: 0, to: input.count, by: size).map { $0..<min(input.count, $0 + size) }
}
