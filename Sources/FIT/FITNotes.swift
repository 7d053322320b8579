// SPDX-License-Identifier: GPL-3.0-or-later

/// What was wrong inside a file, in words, and how often: the words are bounded, the count is not.
struct FITNotes: Sendable {
    private static let limit = 50

    private(set) var lines: [String] = []
    private(set) var count = 0

    /// - Parameter offset: from the start of the input, in bytes.
    mutating func add(at offset: Int, _ text: @autoclosure () -> String) {
        count &+= 1
        if lines.count < Self.limit {
            lines.append("byte \(offset): \(text())")
        } else if lines.count == Self.limit {
            lines.append("byte \(offset): more of the like; from here on only counted")
        }
    }
}
