// SPDX-License-Identifier: GPL-3.0-or-later
import Measurement
import Testing

@testable import Segmentation

@Suite struct RunBlocksTests {
    /// The blocks of a run of (seconds, metres per second) pieces, once a second.
    static func blocks(_ pieces: [(seconds: Int, speed: Double)]) -> [(block: RunBlocks.Block, known: Double)] {
        var blocks = RunBlocks()
        var found: [(RunBlocks.Block, Double)] = []
        var time = 0
        for piece in pieces {
            for _ in 0..<piece.seconds {
                let now = Timestamp(seconds: Double(time))
                if let block = blocks.ingest(piece.speed, at: now) { found.append((block, now.seconds)) }
                time += 1
            }
        }
        return found
    }

    @Test func aRunBetweenTwoWalksIsKnownOnceTheSecondHasLasted() throws {
        let found = Self.blocks([(60, 1.4), (180, 3), (90, 1.5)])
        let only = try #require(found.first)
        #expect(found.count == 1)
        #expect(only.block.start.seconds == 60 && only.block.end.seconds == 240)
        #expect(only.known == 265)
        #expect(abs(only.block.meanSpeed - 3) < 0.05 && abs(only.block.walkSpeed - 1.5) < 0.05)
    }

    @Test func aRecordingMayBeginWithOne() {
        #expect(Self.blocks([(200, 4), (60, 0)]).count == 1)
        #expect(Self.blocks([(90, 4), (60, 0)]).isEmpty)
    }

    @Test(arguments: [
        // Too short, too long, no walk before, too short a walk after, too uneven.
        [(60, 1.4), (40, 3), (60, 1.4)], [(60, 1.4), (600, 3), (60, 1.4)],
        [(500, 3), (15, 1.4), (120, 3), (60, 1.4)],
        [(60, 1.4), (120, 3), (20, 1.4), (600, 3)], [(60, 1.4), (20, 5), (160, 2.3), (60, 1.4)],
    ])
    func whatIsNoRepetition(pieces: [(Int, Double)]) {
        let found = Self.blocks(pieces.map { (seconds: $0.0, speed: $0.1) })
        #expect(found.isEmpty)
    }

    @Test func aStumbleDoesNotCutOneInTwo() throws {
        let found = Self.blocks([(60, 1.4), (90, 3), (5, 1), (90, 3), (60, 1.4)])
        #expect(found.count == 1)
        #expect(found.first?.block.start.seconds == 60)
    }
}
