// SPDX-License-Identifier: GPL-3.0-or-later
import BinaryCoding
package import Measurement

/// Reads the samples of a CSV recording, fed in pieces of any size.
///
/// The header names the columns, in any order: `t_s`, and any of `hr_bpm`, `speed_mps`, `cadence_spm`, `distance_m`;
/// others are noted and ignored. Before it there may be a byte-order mark, blank lines, and comment lines that start
/// with `#`. Then every row yields its heart rate, then its stride sample, both at its time; an empty cell is absent.
///
/// - A row with anything wrong in it yields nothing: `next()` throws, naming line, column and what stands there, and
///   the next call goes on with the row after. After a header that cannot be used there is nothing: `isAtEnd` is
///   true.
/// - Wrong are: cells that are not decimal numbers, what no body can do (negative values), times out of range or
///   earlier than the row before, and a row with fewer or more cells than the header. What is only unlikely is passed
///   on.
/// - A last line without a line break counts as whole, since many programs leave the break out; a note tells, as a
///   recording that was cut inside a number looks the same.
/// - Lines are at most 64 KiB; a line break may be CR LF.
///
/// Memory: the last piece and one line.
package struct CSVSampleReader: Sendable {
    private enum State: Sendable {
        case header, rows
        /// Inside a row that is too long.
        case skippingRow
        case ended
    }
    /// A row's cells; `nil` for an empty or absent one.
    private struct Row {
        var time: Timestamp?
        var heartRate: Double?
        var speed: Double?
        var cadence: Double?
        var distance: Double?
    }

    private static let lineLimit = 65536
    private static let noteLimit = 50

    private var queue = ByteQueue()
    private var inputEnded = false
    private var state = State.header
    /// Bytes at the queue's front already searched for a line break.
    private var searched = 0
    /// Of the line read last; 1 is the first.
    private var line = 0
    /// What the header says of each cell; `nil` for one to ignore.
    private var columns: [CSVColumn?] = []
    /// The second sample of the row whose first has just been returned.
    private var second: Sample?

    /// Time of the newest row, with values or without.
    package private(set) var lastTime: Timestamp?
    /// Rows read.
    package private(set) var recordCount = 0
    /// Rows refused, each with an error thrown.
    package private(set) var badCount = 0
    /// What was ignored or doubtful, one line each; at most 50.
    package private(set) var notes: [String] = []

    package init() {}

    /// Whether no sample will ever come again.
    package var isAtEnd: Bool {
        switch state {
        case .ended: second == nil
        case .header, .rows, .skippingRow: false
        }
    }

    /// Copies the bytes in. Call ``next()`` until it returns `nil` before the next call, or they pile up.
    package mutating func append(_ bytes: Span<UInt8>) {
        guard !inputEnded else { return }
        switch state {
        case .ended: return
        case .header, .rows, .skippingRow: queue.append(bytes)
        }
    }

    /// No more bytes will come.
    package mutating func endOfInput() { inputEnded = true }

    /// - Returns: `nil` when more input is needed, or at the end: ``isAtEnd`` tells.
    package mutating func next() throws(CSVError) -> Sample? {
        if let sample = second {
            second = nil
            return sample
        }
        while true {
            switch state {
            case .ended: return nil
            case .skippingRow:
                guard skipToLineBreak() else { return nil }
            case .header:
                do throws(CSVError) {
                    guard let length = try nextLine() else { return nil }
                    defer { removeLine(length) }
                    try readHeader(length)
                } catch {
                    state = .ended
                    throw error
                }
            case .rows:
                let row: Row?
                do throws(CSVError) {
                    guard let length = try nextLine() else {
                        // At the end the state says so.
                        if case .ended = state { continue }
                        return nil
                    }
                    defer { removeLine(length) }
                    row = try parse(length)
                } catch {
                    badCount &+= 1
                    throw error
                }
                if let row, let sample = take(row) { return sample }
            }
        }
    }

    // MARK: Lines

    /// Finds the next line and counts it; ``removeLine(_:)`` takes it out.
    ///
    /// - Returns: its bytes before the line break; `nil` when more input is needed, or at the end: the state tells.
    private mutating func nextLine() throws(CSVError) -> Int? {
        let length = lengthOfLine()
        if let length, length <= Self.lineLimit {
            line &+= 1
            return length
        }
        if queue.count > Self.lineLimit {
            line &+= 1
            removeLine(length ?? queue.count)
            if length == nil, case .rows = state { state = .skippingRow }
            throw CSVError(line: line, column: 1, problem: .lineTooLong)
        }
        searched = queue.count
        guard inputEnded else { return nil }
        guard queue.count > 0 else {
            if case .header = state {
                throw CSVError(line: line &+ 1, column: 1, problem: .noHeader)
            }
            state = .ended
            return nil
        }
        line &+= 1
        note("line \(line): the last line has no line break; taken as whole")
        return queue.count
    }

    private func lengthOfLine() -> Int? {
        let bytes = queue.bytes
        var index = searched
        while index < bytes.count {
            if bytes[index] == 0x0A { return index }
            index += 1
        }
        return nil
    }

    /// - Parameter length: without the line break.
    private mutating func removeLine(_ length: Int) {
        queue.removeFirst(length + 1)
        searched = 0
    }

    private mutating func skipToLineBreak() -> Bool {
        if let length = lengthOfLine() {
            removeLine(length)
            state = .rows
            return true
        }
        removeLine(queue.count)
        guard inputEnded else { return false }
        state = .ended
        return true
    }

    /// The line's text: no carriage return at its end, no byte-order mark before the first.
    private func content(_ length: Int) -> Range<Int> {
        let bytes = queue.bytes
        var start = 0
        var end = length
        if end > 0, bytes[end - 1] == 0x0D { end -= 1 }
        if line == 1, end >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { start = 3 }
        return start..<end
    }

    private mutating func note(_ text: String) {
        if notes.count < Self.noteLimit { notes.append(text) }
    }

    // MARK: Cells

    /// The line's cells as places in it; empty for a blank line.
    private func cells(
        _ text: Span<UInt8>, _ body: (Int, Range<Int>) throws(CSVError) -> Void
    ) throws(CSVError) -> Int {
        var count = 0
        var cells = CSVLine(text)
        while true {
            let cell: Range<Int>?
            do throws(CSVLine.Fault) {
                cell = try cells.next()
            } catch {
                throw failure(count, error == .unclosedQuote ? .unclosedQuote : .textAfterQuote)
            }
            guard let cell else { return count }
            for index in cell where text[index] == 0 { throw failure(count, .nulByte) }
            try body(count, cell)
            count += 1
        }
    }

    /// - Parameter cell: 0 is the first.
    private func failure(_ cell: Int, _ problem: CSVError.Problem) -> CSVError {
        let column = columns.indices.contains(cell) ? columns[cell] : nil
        return CSVError(
            line: line, column: cell + 1, columnName: column?.rawValue, problem: problem)
    }

    private mutating func readHeader(_ length: Int) throws(CSVError) {
        let content = content(length)
        var names: [String] = []
        do {
            let text = queue.bytes.extracting(content)
            guard !Self.isBlank(text), text[0] != UInt8(ascii: "#") else { return }
            _ = try cells(text) { _, cell throws(CSVError) in
                names.append(Self.excerpt(text.extracting(cell)))
            }
        }
        for (index, name) in names.enumerated() {
            let column = CSVColumn(rawValue: name)
            if column == nil {
                note("line \(line), column \(index + 1): column \"\(name)\" is ignored")
            } else if columns.contains(column) {
                throw CSVError(
                    line: line, column: index + 1, columnName: name, problem: .duplicateColumn)
            }
            columns.append(column)
        }
        guard columns.contains(.time) else {
            throw CSVError(line: line, column: 1, problem: .noTimeColumn)
        }
        if columns.count(where: { $0 != nil }) == 1 {
            note("line \(line): no column holds a measurement")
        }
        state = .rows
    }

    private func parse(_ length: Int) throws(CSVError) -> Row? {
        let text = queue.bytes.extracting(content(length))
        guard !Self.isBlank(text) else { return nil }
        var row = Row()
        let count = try cells(text) { index, cell throws(CSVError) in
            guard columns.indices.contains(index), let column = columns[index] else { return }
            let cellText = text.extracting(cell)
            guard cellText.count > 0 else {
                if column == .time { throw failure(index, .noTime) }
                return
            }
            guard let number = DecimalNumber(cellText) else {
                throw failure(index, .notANumber(Self.excerpt(cellText)))
            }
            switch column {
            case .time:
                guard let nanoseconds = number.scaled(byPowerOfTen: 9),
                    let time = Timestamp(exactly: nanoseconds)
                else { throw failure(index, .outOfRange(Self.excerpt(cellText))) }
                if let lastTime, time < lastTime {
                    throw failure(index, .timeRunsBackwards(Self.excerpt(cellText)))
                }
                row.time = time
            case .heartRate: row.heartRate = try value(of: number, cellText, index)
            case .speed: row.speed = try value(of: number, cellText, index)
            case .cadence: row.cadence = try value(of: number, cellText, index)
            case .distance: row.distance = try value(of: number, cellText, index)
            }
        }
        guard count == columns.count else {
            throw failure(
                min(count, columns.count), .cellCount(found: count, expected: columns.count))
        }
        return row
    }

    private func value(
        of number: borrowing DecimalNumber, _ text: Span<UInt8>, _ cell: Int
    ) throws(CSVError) -> Double {
        guard let value = number.value else { throw failure(cell, .outOfRange(Self.excerpt(text))) }
        guard value >= 0 else { throw failure(cell, .negative(Self.excerpt(text))) }
        return value
    }

    /// - Returns: the row's first sample; a second one waits in ``second``.
    private mutating func take(_ row: Row) -> Sample? {
        guard let time = row.time else { return nil }
        recordCount &+= 1
        lastTime = time
        var stride: Sample?
        if row.speed != nil || row.cadence != nil || row.distance != nil {
            let cadence = row.cadence.map { Cadence(perMinute: $0, convention: .steps) }
            let reading = StrideReading(speed: row.speed, cadence: cadence, distance: row.distance)
            stride = Sample(time: time, sensor: .file(.footpod), reading: .stride(reading))
        }
        guard let heartRate = row.heartRate else { return stride }
        second = stride
        return Sample(
            time: time, sensor: .file(.heartRate),
            reading: .heartRate(HeartRateReading(beatsPerMinute: heartRate)))
    }

    private static func isBlank(_ text: Span<UInt8>) -> Bool {
        for index in text.indices where text[index] != 0x20 && text[index] != 0x09 { return false }
        return true
    }

    /// At most 40 bytes, what cannot be shown as `?`.
    private static func excerpt(_ text: Span<UInt8>) -> String {
        var shown: [UInt8] = []
        for index in text.indices.prefix(40) {
            let byte = text[index]
            shown.append(byte < 0x20 || byte == 0x7F ? UInt8(ascii: "?") : byte)
        }
        let start = String(decoding: shown, as: UTF8.self)
        return text.count > 40 ? start + "…" : start
    }
}
