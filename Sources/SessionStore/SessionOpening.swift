// SPDX-License-Identifier: GPL-3.0-or-later

/// What a session's folder and capture begin with.
package struct SessionOpening: Sendable {
    /// Of the folder, see ``SessionName``; a name that is taken gets a number.
    package var name: String
    package var metadata: SessionMetadata
    /// Seconds from the frames' clock to Unix time.
    package var clockOffset: Int64

    package init(name: String, metadata: SessionMetadata, clockOffset: Int64) {
        self.name = name
        self.metadata = metadata
        self.clockOffset = clockOffset
    }
}
