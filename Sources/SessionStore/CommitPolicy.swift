// SPDX-License-Identifier: GPL-3.0-or-later

/// How much of a session a crash may cost, against how often the disk is waited for.
package struct CommitPolicy: Equatable, Sendable {
    /// Seconds between two commits while frames come. All frames of an interval share one wait for the disk.
    package var interval: Double
    /// Bytes that gather before they are written, whether a commit is due or not.
    package var batch: Int

    package init(interval: Double = 1, batch: Int = 64 << 10) {
        self.interval = interval
        self.batch = batch
    }
}
