// SPDX-License-Identifier: GPL-3.0-or-later

/// Cuts a line into cells at its commas.
///
/// Quotes as in RFC 4180, except that a cell must end on its line: a stray quote would otherwise swallow the rows
/// after it. Blanks around a cell do not belong to it.
struct CSVLine: ~Escapable {
    enum Fault: Error, Equatable {
        case unclosedQuote
        case textAfterQuote
    }

    private let line: Span<UInt8>
    private var position = 0
    private var isDone = false

    /// - Parameter line: without its line break.
    @_lifetime(copy line)
    init(_ line: Span<UInt8>) {
        self.line = line
    }

    /// Where the next cell's text lies in the line, without quotes; `nil` after the last. Doubled quotes inside stay
    /// doubled: no number has any.
    mutating func next() throws(Fault) -> Range<Int>? {
        guard !isDone else { return nil }
        skipBlanks()
        if position < line.count, line[position] == UInt8(ascii: "\"") {
            return try quoted()
        }
        let start = position
        var end = start
        while position < line.count, line[position] != UInt8(ascii: ",") {
            if !isBlank(line[position]) { end = position + 1 }
            position += 1
        }
        step()
        return start..<end
    }

    private mutating func quoted() throws(Fault) -> Range<Int> {
        position += 1
        let start = position
        while position < line.count {
            guard line[position] == UInt8(ascii: "\"") else {
                position += 1
                continue
            }
            if position + 1 < line.count, line[position + 1] == UInt8(ascii: "\"") {
                position += 2
                continue
            }
            let end = position
            position += 1
            skipBlanks()
            guard position == line.count || line[position] == UInt8(ascii: ",") else {
                throw .textAfterQuote
            }
            step()
            return start..<end
        }
        throw .unclosedQuote
    }

    /// Over the comma, behind which there is one more cell, be it empty.
    private mutating func step() {
        if position < line.count { position += 1 } else { isDone = true }
    }

    private mutating func skipBlanks() {
        while position < line.count, isBlank(line[position]) { position += 1 }
    }

    private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
