// SPDX-License-Identifier: GPL-3.0-or-later
package import Analysis

/// What happens in a session, in the form of its analysis: for those who were not there from the start and for other programs.
package enum LiveReport: Sendable {
    package enum PhaseEvent: Sendable {
        case began
        case ended
        /// The sprint that goes on has become an interval.
        case relabelled
    }

    package enum Storage: Sendable {
        case disk
        /// The disk is full or fails; recording goes on in memory.
        case memory
        /// Something recorded is lost.
        case failed
    }

    /// Comes just before ``LiveEvent/sessionStarted(athlete:start:configuration:)``.
    ///
    /// - Parameters:
    ///   - name: of its folder, if nobody has that name.
    ///   - unixSeconds: when it began, by the wall clock.
    case sessionBegan(athlete: Int, name: String, unixSeconds: Int64)
    /// - Parameter phase: measured when it has ended; its end means nothing before.
    case phase(athlete: Int, PhaseEvent, AnalysisDocument.Phase)
    /// Once when a bout ends, and again with its recovery.
    case bout(athlete: Int, isInterval: Bool, isFinal: Bool, AnalysisDocument.Sprint)
    case storage(Storage)
}
