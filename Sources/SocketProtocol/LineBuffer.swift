// SPDX-License-Identifier: GPL-3.0-or-later

/// Bytes in, as they come; lines out. Holds no more than one line's limit, however long a line is.
package struct LineBuffer: Sendable {
    package enum Event: Equatable, Sendable {
        /// Without its end: `\n`, or `\r\n`. Never empty.
        case line([UInt8])
        /// A line is longer than the limit; what follows of it is skipped. Once a line.
        case tooLong
    }

    private let limit: Int
    private var held: [UInt8] = []
    /// Bytes of the present line that were thrown away.
    package private(set) var skipped = 0

    /// - Parameter limit: bytes of a line, without its end.
    package init(limit: Int) {
        self.limit = limit
    }

    package mutating func take(_ bytes: Span<UInt8>, emit: (Event) -> Void) {
        for index in bytes.indices {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\n") {
                endLine(emit)
            } else if skipped > 0 {
                skipped &+= 1
            } else if held.count > limit || held.count == limit && byte != UInt8(ascii: "\r") {
                skipped = held.count + 1
                held = []
                emit(.tooLong)
            } else {
                held.append(byte)
            }
        }
    }

    private mutating func endLine(_ emit: (Event) -> Void) {
        defer {
            held.removeAll(keepingCapacity: true)
            skipped = 0
        }
        guard skipped == 0 else { return }
        if held.last == UInt8(ascii: "\r") { held.removeLast() }
        if !held.isEmpty { emit(.line(held)) }
    }
}
