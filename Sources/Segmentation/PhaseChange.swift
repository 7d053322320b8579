// SPDX-License-Identifier: GPL-3.0-or-later
package import Measurement

/// What the segmenter decided. Phases follow each other without holes: one's start is the end of the one before.
package enum PhaseChange: Equatable, Sendable {
    case began(PhaseStart)
    /// The open sprint has lasted longer than ``Segmenter/longestSprint`` and is an interval from its start on: the one label that is
    /// ever revised.
    case becameInterval(decided: Timestamp)
}

/// The start of a phase; never revised.
package struct PhaseStart: Equatable, Sendable {
    package var kind: PhaseKind
    /// Where the phase truly began, back-dated; not before the start of the phase before.
    package var start: Timestamp
    /// The input time at which the start was known; not before `start`.
    package var decided: Timestamp
    package var evidence: Evidence
    /// 0...1.
    package var confidence: Double

    package init(
        kind: PhaseKind, start: Timestamp, decided: Timestamp, evidence: Evidence, confidence: Double
    ) {
        self.kind = kind
        self.start = start
        self.decided = decided
        self.evidence = evidence
        self.confidence = confidence
    }
}
