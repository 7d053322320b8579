// SPDX-License-Identifier: GPL-3.0-or-later
import CSV
import FIT
import Measurement
import TCX

/// Readers of samples that are fed in pieces have one shape.
protocol PieceReader {
    associatedtype Failure: Error & Equatable
    init()
    var isAtEnd: Bool { get }
    var badCount: Int { get }
    var notes: [String] { get }
    mutating func append(_ bytes: Span<UInt8>)
    mutating func endOfInput()
    mutating func next() throws(Failure) -> Sample?
}

extension FITSampleReader: PieceReader {}
extension TCXSampleReader: PieceReader {}
extension CSVSampleReader: PieceReader {}

/// All that a reader made of an input.
struct Reading<Reader: PieceReader>: Equatable {
    private var samples: [Sample] = []
    private var notes: [String] = []
    private var badCount = 0
    private var failures: [Reader.Failure] = []

    init(_ input: [UInt8], in parts: [Range<Int>]) {
        var reader = Reader()
        for part in parts {
            reader.append(input.span.extracting(part))
            take(from: &reader)
        }
        reader.endOfInput()
        take(from: &reader)
        demand(reader.isAtEnd || !failures.isEmpty, "stops before its end")
        notes = reader.notes
        badCount = reader.badCount
        demand(notes.count <= 200, "\(notes.count) notes")
    }

    /// Goes on after a failure, as long as it is not the same again.
    private mutating func take(from reader: inout Reader) {
        while true {
            do throws(Reader.Failure) {
                guard let sample = try reader.next() else { return }
                samples.append(sample)
            } catch {
                _ = String(describing: error)
                if failures.last == error { return }
                failures.append(error)
            }
        }
    }

    /// How the input is cut must not matter.
    static func compare(_ input: [UInt8]) {
        let whole = Self(input, in: [0..<input.count])
        let cut = Self(input, in: pieces(of: input))
        demand(whole == cut, "cuts matter: \(whole) or \(cut)")
    }
}

enum TCXParser: FuzzedParser {
    static func read(_ input: [UInt8]) { Reading<TCXSampleReader>.compare(input) }
}

enum CSVParser: FuzzedParser {
    static func read(_ input: [UInt8]) { Reading<CSVSampleReader>.compare(input) }
}

/// Samples, then every field of every message.
enum FITParser: FuzzedParser {
    static func read(_ input: [UInt8]) {
        Reading<FITSampleReader>.compare(input)
        var decoder = FITDecoder()
        decoder.append(input.span)
        decoder.endOfInput()
        do throws(FITError) {
            while try decoder.advance() { look(at: decoder.message) }
        } catch {
            _ = String(describing: error)
        }
        if let file = FITFileID(beginning: input.span) { _ = file.isOwn }
    }

    private static func look(at message: FITMessage) {
        for index in 0..<message.fields.count { look(at: message.fields[index], in: message) }
        for index in 0..<message.developerFields.count { look(at: message.developerFields[index], in: message) }
    }

    private static func look(at field: FITField, in message: FITMessage) {
        _ = message.text(field)
        // One beyond the last as well.
        for index in 0...field.count {
            _ = message.unsigned(field, at: index)
            _ = message.number(field, at: index)
        }
    }
}
