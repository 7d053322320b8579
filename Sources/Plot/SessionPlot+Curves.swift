// SPDX-License-Identifier: GPL-3.0-or-later
import ActivityFile

/// What the curves of a picture are drawn through.
extension SessionPlot {
    /// More points than this are drawn as the highest and lowest of each of so many stretches.
    private static let resolution = 1100

    /// A quantity over time, in stretches without a hole of more than ten seconds.
    func stretches(_ quantity: (ActivityTrack.Point) -> Double?) -> [[(second: Double, value: Double)]] {
        var all: [[(second: Double, value: Double)]] = []
        var open: [(second: Double, value: Double)] = []
        for point in activity.track.points {
            guard let value = quantity(point) else { continue }
            let second = Double(point.second)
            if let last = open.last, second - last.second > 10 {
                all.append(open)
                open = []
            }
            open.append((second, value))
        }
        if !open.isEmpty { all.append(open) }
        return all.map(thinned).filter { $0.count > 1 }
    }

    /// The highest and the lowest of each bit of the width, so that no sprint of a long day goes missing.
    private func thinned(_ stretch: [(second: Double, value: Double)]) -> [(second: Double, value: Double)] {
        let bit = duration / Double(Self.resolution)
        guard bit > 2 else { return stretch }
        var result: [(second: Double, value: Double)] = []
        var index = 0
        while index < stretch.count {
            let end = stretch[index].second + bit
            var low = stretch[index]
            var high = low
            while index < stretch.count, stretch[index].second < end {
                if stretch[index].value < low.value { low = stretch[index] }
                if stretch[index].value > high.value { high = stretch[index] }
                index += 1
            }
            if low.second == high.second {
                result.append(low)
            } else {
                result += low.second < high.second ? [low, high] : [high, low]
            }
        }
        return result
    }
}
