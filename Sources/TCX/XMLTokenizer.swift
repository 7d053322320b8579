// SPDX-License-Identifier: GPL-3.0-or-later
import BinaryCoding

/// Cuts an XML document, fed in pieces of any size, into tags and short texts: the subset in which activity files are written.
///
/// Names are without their prefix, whichever it is. Comments, processing instructions and attributes other than the one asked for are passed
/// over. A document type declaration is refused: it is where an XML bomb would be. Entities are left as they stand, since no number and no date
/// has any. UTF-8 only.
///
/// Memory: the last piece, and one tag or text of at most 64 KiB.
struct XMLTokenizer: Sendable {
    enum Token: Equatable, Sendable {
        /// - Parameter isEmpty: `<a/>`, of which no end comes.
        case start(name: [UInt8], attribute: [UInt8]?, isEmpty: Bool)
        case end(name: [UInt8])
        /// What stands between two tags, if it is not white space alone; without what is behind its 256th byte.
        case text([UInt8])
    }

    enum Fault: Error, Equatable {
        case documentType
        /// Markup of more than 64 KiB.
        case tooLong
        /// A tag without a name, or something else that is no markup.
        case malformed
        case zeroByte
    }

    private enum State: Sendable { case text, comment, instruction, cdata }

    static let longest = 64 << 10
    private static let textLimit = 256

    private var queue = ByteQueue()
    private var state = State.text
    private var gathered: [UInt8] = []
    private var inputEnded = false
    /// Bytes at the queue's front in which the end of a tag was looked for in vain; and the quote that was open then.
    private var searched = 0
    private var quote: UInt8?
    /// The one attribute that is wanted, of whatever element.
    private let attribute: [UInt8]

    init(attribute: StaticString) { self.attribute = Array(attribute.description.utf8) }

    /// Bytes read so far.
    var offset: Int { queue.offset }
    /// Where the last tag, or what the last call threw for, begins: in bytes, however the input was cut.
    private(set) var markupOffset = 0

    mutating func append(_ bytes: Span<UInt8>) {
        if !inputEnded { queue.append(bytes) }
    }

    mutating func endOfInput() { inputEnded = true }

    /// Whether all that came was used.
    var isAtEnd: Bool { inputEnded && queue.count == 0 }

    /// - Returns: `nil` when more input is needed, or at the end.
    mutating func next() throws(Fault) -> Token? {
        while true {
            switch state {
            case .comment:
                guard skip(past: [0x2D, 0x2D, 0x3E]) else { return nil }
                state = .text
            case .instruction:
                guard skip(past: [0x3F, 0x3E]) else { return nil }
                state = .text
            case .cdata:
                guard gatherCharacterData() else { return nil }
                state = .text
            case .text:
                guard try gatherText() else { return nil }
                // A tag begins, or markup that is none.
                let before = gathered
                switch try markup() {
                case .needsInput: return nil
                case .passed: continue
                case .tag(let length):
                    if !before.isEmpty {
                        // The text first; the tag is read by the next call.
                        gathered.removeAll(keepingCapacity: true)
                        return .text(before)
                    }
                    return try tag(length)
                }
            }
        }
    }

    private enum Markup { case needsInput, passed, tag(Int) }

    /// Takes characters up to the next `<`.
    ///
    /// - Returns: whether there is one.
    private mutating func gatherText() throws(Fault) -> Bool {
        var text = gathered
        let length = Self.gather(queue.bytes, into: &text)
        gathered = text
        let found = length < queue.count
        if found, queue.bytes[length] == 0 {
            markupOffset = queue.offset + length
            throw .zeroByte
        }
        queue.removeFirst(length)
        if !found, inputEnded { gathered.removeAll() }
        return found
    }

    /// - Returns: how many bytes stand before the next `<` or zero, or all of them.
    private static func gather(_ bytes: Span<UInt8>, into text: inout [UInt8]) -> Int {
        var index = 0
        while index < bytes.count, bytes[index] != 0x3C, bytes[index] != 0 {
            let byte = bytes[index]
            index += 1
            // White space in front belongs to no value.
            if text.isEmpty, isSpace(byte) { continue }
            if text.count < textLimit { text.append(byte) }
        }
        return index
    }

    /// Tells what the `<` at the queue's front begins.
    private mutating func markup() throws(Fault) -> Markup {
        markupOffset = queue.offset
        guard queue.count >= 2 else { return try blocked() }
        if queue.bytes[1] == 0x3F {
            queue.removeFirst(2)
            state = .instruction
            return .passed
        }
        guard queue.bytes[1] == 0x21 else {
            guard let length = lengthOfTag() else { return try blocked() }
            return .tag(length)
        }
        guard queue.count >= 9 else { return try blocked() }
        if queue.bytes[2] == 0x2D, queue.bytes[3] == 0x2D {
            queue.removeFirst(4)
            state = .comment
            return .passed
        }
        // `<![CDATA[`
        guard starts(with: [0x3C, 0x21, 0x5B, 0x43, 0x44, 0x41, 0x54, 0x41, 0x5B]) else { throw .documentType }
        queue.removeFirst(9)
        state = .cdata
        return .passed
    }

    private func starts(with prefix: [UInt8]) -> Bool {
        let bytes = queue.bytes
        guard bytes.count >= prefix.count else { return false }
        for index in prefix.indices where bytes[index] != prefix[index] { return false }
        return true
    }

    private mutating func blocked() throws(Fault) -> Markup {
        guard queue.count <= Self.longest else { throw .tooLong }
        // A tag that the end of the input cuts is no tag.
        if inputEnded { queue.removeFirst(queue.count) }
        return .needsInput
    }

    /// The bytes from `<` to its `>`; a `>` inside quotes ends nothing.
    private mutating func lengthOfTag() -> Int? {
        var open = quote
        let end = Self.endOfTag(queue.bytes, from: searched, quote: &open)
        quote = open
        // Found again by the next call, if a text goes before.
        searched = end ?? queue.count
        return end.map { $0 + 1 }
    }

    private static func endOfTag(_ bytes: Span<UInt8>, from start: Int, quote: inout UInt8?) -> Int? {
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == 0x22 || byte == 0x27 {
                quote = byte
            } else if byte == 0x3E {
                return index
            }
            index += 1
        }
        return nil
    }

    private mutating func tag(_ length: Int) throws(Fault) -> Token {
        guard length <= Self.longest else { throw .tooLong }
        let token = Self.token(queue.bytes.extracting(1..<length - 1), attribute)
        queue.removeFirst(length)
        searched = 0
        quote = nil
        guard let token else { throw .malformed }
        return token
    }

    /// - Parameter bytes: what stands between `<` and `>`.
    private static func token(_ bytes: Span<UInt8>, _ attribute: [UInt8]) -> Token? {
        var inside = bytes
        let isEnd = !inside.isEmpty && inside[0] == 0x2F
        if isEnd { inside = inside.extracting(droppingFirst: 1) }
        let isEmpty = !isEnd && !inside.isEmpty && inside[inside.count - 1] == 0x2F
        if isEmpty { inside = inside.extracting(droppingLast: 1) }
        var index = 0
        var name: [UInt8] = []
        while index < inside.count, !isSpace(inside[index]) {
            // What stands before a colon is a prefix.
            if inside[index] == 0x3A { name.removeAll(keepingCapacity: true) } else { name.append(inside[index]) }
            index += 1
        }
        guard !name.isEmpty, !name.contains(0), !name.contains(0x3C) else { return nil }
        if isEnd { return .end(name: name) }
        return .start(name: name, attribute: value(of: attribute, inside, from: index), isEmpty: isEmpty)
    }

    private static func value(of attribute: [UInt8], _ inside: Span<UInt8>, from start: Int) -> [UInt8]? {
        var index = start
        while index < inside.count {
            while index < inside.count, isSpace(inside[index]) { index += 1 }
            var name: [UInt8] = []
            while index < inside.count, inside[index] != 0x3D, !isSpace(inside[index]) {
                name.append(inside[index])
                index += 1
            }
            while index < inside.count, isSpace(inside[index]) || inside[index] == 0x3D { index += 1 }
            guard index < inside.count, inside[index] == 0x22 || inside[index] == 0x27 else { return nil }
            let quote = inside[index]
            index += 1
            var value: [UInt8] = []
            while index < inside.count, inside[index] != quote {
                value.append(inside[index])
                index += 1
            }
            index += 1
            if name == attribute { return value }
        }
        return nil
    }

    /// - Returns: whether the end was found; what came so far is gone either way, but for what may be the end's beginning.
    private mutating func skip(past end: [UInt8]) -> Bool {
        guard let index = find(end) else {
            queue.removeFirst(inputEnded ? queue.count : max(0, queue.count - end.count + 1))
            return false
        }
        queue.removeFirst(index + end.count)
        return true
    }

    private func find(_ wanted: [UInt8]) -> Int? {
        let bytes = queue.bytes
        var index = 0
        while index + wanted.count <= bytes.count {
            var position = 0
            while position < wanted.count, bytes[index + position] == wanted[position] { position += 1 }
            if position == wanted.count { return index }
            index += 1
        }
        return nil
    }

    private mutating func gatherCharacterData() -> Bool {
        let found = find([0x5D, 0x5D, 0x3E])
        let length = found ?? (inputEnded ? queue.count : max(0, queue.count - 2))
        for index in 0..<min(length, Self.textLimit - gathered.count) { gathered.append(queue.bytes[index]) }
        queue.removeFirst(found.map { $0 + 3 } ?? length)
        return found != nil
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }
}
