// SPDX-License-Identifier: GPL-3.0-or-later
internal import Analysis
internal import JSON
package import Segmentation

/// Numbers and names as a runner writes them.
package enum Wording {
    /// `5:00`, `1:02:03`; `nil` for what is not a time.
    package static func clock(_ seconds: Double) -> String? {
        guard let rounded = FixedDecimal(seconds, decimals: 0)?.scaled, rounded >= 0 else { return nil }
        let hours = rounded / 3600
        let minutes = rounded / 60 % 60
        let rest = rounded % 60
        let twoDigits = { (value: Int64) in value < 10 ? "0\(value)" : "\(value)" }
        return hours > 0 ? "\(hours):\(twoDigits(minutes)):\(twoDigits(rest))" : "\(minutes):\(twoDigits(rest))"
    }

    /// `30 s` below two minutes where that is exact to the eye, else `5:00`.
    package static func length(_ seconds: Double) -> String? {
        guard let rounded = FixedDecimal(seconds, decimals: 0)?.scaled, rounded >= 0 else { return nil }
        return rounded < 60 ? "\(rounded) s" : clock(seconds)
    }

    /// As ``length(_:)``, to the tenth below 10 s: a single lost message is a gap of half a second.
    package static func shortLength(_ seconds: Double) -> String? {
        guard seconds < 9.95, let tenths = FixedDecimal(seconds, decimals: 1)?.text else { return length(seconds) }
        return "\(tenths) s"
    }

    package static func number(_ value: Double?, decimals: Int) -> String? {
        value.flatMap { FixedDecimal($0, decimals: decimals)?.text }
    }

    /// A share as whole percents, rounded down, so that 79.9 % never reads as a target of 80 % reached.
    package static func percent(_ share: Double?) -> String? {
        guard let share, let hundredths = FixedDecimal(share, decimals: 4)?.scaled else { return nil }
        return "\(hundredths / 100) %"
    }

    /// Points of a score, rounded down: 100 reads only who reached all of them.
    package static func points(_ points: Double?, decimals: Int) -> String? {
        let scale = decimals == 0 ? 1.0 : 10
        // 1e-9: 57.3 is 57.3, whatever the last bit of its tenfold says.
        return number(points.map { ($0 * scale + 1e-9).rounded(.down) / scale }, decimals: decimals)
    }

    package static func distance(_ metres: Double) -> String? {
        metres < 1000
            ? number(metres, decimals: 0).map { "\($0) m" }
            : number(metres / 1000, decimals: 2).map { "\($0) km" }
    }

    /// Minutes and seconds a kilometre, for speeds that a runner would call a pace; `nil` below 1 m/s.
    package static func pace(_ metresPerSecond: Double) -> String? {
        guard metresPerSecond >= 1 else { return nil }
        return clock(1000 / metresPerSecond)
    }

    package static func count(_ number: Int, _ singular: String) -> String {
        "\(number) \(singular)\(number == 1 ? "" : "s")"
    }

    package static func name(_ kind: PhaseKind) -> String {
        switch kind {
        case .rest: "rest"
        case .warmup: "warm-up"
        case .sprint: "sprint"
        case .interval: "interval"
        case .recovery: "recovery"
        case .steady: "steady run"
        case .cooldown: "cool-down"
        }
    }
}
