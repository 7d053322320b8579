// SPDX-License-Identifier: GPL-3.0-or-later
import BinaryCoding

/// Where a file ends, by its header, by its checksum or by what follows; and what is done with the rest of a broken one.
extension FITDecoder {
    func storedChecksum(at index: Int) -> UInt16? {
        let bytes = queue.bytes
        guard index &+ 2 <= bytes.count else { return nil }
        return UInt16(bytes[index]) | UInt16(bytes[index + 1]) << 8
    }

    /// - Returns: `nil` when more bytes are needed to tell.
    func boundary() -> Boundary? {
        guard queue.count >= Self.lookahead || inputEnded else { return nil }
        if isHeader(at: 2) { return .checksum(matches: storedChecksum(at: 0) == crc.value) }
        if isHeader(at: 0) { return .header }
        if queue.count == 2, storedChecksum(at: 0) == crc.value { return .checksum(matches: true) }
        return Boundary.none
    }

    /// Whether only zeros are in sight, as where a file was copied in whole blocks: they would read as messages.
    private func isPadding(from index: Int) -> Bool {
        let bytes = queue.bytes
        for position in index..<min(Self.lookahead, bytes.count) where bytes[position] != 0 {
            return false
        }
        return true
    }

    mutating func endFile(checksumMatches matches: Bool) {
        if !matches {
            noteBook.add(at: queue.offset, "the file's checksum is wrong: some of its data may be")
        }
        queue.removeFirst(2)
        state = .header
    }

    mutating func endFileWithoutChecksum() {
        noteBook.add(at: queue.offset, "the file has no checksum")
        state = .header
    }

    /// At the place where the header says that the data ends.
    ///
    /// - Parameter wasRead: whether the data could be read to here, so that there is reason to try what follows.
    mutating func readDeclaredEnd(wasRead: Bool) -> Step {
        guard let boundary = boundary() else { return .needsInput }
        switch boundary {
        case .checksum(let matches): endFile(checksumMatches: matches)
        case .header: endFileWithoutChecksum()
        case .none:
            if queue.count < 2 {
                // The input ends here, or inside the checksum.
                endFileWithoutChecksum()
                queue.removeFirst(queue.count)
            } else if storedChecksum(at: 0) == crc.value || queue.count == 2 || !wasRead
                || isPadding(from: 2)
            {
                endFile(checksumMatches: storedChecksum(at: 0) == crc.value)
            } else {
                noteBook.add(
                    at: queue.offset,
                    "the data goes on past the size in the file header; read to the end of input")
                dataEnd = nil
            }
        }
        return .again
    }

    /// Drops the data up to its declared end, or all input where there is none.
    mutating func drop(_ reason: String) -> Step {
        guard let dataEnd else {
            noteBook.add(at: queue.offset, "\(reason); the rest of the input is dropped")
            state = .skippingInput
            return .again
        }
        noteBook.add(
            at: queue.offset,
            "\(reason); the rest of this file, up to byte \(dataEnd), is dropped")
        state = .skippingData(to: dataEnd)
        return .again
    }

    mutating func skipData(to end: Int) -> Step {
        consume(min(queue.count, end &- queue.offset))
        if queue.offset == end {
            return readDeclaredEnd(wasRead: false)
        }
        guard inputEnded else { return .needsInput }
        state = .ended
        return .again
    }

    /// The input ended where a message or a checksum should be.
    mutating func endTruncated() -> Step {
        var text: String
        if queue.count == 0 {
            text = "the input ends without a checksum"
        } else {
            text = "the input ends inside a message, whose \(queue.count) bytes are dropped"
        }
        if let dataEnd {
            text += "; the file header promises data up to byte \(dataEnd)"
        }
        noteBook.add(at: queue.offset, text)
        queue.removeFirst(queue.count)
        state = .ended
        return .again
    }
}
