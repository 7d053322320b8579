// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement

/// Frames that find no room because the writer does not keep up: told once when it begins and once when it is over. A disk that just does
/// not keep up makes a little room again and again, which is one episode.
struct DropEpisode: Equatable, Sendable {
    /// Seconds without a drop after which the writer keeps up: longer than it waits between two attempts.
    private static let calm = 10.0

    /// Frames dropped in this episode; 0 outside of one.
    private var count = 0
    private var lastDrop = Timestamp.zero

    /// A frame was dropped.
    ///
    /// - Returns: the line to tell, if it was the first.
    mutating func dropped(at time: Timestamp) -> String? {
        count += 1
        lastDrop = time
        return count == 1 ? "the disk is too slow: frames are dropped and counted" : nil
    }

    /// A frame was taken.
    ///
    /// - Returns: the line to tell, if that ends the episode.
    @inline(__always)
    mutating func taken(at time: Timestamp) -> String? {
        guard count > 0, time.seconds(since: lastDrop) >= Self.calm else { return nil }
        return end()
    }

    /// No more frames come.
    ///
    /// - Returns: the line to tell, if there was an episode.
    mutating func end() -> String? {
        guard count > 0 else { return nil }
        defer { count = 0 }
        return "the disk keeps up again: \(count) \(count == 1 ? "frame was" : "frames were") dropped"
    }
}
