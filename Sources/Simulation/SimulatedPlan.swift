// SPDX-License-Identifier: GPL-3.0-or-later

/// What the athletes are asked to do.
package enum SimulatedPlan: Equatable, Sendable {
    /// 5 min warm-up, `count` × (`work` s sprint at 80 % of maximum or more + `recovery` s walk), 5 min cool-down.
    case sprints(count: Int, work: Int, recovery: Int)
    /// One settled run.
    case steady
    /// Bouts of 15 to 180 s at the athlete's whim.
    case fartlek
    /// 12 × (30 s at the slowest speed that asks for the full oxygen uptake + 30 s at half of it), between a warm-up and
    /// a cool-down of 5 min each, as all that follow. Source: Billat et al., Eur. J. Appl. Physiol. 81:188, 2000.
    case thirtyThirty
    /// 8 × (20 s near the most that can be repeated + 10 s on the spot). Source: Tabata et al., Med. Sci. Sports Exerc.
    /// 28:1327, 1996 (on bicycles there).
    case tabata
    /// 3 blocks of 5 × (30 s slowly, 20 s moderately, 10 s above 90 % of maximum or near it), 2 min of walking between
    /// them. Source: Gunnarsson & Bangsbo, J. Appl. Physiol. 113:16, 2012.
    case tenTwentyThirty
    /// 4 × (4 min at 90 to 95 % of the maximum heart rate + 3 min jog). Source: Helgerud et al., Med. Sci. Sports Exerc.
    /// 39:665, 2007.
    case fourByFour

    /// Reads `steady`, `fartlek`, `30-30`, `tabata`, `10-20-30`, `4x4` or `sprint-<count>x<work>-<recovery>` (1...99 × 5...60 s, 10...600 s).
    ///
    /// - Returns: `nil` for anything else.
    package init?(_ name: String) {
        switch name {
        case "steady": self = .steady
        case "fartlek": self = .fartlek
        case "30-30": self = .thirtyThirty
        case "tabata": self = .tabata
        case "10-20-30": self = .tenTwentyThirty
        case "4x4": self = .fourByFour
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
        case .thirtyThirty: 600 + 12 * 60
        case .tabata: 600 + 8 * 30
        case .tenTwentyThirty: 600 + 3 * 5 * 60 + 2 * 120
        case .fourByFour: 600 + 4 * 420
        }
    }

    package var name: String {
        switch self {
        case .sprints(let count, let work, let recovery): "sprint-\(count)x\(work)-\(recovery)"
        case .steady: "steady"
        case .fartlek: "fartlek"
        case .thirtyThirty: "30-30"
        case .tabata: "tabata"
        case .tenTwentyThirty: "10-20-30"
        case .fourByFour: "4x4"
        }
    }
}
