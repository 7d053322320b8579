// SPDX-License-Identifier: GPL-3.0-or-later

/// What the writer of sessions has to say.
package enum LogReport: Equatable, Sendable {
    /// The session lies whole in its folder.
    case stored(folder: String)
    /// The disk fails; frames gather in memory from now on. Said once until ``resumed(lostFrames:)``.
    case failed(String)
    /// Memory is full: frames are lost. Said once until ``resumed(lostFrames:)``.
    case full
    /// The disk works again, and has everything but these.
    case resumed(lostFrames: UInt64)
    /// The session's folder was removed or moved while it is recorded. Said once.
    case astray(session: String)
    /// The program ends, and what could not be written is gone. The session is finished at the next start.
    case abandoned(session: String, bytes: Int)
}

extension LogReport {
    /// One line for a person.
    package var text: String {
        switch self {
        case .stored(let folder): "session written to \(folder)"
        case .failed(let reason): "\(reason); recording goes on in memory, and is written when that works again"
        case .full: "the memory for what cannot be written is full: frames are lost and counted"
        case .resumed(0): "sessions can be written again, with all that was kept meanwhile"
        case .resumed(let frames): "sessions can be written again; \(frames) frames were lost"
        case .astray(let session):
            "\(session): the folder was removed or moved while it is recorded; this session will not be found where it belongs"
        case .abandoned(let session, let bytes):
            bytes > 0
                ? "\(session): the last \(bytes) bytes could not be written; the next start finishes what is there"
                : "\(session): its analysis could not be written; the next start makes it if the capture is there"
        }
    }
}
