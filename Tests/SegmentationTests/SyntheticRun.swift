// SPDX-License-Identifier: GPL-3.0-or-later
import Fusion
import Measurement
import TestSupport

/// A run made of straight pieces of speed with a ramp between them: simple enough that its edges are known exactly.
struct SyntheticRun {
    struct Piece {
        var seconds: Double
        var speed: Double
        /// Seconds that the change from the piece before takes, at this piece's start.
        var ramp = 1.5
    }

    var pieces: [Piece]
    /// Samples per second.
    var rate = 4.0
    /// Standard deviation of the measured speed, m/s.
    var noise = 0.05
    var seed: UInt64 = 1
    /// Heart rate follows the speed's demand with this time constant, in seconds; `nil` leaves heart rate out.
    var heartRateConstant: Double?
    var hasSpeed = true
    var lostShare = 0.0

    static let sprints = SyntheticRun(
        pieces: [Piece(seconds: 300, speed: 2.6)]
            + (0..<5).flatMap { _ in [Piece(seconds: 30, speed: 6.4), Piece(seconds: 90, speed: 1.4, ramp: 3)] }
            + [Piece(seconds: 300, speed: 2.5)])

    /// Where each piece begins, in seconds, and where the last one ends.
    var edges: [Double] {
        pieces.reduce(into: [0]) { edges, piece in edges.append(edges[edges.count - 1] + piece.seconds) }
    }

    func samples() -> [FusedSample] {
        var generator = SeededGenerator(seed: seed)
        let edges = edges
        var result: [FusedSample] = []
        var heartRate = 90.0
        let step = 1 / rate
        for index in 0..<Int(edges[edges.count - 1] * rate) {
            let time = Double(index) * step
            let truth = speed(at: time, edges)
            if let constant = heartRateConstant {
                let demand = min(60 + 125 * truth / 6.4 + 15, 190)
                heartRate += step / constant * (demand - heartRate)
            }
            if generator.uniform() < lostShare { continue }
            var sample = FusedSample(time: Timestamp(seconds: time))
            if hasSpeed {
                sample.speed = max(0, truth + noise * generator.normal())
                sample.updated.insert(.speed)
            }
            if heartRateConstant != nil {
                sample.heartRate = heartRate.rounded()
                sample.updated.insert(.heartRate)
            }
            result.append(sample)
        }
        return result
    }

    private func speed(at time: Double, _ edges: [Double]) -> Double {
        let index = max(0, (edges.firstIndex { $0 > time } ?? edges.count) - 1)
        let piece = pieces[min(index, pieces.count - 1)]
        guard index > 0, time - edges[index] < piece.ramp else { return piece.speed }
        let before = pieces[index - 1].speed
        return before + (time - edges[index]) / piece.ramp * (piece.speed - before)
    }
}
