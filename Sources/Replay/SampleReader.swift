// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement

/// Reads the formats that hold samples instead of frames, FIT and CSV, as their bytes arrive.
struct SampleReader: Sendable {
    /// Why such a file cannot be read on.
    struct Fault: Error, Equatable {
        var position: RecordingError.Position?
        var reason: String
    }

    private let format: RecordingFormat

    init(_ format: RecordingFormat) { self.format = format }

    /// What was dropped, and where; one line each.
    var notes: [String] { [] }

    mutating func append(_ bytes: Span<UInt8>) {}

    mutating func endOfInput() {}

    /// - Returns: `nil` when more input is needed, or all is read.
    mutating func next() throws(Fault) -> Sample? {
        // FITSampleReader and CSVSampleReader go here, each behind its case of `format`.
        throw Fault(position: nil, reason: "\(format.rawValue) recordings are not supported")
    }
}
