// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement

/// What a capture says besides its frames.
package enum CaptureEvent: Equatable, Sendable {
    case comment(CaptureComment)
    /// An interface was described whose frames will be skipped: its link type's number.
    case unsupportedInterface(UInt16)
    /// Reading stopped before the end of the input. The last event of a capture.
    case broken(CaptureBreak)
}

/// A text in a capture.
package struct CaptureComment: Equatable, Sendable {
    package enum Origin: UInt8, Sendable {
        /// Of a section's header: the session's metadata in our own recordings.
        case section
        /// Of the packet that follows.
        case frame
        /// A journal entry between packets: how our own recordings note later events.
        case journal
    }
    package var origin: Origin
    /// Of the packet, or of the journal entry (to the microsecond); `nil` where none is stated.
    package var time: Timestamp?
    package var text: String

    package init(origin: Origin, time: Timestamp?, text: String) {
        self.origin = origin
        self.time = time
        self.text = text
    }
}

/// What one call of ``CaptureReader/next(frame:event:)`` came to. Comments met on the way were told, whatever it is.
@usableFromInline
package enum CaptureStep: Equatable, Sendable, BitwiseCopyable {
    /// `frame` was called once, after `event` for that frame's comments.
    case frame
    /// `event` was called, `frame` was not.
    case event
    /// The bytes so far hold nothing more: append some, or say that there are no more.
    case needsInput
    /// The input was read to its end.
    case end
}
