// SPDX-License-Identifier: GPL-3.0-or-later

/// A real recording of a run, as `runs/README.md` of the recordings describes it, and what is known of what happened.
struct RealRun {
    enum Knowledge {
        /// Repetitions, by their rough start and end in s: laps pressed at their edges, or the edges as they were described. The truth is
        /// the speed edge near each.
        case repetitions(laps: [Int])
        case described([(start: Double, end: Double)])
        /// Nothing to be found.
        case steady
        /// Drawn, not scored.
        case unknown
    }
    /// Without `.csv`, from the folder `runs`.
    var path: String
    var knowledge: Knowledge

    /// Which laps are the repetitions, from the recordings' own description and the laps' mean speeds; set down before anything was
    /// looked for in them.
    private static let known: [String: Knowledge] = [
        "intervals/goldencheetah-ipbike-4x5min": .repetitions(laps: [2, 4, 6, 8]),
        "intervals/jimmykane-stamina-5-long": .repetitions(laps: [3, 5, 7, 9, 11]),
        "intervals/jimmykane-footpod-run-walk": .repetitions(laps: [2, 4, 6, 8]),
        "intervals/sportslib-4x4min-no-hr": .repetitions(laps: [1, 3, 5, 7, 9]),
        "intervals/tcpd-app-prompted-no-hr": .repetitions(laps: [2, 4, 6, 8]),
        // "ONE fast stretch, about t = 463 to 507 s": the folder's README.
        "intervals/tracker-2013-06-19-174449": .described([(463, 507)]),
    ]

    init(path: String) {
        self.path = path
        knowledge = path.hasPrefix("steady/") ? .steady : Self.known[path] ?? .unknown
    }
}

/// Rows of a recording, to find the truth in.
struct SpeedTrack {
    var time: [Double] = []
    /// m/s.
    var speed: [Double] = []

    /// In m/s: less than half the step from a walk to a jog is no edge.
    private static let leastChange = 0.3

    /// The time at which the speed leaves one level for another near a lap's press.
    ///
    /// A ramp — level, straight line, level — is fitted by least squares to the speeds within 30 s of the press (half the way to the next
    /// press where that is less): for each start of the ramp in that window and each length up to 20 s, on grids of half a second, the two
    /// levels are solved for, and the ramp with the least squared error that goes the right way is taken. Its first corner is where the
    /// runner began to accelerate, or to slow.
    ///
    /// - Returns: the press itself where no such ramp fits, as at a recording's ends.
    func edge(near press: Double, rising: Bool, reach: Double) -> Double {
        let window = time.indices.filter { abs(time[$0] - press) <= reach }
        guard window.count >= 6, let first = window.first, let last = window.last else { return press }
        var best: (error: Double, start: Double)?
        var start = time[first]
        while start < time[last] {
            var length = 1.0
            while length <= 20 {
                if let fit = fit(window, from: start, length: length),
                    (rising ? fit.change : -fit.change) >= Self.leastChange,
                    fit.error < best?.error ?? .infinity
                {
                    best = (fit.error, start)
                }
                length += 0.5
            }
            start += 0.5
        }
        return best?.start ?? press
    }

    private func fit(_ window: [Int], from start: Double, length: Double) -> (error: Double, change: Double)? {
        // v = a + b s, with s running from 0 to 1 along the ramp.
        var (n, sumS, sumSS, sumV, sumSV, sumVV) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        for index in window {
            let share = min(max((time[index] - start) / length, 0), 1)
            n += 1
            sumS += share
            sumSS += share * share
            sumV += speed[index]
            sumSV += share * speed[index]
            sumVV += speed[index] * speed[index]
        }
        let spread = n * sumSS - sumS * sumS
        guard spread > 1e-6 else { return nil }
        let slope = (n * sumSV - sumS * sumV) / spread
        let level = (sumV - slope * sumS) / n
        let error = sumVV - level * sumV - slope * sumSV
        return (error, slope)
    }
}
