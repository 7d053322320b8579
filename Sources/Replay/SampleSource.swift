// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement

/// A reader of a format that only some programs bring with them, so that a daemon need not link it.
package protocol SampleSource: Sendable {
    mutating func append(_ bytes: Span<UInt8>)
    mutating func endOfInput()
    /// - Returns: `nil` when more input is needed, or all is read.
    mutating func nextSample() throws(SampleSourceFault) -> Sample?
    /// Records read.
    var recordCount: Int { get }
    /// Records dropped.
    var badCount: Int { get }
    var lastTime: Timestamp? { get }
    /// What was dropped, and where; one line each, bounded.
    var notes: [String] { get }
}

/// Why such a file cannot be read on.
package struct SampleSourceFault: Error, Equatable, Sendable {
    package var position: RecordingError.Position?
    /// One line, without the file's name.
    package var reason: String
    package init(position: RecordingError.Position?, reason: String) {
        self.position = position
        self.reason = reason
    }
}
