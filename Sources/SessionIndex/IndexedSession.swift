// SPDX-License-Identifier: GPL-3.0-or-later

/// What the index keeps of one session. Absent where the session's analysis has nothing of it.
package struct IndexedSession: Equatable, Sendable {
    /// Of the folder.
    package var name: String
    /// Seconds since 1970-01-01 00:00 UTC, from the name; `nil` for a folder that was named by hand.
    package var start: Int64?
    package var athlete: String?
    /// Whether it has an analysis; if not, all below is absent.
    package var isFinished: Bool
    /// `pcapng`, `fit`, `tcx` …
    package var kind: String?
    /// Seconds.
    package var duration: Double?
    /// Metres.
    package var distance: Double?
    package var sprints: Int?
    package var onTarget: Int?
    /// 0...100.
    package var score: Double?
    package var plan: String?
    /// 0...1.
    package var compliance: Double?
    /// Shares of the athlete's maximum: that of the best sprint, and the mean of all.
    package var bestEffort: Double?
    package var meanEffort: Double?
    /// `speed` or `heart_rate`; of the first sprint that has one.
    package var effortBasis: String?
    /// The best mean speed of a sprint, m/s.
    package var bestSpeed: Double?
    /// m/s.
    package var topSpeed: Double?
    /// Beats per minute.
    package var peakHeartRate: Double?
    /// (First − last effort) / first.
    package var fade: Double?
    /// The mean fall of heart rate after the sprints, in bpm.
    package var recovery30: Double?
    package var recovery60: Double?
    package var recovery90: Double?

    package init(name: String, start: Int64?, isFinished: Bool) {
        self.name = name
        self.start = start
        self.isFinished = isFinished
    }
}
