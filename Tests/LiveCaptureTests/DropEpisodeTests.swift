// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import Testing

@testable import LiveCapture

@Suite struct DropEpisodeTests {
    private static let slow = "the disk is too slow: frames are dropped and counted"

    /// A disk that stands still for a second every five, for a minute.
    @Test func manyBurstsAreToldOnce() {
        var episode = DropEpisode()
        var told: [String] = []
        for second in 0..<60 {
            let time = Timestamp(seconds: Double(second))
            for _ in 0..<8 {
                let text = second % 5 == 0 ? episode.dropped(at: time) : episode.taken(at: time)
                if let text { told.append(text) }
            }
        }
        #expect(told == [Self.slow])
        // The last drop was at 55 s.
        #expect(episode.taken(at: Timestamp(seconds: 64.9)) == nil)
        #expect(episode.taken(at: Timestamp(seconds: 65)) == "the disk keeps up again: 96 frames were dropped")
        #expect(episode.taken(at: Timestamp(seconds: 90)) == nil)
        #expect(episode.dropped(at: Timestamp(seconds: 100)) == Self.slow)
        #expect(episode.end() == "the disk keeps up again: 1 frame was dropped")
        #expect(episode.end() == nil)
    }
}
