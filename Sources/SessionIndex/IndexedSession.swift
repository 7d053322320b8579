// SPDX-License-Identifier: GPL-3.0-or-later
package import SessionStore

/// A session as the index has it.
package struct IndexedSession: Equatable, Sendable {
    /// What its analysis says; of one without an analysis, or with one that cannot be read, no more than its name does.
    package var digest: SessionDigest
    /// Whether it has an analysis.
    package var isFinished: Bool

    package init(_ digest: SessionDigest, isFinished: Bool) {
        self.digest = digest
        self.isFinished = isFinished
    }
}
