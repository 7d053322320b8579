// SPDX-License-Identifier: GPL-3.0-or-later
package import Fusion
package import Measurement
package import SessionStore
package import Transport

/// One frame on its way to the writer.
package struct LogRecord: BitwiseCopyable, Sendable {
    package var session: UInt32
    /// Frames of this session that were lost since the one before.
    package var drops: UInt32
    package var slot: FrameSlot

    package init(session: UInt32, drops: UInt32, slot: FrameSlot) {
        self.session = session
        self.drops = drops
        self.slot = slot
    }
}

/// What the writer is told between frames, seldom.
package enum LogOrder: Sendable {
    /// - Parameter context: frames that the capture begins with, see ``ContextStore``; stamped with the session's start.
    case open(session: UInt32, SessionOpening, context: [FrameSlot])
    /// A text for the session's journal.
    case comment(session: UInt32, String, at: Timestamp)
    /// - Parameters:
    ///   - analysis: the whole text of the analysis.
    ///   - drops: frames lost since the session's last one.
    case finish(session: UInt32, analysis: String, drops: UInt32)
}

/// Where the pipeline's results go.
package protocol LiveOutput: ~Copyable {
    /// - Returns: `false` when there is no room: the frame is lost.
    mutating func record(_ record: borrowing LogRecord) -> Bool
    /// In its place among the records; never refused.
    mutating func order(_ order: LogOrder)
    mutating func tell(_ event: LiveEvent)
    /// What is so now, many times a second; only the last one counts.
    mutating func status(_ sample: FusedSample, of athlete: Int)
    /// Whether ``report(_:)`` leads anywhere.
    var takesReports: Bool { get }
    mutating func report(_ report: LiveReport)
}

extension LiveOutput where Self: ~Copyable {
    package var takesReports: Bool { false }
    package mutating func report(_ report: LiveReport) {}
}
