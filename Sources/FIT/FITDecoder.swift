// SPDX-License-Identifier: GPL-3.0-or-later
import BinaryCoding

/// Reads the messages of FIT files, fed in pieces of any size.
///
/// ```swift
/// decoder.append(piece)
/// while try decoder.advance() { use(decoder.message) }
/// ```
///
/// What it delivers hangs on the bytes alone, never on how they were cut into pieces. Nothing inside a file is fatal:
/// what cannot be read is dropped, counted in ``faultCount`` and described, with its byte offset, in ``notes``.
/// Several files in a row ("chained") are read as one stream.
///
/// The data size in a header is a promise, kept or not: a device that dies leaves 0 or an old value there. It is
/// believed where the checksum, the next file's header or the end of input bears it out, else reading goes on to the
/// end of input.
///
/// Memory: the last piece, one message (at most 127 KiB) and fixed tables.
///
/// Source: FIT protocol, "FIT File Structure", "Record Format", "Chained FIT Files", "Plugin/Developer data".
package struct FITDecoder: Sendable {
    enum State: Sendable {
        /// A file header comes next, or the end of input.
        case header
        case records
        /// What remains of the file's data cannot be read.
        case skippingData(to: Int)
        /// What remains of the input is no FIT file.
        case skippingInput
        case ended
    }
    enum Step { case message, again, needsInput }
    /// What stands at a place where a file may end.
    enum Boundary: Equatable {
        /// The next bytes are a checksum, then another file or the end of input.
        case checksum(matches: Bool)
        /// Another file begins right here.
        case header
        case none
    }
    private struct Current: Sendable {
        var slot: Int
        var layout: FITDefinitions.Layout
        var length: Int
        var timestamp: UInt32?
    }

    /// Of a file header, at the least; of one that carries its own checksum.
    static let smallHeader = 12
    private static let fullHeader = 14
    /// A checksum and the next file's header up to its signature.
    static let lookahead = 2 + smallHeader
    /// Bounds what a hostile file can make us remember; the protocol would allow 65 025.
    private static let developerFieldLimit = 1024

    var queue = ByteQueue()
    var state = State.header
    var inputEnded = false
    private var definitions = FITDefinitions()
    var crc = CRC16()
    private var current: Current?
    /// Where the current file's data ends, in bytes of input; `nil` when its header does not say or was wrong.
    var dataEnd: Int?
    private var lastTimestamp: UInt32?
    var noteBook = FITNotes()

    /// Developer fields described so far in this file; of two with the same numbers the later one counts.
    package private(set) var developerFields: [FITDeveloperField] = []
    /// FIT files begun so far.
    package private(set) var fileCount = 0

    package init() {}

    /// What was dropped or doubtful, one line each, with the byte offset; at most 51 lines.
    package var notes: [String] { noteBook.lines }
    /// How many things were dropped or doubtful.
    package var faultCount: Int { noteBook.count }
    /// Whether no message will ever come again.
    package var isAtEnd: Bool {
        switch state {
        case .ended: true
        case .header, .records, .skippingData, .skippingInput: false
        }
    }
    /// The newest time that a message carried, in seconds since the FIT epoch.
    package var timestamp: UInt32? { lastTimestamp }

    /// The global number of ``message``, without the cost of the rest.
    package var messageNumber: UInt16? { current?.layout.number }

    /// Copies the bytes in. Call ``advance()`` until it returns `false` before the next call, or they pile up.
    package mutating func append(_ bytes: Span<UInt8>) {
        guard !inputEnded else { return }
        switch state {
        case .ended: return
        case .header, .records, .skippingData, .skippingInput: queue.append(bytes)
        }
    }

    /// No more bytes will come.
    package mutating func endOfInput() { inputEnded = true }

    /// The message that ``advance()`` has just found. Without one: number 0xFFFF, no fields.
    package var message: FITMessage {
        @_lifetime(borrow self)
        get {
            let current =
                current
                ?? Current(
                    slot: 0, layout: FITDefinitions.Layout(number: 0xFFFF), length: 0,
                    timestamp: nil)
            let bytes = queue.bytes.extracting(first: current.length)
            return FITMessage(
                number: current.layout.number, offset: queue.offset, timestamp: current.timestamp,
                bigEndian: current.layout.bigEndian, payload: bytes.extracting(droppingFirst: 1),
                fields: definitions.fields(of: current.layout, slot: current.slot),
                developerFields: definitions.developerFields(
                    of: current.layout, slot: current.slot))
        }
    }

    /// Goes to the next data message.
    ///
    /// - Returns: `false` when more input is needed, or at the end: ``isAtEnd`` tells.
    /// - Throws: when the input is no FIT file at all. Then ``isAtEnd`` is true.
    package mutating func advance() throws(FITError) -> Bool {
        if let current {
            consume(current.length)
            self.current = nil
        }
        while true {
            let step: Step
            switch state {
            case .header: step = try readHeader()
            case .records: step = readRecord()
            case .skippingData(let end): step = skipData(to: end)
            case .skippingInput: step = skipInput()
            case .ended: return false
            }
            switch step {
            case .message: return true
            case .needsInput: return false
            case .again: continue
            }
        }
    }

    mutating func consume(_ count: Int) {
        var crc = crc
        crc.update(queue.bytes.extracting(first: count))
        self.crc = crc
        queue.removeFirst(count)
    }

    // MARK: File header

    func isHeader(at index: Int) -> Bool {
        let bytes = queue.bytes
        guard index &+ Self.smallHeader <= bytes.count else { return false }
        // ".FIT"
        return bytes[index] >= UInt8(Self.smallHeader) && bytes[index + 8] == 0x2E
            && bytes[index + 9] == 0x46 && bytes[index + 10] == 0x49 && bytes[index + 11] == 0x54
    }

    private mutating func readHeader() throws(FITError) -> Step {
        let count = queue.count
        if count == 0 {
            guard inputEnded else { return .needsInput }
            state = .ended
            if fileCount == 0 { throw FITError(.empty, offset: 0) }
            return .again
        }
        if count < Self.smallHeader {
            guard inputEnded else { return .needsInput }
            return try refuseHeader(.headerCutShort)
        }
        let size = Int(queue.bytes[0])
        guard size >= Self.smallHeader else {
            return try refuseHeader(.headerSize(queue.bytes[0]))
        }
        guard isHeader(at: 0) else { return try refuseHeader(.noSignature) }
        guard count >= size else {
            guard inputEnded else { return .needsInput }
            return try refuseHeader(.headerCutShort)
        }
        if size >= Self.fullHeader {
            let stored = UInt16(queue.bytes[12]) | UInt16(queue.bytes[13]) << 8
            let real = CRC16.checksum(queue.bytes.extracting(first: 12))
            if stored != 0, stored != real {
                noteBook.add(at: queue.offset, "the file header's checksum is wrong; read all the same")
            }
        }
        var dataSize = 0
        for index in (4..<8).reversed() { dataSize = dataSize << 8 | Int(queue.bytes[index]) }
        crc = CRC16()
        consume(size)
        dataEnd = dataSize == 0 ? nil : queue.offset &+ dataSize
        definitions.reset()
        developerFields.removeAll(keepingCapacity: true)
        lastTimestamp = nil
        fileCount &+= 1
        state = .records
        return .again
    }

    /// The first header being bad makes this no FIT file; behind a good file it is rubbish to drop.
    private mutating func refuseHeader(_ problem: FITError.Problem) throws(FITError) -> Step {
        if fileCount == 0 {
            state = .ended
            throw FITError(problem, offset: 0)
        }
        noteBook.add(at: queue.offset, "what follows the FIT file is no FIT file: dropped")
        state = .skippingInput
        return .again
    }

    private mutating func skipInput() -> Step {
        queue.removeFirst(queue.count)
        guard inputEnded else { return .needsInput }
        state = .ended
        return .again
    }

    // MARK: Records

    private mutating func readRecord() -> Step {
        if let dataEnd {
            if queue.offset == dataEnd { return readDeclaredEnd(wasRead: true) }
            if queue.count <= 2 {
                guard inputEnded else { return .needsInput }
                if queue.count == 2, storedChecksum(at: 0) == crc.value {
                    noteBook.add(
                        at: queue.offset,
                        "the file ends here, not at byte \(dataEnd) as its header says")
                    endFile(checksumMatches: true)
                    return .again
                }
            }
        } else {
            guard let boundary = boundary() else { return .needsInput }
            switch boundary {
            case .checksum(let matches):
                endFile(checksumMatches: matches)
                return .again
            case .header:
                endFileWithoutChecksum()
                return .again
            case .none: break
            }
        }
        guard queue.count > 0 else { return endTruncated() }
        let header = queue.bytes[0]
        let isCompressed = header & 0x80 != 0
        if !isCompressed, header & 0x40 != 0 {
            return readDefinition()
        }
        let slot = Int(isCompressed ? header >> 5 & 0x03 : header & 0x0F)
        guard let layout = definitions.layout(slot) else {
            return drop("a message of local type \(slot), which nothing has defined")
        }
        let length = 1 &+ layout.size
        if let blocked = blocked(length) { return blocked }
        var timestamp: UInt32?
        if isCompressed, let last = lastTimestamp {
            timestamp = Self.expand(offset: UInt32(header & 0x1F), after: last)
        }
        if let stated = statedTimestamp(layout) { timestamp = stated }
        if let timestamp { lastTimestamp = timestamp }
        current = Current(slot: slot, layout: layout, length: length, timestamp: timestamp)
        if layout.number == FITProfile.Message.fieldDescription { describeDeveloperField() }
        return .message
    }

    private mutating func readDefinition() -> Step {
        guard let length = FITDefinitions.length(queue.bytes) else {
            guard inputEnded else { return .needsInput }
            return endTruncated()
        }
        if let blocked = blocked(length) { return blocked }
        definitions.define(from: queue, describedBy: developerFields)
        consume(length)
        return .again
    }

    /// Whether a message of `length` bytes cannot be taken now, and what to do then.
    ///
    /// A message that runs past the declared end of the data proves either it or the header wrong.
    private mutating func blocked(_ length: Int) -> Step? {
        if let dataEnd, length > dataEnd &- queue.offset {
            let left = dataEnd &- queue.offset
            guard queue.count >= left &+ Self.lookahead || inputEnded else { return .needsInput }
            guard queue.count >= left else { return endTruncated() }
            var whole = crc
            whole.update(queue.bytes.extracting(first: left))
            let isBorneOut =
                storedChecksum(at: left) == whole.value || isHeader(at: left &+ 2)
                || isHeader(at: left) || queue.count <= left &+ 2
            if isBorneOut { return drop("a message runs past the end of the data") }
            noteBook.add(
                at: queue.offset,
                "the data goes on past the size in the file header; read to the end of input")
            self.dataEnd = nil
            return .again
        }
        guard queue.count >= length else {
            return inputEnded ? endTruncated() : .needsInput
        }
        return nil
    }

    // MARK: Time and developer fields

    /// The first time at or after `last` whose low five bits are `offset`.
    ///
    /// Source: FIT protocol, "Compressed Timestamp Header".
    static func expand(offset: UInt32, after last: UInt32) -> UInt32 {
        last &+ ((offset &- last) & 0x1F)
    }

    private func statedTimestamp(_ layout: FITDefinitions.Layout) -> UInt32? {
        guard let field = layout.timestamp else { return nil }
        let bytes = queue.bytes
        let start = 1 &+ Int(field.offset)
        guard start &+ 4 <= bytes.count else { return nil }
        var value: UInt32 = 0
        for index in 0..<4 {
            let octet = UInt32(bytes[start &+ (layout.bigEndian ? index : 3 &- index)])
            value = value << 8 | octet
        }
        return value == 0xFFFF_FFFF ? nil : value
    }

    private mutating func describeDeveloperField() {
        typealias Field = FITProfile.FieldDescription
        guard let developer = message.unsigned(Field.developerIndex, as: UInt8.self),
            let number = message.unsigned(Field.number, as: UInt8.self),
            let type = message.unsigned(Field.baseType, as: UInt8.self)
        else {
            noteBook.add(at: queue.offset, "a developer field's description lacks its numbers or type")
            return
        }
        let description = FITDeveloperField(
            developerIndex: developer, number: number, type: FITBaseType(typeByte: type),
            name: message.text(Field.name), units: message.text(Field.units),
            nativeMessage: message.unsigned(Field.nativeMessage, as: UInt16.self),
            nativeField: message.unsigned(Field.nativeField, as: UInt8.self))
        let known = developerFields.firstIndex {
            $0.number == number && $0.developerIndex == developer
        }
        if let known {
            developerFields[known] = description
        } else if developerFields.count < Self.developerFieldLimit {
            developerFields.append(description)
        } else {
            noteBook.add(at: queue.offset, "too many developer fields: this one is read as bytes")
        }
    }
}
