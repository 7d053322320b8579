// SPDX-License-Identifier: GPL-3.0-or-later

/// What the athletes are asked to do.
package enum SimulatedPlan: Equatable, Sendable {
    /// 5 min warm-up, `count` × (`work` s sprint at 80 % of maximum or more + `recovery` s walk), 5 min cool-down.
    case sprints(count: Int, work: Int, recovery: Int)
    /// One settled run.
    case steady
    /// Bouts of 15 to 180 s at the athlete's whim.
    case fartlek

    /// Reads `steady`, `fartlek` or `sprint-<count>x<work>-<recovery>` (1...99 × 5...60 s, 10...600 s).
    ///
    /// - Returns: `nil` for anything else.
    package init?(_ name: String) {
        switch name {
        case "steady": self = .steady
        case "fartlek": self = .fartlek
        default:
            let parts = name.split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 3, parts[0] == "sprint" else { return nil }
            let numbers = parts[1].split(separator: "x", omittingEmptySubsequences: false)
            guard numbers.count == 2, let count = Int(numbers[0]), let work = Int(numbers[1]),
                let recovery = Int(parts[2]), (1...99).contains(count), (5...60).contains(work),
                (10...600).contains(recovery)
            else { return nil }
            self = .sprints(count: count, work: work, recovery: recovery)
        }
    }

    /// Seconds from the plan's start to its end.
    ///
    /// - Parameter duration: that of the plans which have none of their own.
    func length(_ duration: Double) -> Double {
        switch self {
        case .sprints(let count, let work, let recovery): 600 + Double(count * (work + recovery))
        case .steady, .fartlek: duration
        }
    }

    package var name: String {
        switch self {
        case .sprints(let count, let work, let recovery): "sprint-\(count)x\(work)-\(recovery)"
        case .steady: "steady"
        case .fartlek: "fartlek"
        }
    }
}
